/** Distinguished and general names, as certificates and name constraints hold them. TEST ONLY. */
import { parseDer } from '../../../gateway/certificate/der.ts';
import { decodeName } from '../../../gateway/certificate/distinguished-name.ts';
import { decodeAlternativeNames } from '../../../gateway/certificate/general-name.ts';
import {
  checkNames,
  decodeNameConstraints,
} from '../../../gateway/certificate/name-constraints.ts';
import { hex, text } from '../samples.ts';
import { type FuzzTarget, insist, tryParse } from '../target.ts';

const CODES = ['CERTIFICATE_MALFORMED'] as const;
const tlv = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const body = Buffer.concat(parts);
  const { length } = body;
  if (length < 0x80) return Uint8Array.of(tag, length, ...body);
  if (length < 0x100) return Uint8Array.of(tag, 0x81, length, ...body);
  return Uint8Array.of(tag, 0x82, length >> 8, length & 0xff, ...body);
};
const COMMON_NAME = hex('0603550403');
const COMMON_NAME_TEXT = '2.5.4.3=';
const attribute = (tag: number, value: Uint8Array) =>
  tlv(0x31, tlv(0x30, COMMON_NAME, tlv(tag, value)));
const name = tlv(
  0x30,
  attribute(0x0c, text('Élise  TEST Only')),
  attribute(0x13, text('be')),
  attribute(0x1e, hex('00410042d83d')),
  attribute(0x1c, hex('0000004100000042')),
);
const alternativeNames = tlv(
  0x30,
  tlv(0x82, text('*.a.example')),
  tlv(0x81, text('x@a.example')),
  tlv(0x87, hex('7f000001')),
  tlv(0x86, text('https://u@b.example:1/p')),
  tlv(0xa4, name),
);
const constraints = tlv(
  0x30,
  tlv(0xa0, tlv(0x30, tlv(0x82, text('a.example'))), tlv(0x30, tlv(0x87, hex('7f000000ff000000')))),
  tlv(0xa1, tlv(0x30, tlv(0x86, text('.b.example'))), tlv(0x30, tlv(0xa4, name))),
);

/** Two structures one after the other where there are two: names, then constraints on them. */
export const target: FuzzTarget = {
  files: [
    'gateway/certificate/distinguished-name.ts',
    'gateway/certificate/general-name.ts',
    'gateway/certificate/name-constraints.ts',
  ],
  samples: [name, Uint8Array.of(...alternativeNames, ...constraints), constraints],
  dictionary: [
    '\u200b',
    ' \u200b ',
    '\u0000',
    ' ',
    '\u00ad',
    '\ufb01',
    '\u0130',
    '*.',
    '.',
    '@',
    'xn--',
  ].map(text),
  isDer: true,
  maxBytes: 4_000,
  run(input) {
    const list = tryParse(CODES, () => parseDer(tlv(0x30, input)).children) ?? [];
    const [first, second] = list;
    if (!first) return;
    const decoded = tryParse(CODES, () => decodeName(first));
    if (decoded) checkSpelling(decoded.comparable);
    const names = tryParse(CODES, () => decodeAlternativeNames(first));
    const limits = tryParse(CODES, () => decodeNameConstraints(second ?? first));
    if (limits) tryParse(['CERTIFICATE_PATH'], () => checkNames(names ?? [], limits));
  },
};

/** What is compared is the plainest spelling: read again, it is itself (RFC 4518 §2). */
function checkSpelling(comparable: readonly string[]): void {
  for (const rdn of comparable) {
    if (!rdn.startsWith(COMMON_NAME_TEXT)) continue;
    const folded = rdn.slice(COMMON_NAME_TEXT.length);
    // Two attributes in one, or half a pair of surrogates: no text that could be written again.
    if (folded.includes('\u0000') || !folded.isWellFormed()) continue;
    const again = decodeName(parseDer(tlv(0x30, attribute(0x0c, text(folded)))));
    insist(again.comparable[0] === rdn, 'a name that was folded stays as it is');
  }
}
