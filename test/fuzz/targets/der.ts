/** The reader of DER. TEST ONLY. */
import {
  type DerNode,
  decodeObjectIdentifier,
  parseDer,
} from '../../../gateway/certificate/der.ts';
import { samplesOf } from '../samples.ts';
import { type FuzzTarget, insist, tryParse } from '../target.ts';

const CODES = ['CERTIFICATE_MALFORMED'] as const;
const CONSTRUCTED = 0x20;

export const target: FuzzTarget = {
  files: ['gateway/certificate/der.ts'],
  samples: [...samplesOf('certificate'), ...samplesOf('ocsp')],
  isDer: true,
  maxBytes: 70_000,
  run(input) {
    const node = tryParse(CODES, () => parseDer(input));
    if (!node) return;
    insist(Buffer.from(input).equals(encode(node)), 'one value has one encoding (X.690 §10)');
    visit(node);
  },
};

function visit(node: DerNode): void {
  if (node.tag === 0x06) decodeObjectIdentifier(node);
  for (const child of node.children) visit(child);
}

/** Writes a node again from its parts alone. */
function encode({ tag, content, children }: DerNode): Buffer {
  const isConstructed = (tag & CONSTRUCTED) !== 0;
  const body = isConstructed ? Buffer.concat(children.map(encode)) : Buffer.from(content);
  return Buffer.concat([Uint8Array.of(tag), lengthOf(body.length), body]);
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const digits = Buffer.from(length.toString(16).padStart(6, '0'), 'hex');
  const shortest = digits.subarray(digits.findIndex((byte) => byte !== 0));
  return Uint8Array.of(0x80 | shortest.length, ...shortest);
}
