/**
 * GeneralNames (RFC 5280 §4.2.1.6), as alternative names have them and name constraints limit them.
 * Forms without a rule here are kept by their tag, so that a constraint on one can be refused.
 */
import { KidsIdError } from '../protocol/errors.ts';
import { DER_TAG, type DerNode, DerReader } from './der.ts';
import { type ComparableName, decodeName } from './distinguished-name.ts';

/** One name. `ip` is the octets as they stand: address, or address and mask in a constraint. */
export type GeneralName =
  | { readonly kind: 'email' | 'dns' | 'uri'; readonly value: string }
  | { readonly kind: 'directory'; readonly name: ComparableName }
  | { readonly kind: 'ip'; readonly octets: Uint8Array }
  | { readonly kind: 'other'; readonly tag: number };

/** otherName, x400Address, ediPartyName, registeredID. */
const OTHER_TAGS: ReadonlySet<number> = new Set([0xa0, 0xa3, 0xa5, 0x88]);
const DIRECTORY_TAG = 0xa4;
const IP_TAG = 0x87;

/**
 * Decodes a GeneralName, in an alternative name or as the base of a subtree.
 * @throws {KidsIdError} CERTIFICATE_MALFORMED
 */
export function decodeGeneralName(node: DerNode): GeneralName {
  const { tag, content } = node;
  if (tag === 0x81) return { kind: 'email', value: decodeIa5(content) };
  if (tag === 0x82) return { kind: 'dns', value: decodeIa5(content).toLowerCase() };
  if (tag === 0x86) return { kind: 'uri', value: decodeIa5(content) };
  if (tag === IP_TAG) return { kind: 'ip', octets: content };
  if (OTHER_TAGS.has(tag)) return { kind: 'other', tag };
  if (tag !== DIRECTORY_TAG) throw malformed('not a general name');
  // [4] is EXPLICIT: Name is a CHOICE
  const reader = new DerReader(node, DIRECTORY_TAG);
  const { comparable } = decodeName(reader.next(DER_TAG.sequence));
  reader.end();
  return { kind: 'directory', name: comparable };
}

/**
 * Decodes SubjectAltName: at least one name, each well formed (§4.2.1.6): a host name of labels
 * whose first may be `*`, one mailbox, 4 or 16 octets.
 * @throws {KidsIdError} CERTIFICATE_MALFORMED
 */
export function decodeAlternativeNames(node: DerNode): GeneralName[] {
  if (node.tag !== DER_TAG.sequence || node.children.length === 0) throw malformed('empty list');
  const names = node.children.map(decodeGeneralName);
  if (!names.every(isWellFormed)) throw malformed('alternative name that is not well formed');
  return names;
}

/** Tells whether a text is a host name: labels of letters, digits and `-`, with dots between (RFC 1034
 * §3.5, RFC 1123 §2.1). */
export function isHostName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/i.test(text);
}

/** Tells whether a text is one mailbox: a local part, `@`, a host name. */
export function isMailbox(text: string): boolean {
  const [local = '', host = '', ...more] = text.split('@');
  return local !== '' && more.length === 0 && isHostName(host);
}

function isWellFormed(name: GeneralName): boolean {
  switch (name.kind) {
    case 'dns':
      return isHostName(name.value.startsWith('*.') ? name.value.slice(2) : name.value);
    case 'email':
      return isMailbox(name.value);
    case 'ip':
      return name.octets.length === 4 || name.octets.length === 16;
    default:
      return true;
  }
}

/** IA5String without control characters: none belongs in any of these names. */
function decodeIa5(content: Uint8Array): string {
  if (content.some((byte) => byte < 0x20 || byte > 0x7e)) throw malformed('name that is not ASCII');
  return Buffer.from(content).toString('latin1');
}

function malformed(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_MALFORMED', message);
}
