/**
 * Distinguished names (RFC 5280 §4.1.2.4): read strictly, and compared by §7.1, which ignores case,
 * string type and white space. Says nothing of what a name may hold.
 */
import { KidsIdError } from '../protocol/errors.ts';
import { DER_TAG, type DerNode, DerReader, decodeObjectIdentifier } from './der.ts';

/** One attribute of a distinguished name, with the string type that it was encoded in. */
export interface NameAttribute {
  readonly oid: string;
  readonly value: string;
  readonly encoding: 'utf8' | 'printable' | 'ia5' | 'other';
}

/**
 * A name to compare by: its relative distinguished names in order, each as one string. Two that
 * RFC 5280 §7.1 takes for equal are equal strings.
 */
export type ComparableName = readonly string[];

/** A distinguished name, to read and to compare by. */
export interface DistinguishedName {
  readonly attributes: readonly NameAttribute[];
  readonly comparable: ComparableName;
}

const TAG = {
  numericString: 0x12,
  teletexString: 0x14,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
} as const;

const SINGLE_BYTE_TAGS: ReadonlySet<number> = new Set([
  DER_TAG.printableString,
  DER_TAG.ia5String,
  TAG.numericString,
  TAG.teletexString,
  TAG.visibleString,
]);

/**
 * Decodes a Name.
 * @throws {KidsIdError} CERTIFICATE_MALFORMED
 */
export function decodeName(node: DerNode): DistinguishedName {
  if (node.tag !== DER_TAG.sequence) throw malformed('not a name');
  const attributes: NameAttribute[] = [];
  const comparable: string[] = [];
  for (const rdn of node.children) {
    if (rdn.tag !== DER_TAG.set || rdn.children.length === 0) throw malformed('not a name');
    const decoded = rdn.children.map(decodeAttribute);
    attributes.push(...decoded.map(({ attribute }) => attribute));
    comparable.push(
      decoded
        .map(({ comparable: text }) => text)
        .sort()
        .join('\u0000'),
    );
  }
  return { attributes, comparable };
}

/** Tells whether two names are one (RFC 5280 §7.1). */
export function isSameName(left: ComparableName, right: ComparableName): boolean {
  return left.length === right.length && isNameWithin(left, right);
}

/** Tells whether a name lies in the subtree below `base`, which it may equal (RFC 5280 §4.2.1.10). */
export function isNameWithin(name: ComparableName, base: ComparableName): boolean {
  return base.every((rdn, index) => rdn === name[index]);
}

function decodeAttribute(node: DerNode): { attribute: NameAttribute; comparable: string } {
  const reader = new DerReader(node);
  const oid = decodeObjectIdentifier(reader.next());
  const value = reader.next();
  reader.end();
  const text = decodeText(value);
  const comparable =
    text === undefined ? `#${Buffer.from(value.encoded).toString('hex')}` : `=${foldText(text)}`;
  return { attribute: readAttribute(oid, value), comparable: oid + comparable };
}

function readAttribute(oid: string, { tag, content }: DerNode): NameAttribute {
  if (tag === DER_TAG.utf8String) {
    return { oid, value: new TextDecoder().decode(content), encoding: 'utf8' };
  }
  const value = Buffer.from(content).toString('latin1');
  if (tag === DER_TAG.printableString) return { oid, value, encoding: 'printable' };
  return { oid, value, encoding: tag === DER_TAG.ia5String ? 'ia5' : 'other' };
}

/** The text of a value of one of the string types; undefined for any other type. */
function decodeText({ tag, content }: DerNode): string | undefined {
  if (tag === DER_TAG.utf8String) return new TextDecoder().decode(content);
  if (SINGLE_BYTE_TAGS.has(tag)) return Buffer.from(content).toString('latin1');
  const width = tag === TAG.bmpString ? 2 : tag === TAG.universalString ? 4 : 0;
  if (width === 0 || content.length % width !== 0) return undefined;
  let text = '';
  for (let offset = 0; offset < content.length; offset += width) {
    const point = Buffer.from(content).readUIntBE(offset, width);
    if (point > 0x10ffff) return undefined;
    text += String.fromCodePoint(point);
  }
  return text;
}

/**
 * RFC 4518 §2: compatibility forms, no control characters, no case, single spaces. Control
 * characters go, so that one in a name does not lead it out of an excluded subtree.
 */
function foldText(text: string): string {
  // Most names, and most of the time that names take
  if (/^[ -~]*$/.test(text)) return text.toLowerCase().replace(/ {2,}/g, ' ').trim();
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replace(/\s/gu, ' ')
    .replace(/\p{C}/gu, '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

function malformed(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_MALFORMED', message);
}
