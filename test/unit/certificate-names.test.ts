import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDer } from '../../gateway/certificate/der.ts';
import {
  decodeName,
  isNameWithin,
  isSameName,
} from '../../gateway/certificate/distinguished-name.ts';
import { decodeAlternativeNames } from '../../gateway/certificate/general-name.ts';
import { throwsWithCode } from '../kit/rejects.ts';
import { attributeOf, nameOf, tlv } from '../kit/suites/tlv.ts';

const CN = 3;
const COUNTRY = 6;
const [UTF8, NUMERIC, PRINTABLE, TELETEX, IA5, UNIVERSAL, BMP] = [
  0x0c, 0x12, 0x13, 0x14, 0x16, 0x1c, 0x1e,
];
const comparable = (der: Uint8Array) => decodeName(parseDer(der)).comparable;
const cn = (value: Uint8Array | string, tag = UTF8) => comparable(nameOf([CN, tag, value]));
const wide = (text: string, width: 2 | 4) =>
  Buffer.concat(
    [...text].map((char) => {
      const bytes = Buffer.alloc(width);
      bytes.writeUIntBE(char.codePointAt(0) ?? 0, 0, width);
      return bytes;
    }),
  );

const SAME: readonly [what: string, left: readonly string[], right: readonly string[]][] = [
  ['upper and lower case', cn('Citizen CA'), cn('CITIZEN ca')],
  ['spaces at the ends and doubled', cn('Citizen CA'), cn('  Citizen   CA ')],
  ['PrintableString and UTF8String', cn('Citizen CA', PRINTABLE), cn('Citizen CA')],
  ['IA5String, TeletexString and NumericString', cn('2016', IA5), cn('2016', NUMERIC)],
  ['TeletexString and UTF8String', cn('CA', TELETEX), cn('CA')],
  ['BMPString and UTF8String', cn(wide('Zoë', 2), BMP), cn(Buffer.from('ZOË'))],
  ['UniversalString and UTF8String', cn(wide('Zoë', 4), UNIVERSAL), cn(Buffer.from('zoë'))],
  ['composed and combining letters', cn(Buffer.from('Zo\u00eb')), cn(Buffer.from('Zoe\u0308'))],
  ['a control character', cn('Citizen CA'), cn('Citi\u0000zen CA')],
  ['a control character between spaces', cn('Citizen CA'), cn('Citizen \u200b CA')],
];

for (const [what, left, right] of SAME) {
  test(`names that differ in ${what} alone are one (RFC 5280 §7.1)`, () => {
    assert.ok(isSameName(left, right));
  });
}

const OTHER: readonly [what: string, left: Uint8Array, right: Uint8Array][] = [
  ['a letter', nameOf([CN, UTF8, 'A']), nameOf([CN, UTF8, 'B'])],
  ['the attribute', nameOf([CN, UTF8, 'A']), nameOf([4, UTF8, 'A'])],
  ['an attribute more', nameOf([CN, UTF8, 'A']), nameOf([CN, UTF8, 'A'], [4, UTF8, 'A'])],
  [
    'the order of RDNs',
    nameOf([CN, UTF8, 'A'], [COUNTRY, PRINTABLE, 'BE']),
    nameOf([COUNTRY, PRINTABLE, 'BE'], [CN, UTF8, 'A']),
  ],
  ['a space inside a word', nameOf([CN, UTF8, 'AB']), nameOf([CN, UTF8, 'A B'])],
  [
    'one RDN of two attributes or two RDNs',
    tlv(0x30, tlv(0x31, attributeOf(CN, UTF8, 'A'), attributeOf(CN, UTF8, 'B'))),
    nameOf([CN, UTF8, 'A'], [CN, UTF8, 'B']),
  ],
  ['a value that is no text', nameOf([CN, 0x04, 'A']), nameOf([CN, UTF8, 'A'])],
  ['a BMPString cut in the middle', nameOf([CN, BMP, 'ABC']), nameOf([CN, UTF8, 'ABC'])],
];

for (const [what, left, right] of OTHER) {
  test(`names that differ in ${what} are two (RFC 5280 §7.1)`, () => {
    assert.ok(!isSameName(comparable(left), comparable(right)));
  });
}

test('compares an RDN of several attributes whatever their order and string type (X.501 §9.3)', () => {
  // DER sorts by encoding: PrintableString "b" comes before UTF8String "a" in one, after it in the other
  const rdn = (...parts: Uint8Array[]) =>
    comparable(tlv(0x30, tlv(0x31, ...parts.sort(Buffer.compare))));
  const left = rdn(attributeOf(CN, PRINTABLE, 'b'), attributeOf(CN, UTF8, 'a'));
  const right = rdn(attributeOf(CN, UTF8, 'b'), attributeOf(CN, PRINTABLE, 'a'));
  assert.ok(isSameName(left, right));
});

test('a subtree holds its base and what is below it, and nothing beside (RFC 5280 §4.2.1.10)', () => {
  const base = comparable(nameOf([COUNTRY, PRINTABLE, 'BE']));
  assert.ok(isNameWithin(base, base));
  assert.ok(isNameWithin(comparable(nameOf([COUNTRY, UTF8, 'be'], [CN, UTF8, 'A'])), base));
  assert.ok(!isNameWithin(comparable(nameOf([CN, UTF8, 'A'], [COUNTRY, UTF8, 'BE'])), base));
  assert.ok(!isNameWithin([], base));
});

test('rejects names of another shape (RFC 5280 §4.1.2.4)', () => {
  for (const der of [
    tlv(0x31),
    tlv(0x30, tlv(0x30)),
    tlv(0x30, tlv(0x31)),
    tlv(0x30, tlv(0x31, tlv(0x30, Uint8Array.of(6, 1, 0x55)))),
    tlv(0x30, tlv(0x31, tlv(0x30, Uint8Array.of(6, 1, 0x55), tlv(UTF8, 'a'), tlv(UTF8, 'a')))),
  ]) {
    throwsWithCode('CERTIFICATE_MALFORMED', () => decodeName(parseDer(der)));
  }
});

const ALTERNATIVE_NAMES: readonly [what: string, isRight: boolean, name: Uint8Array][] = [
  ['a host name', true, tlv(0x82, 'foo.example.com')],
  ['a host name with a wildcard label', true, tlv(0x82, '*.example.com')],
  ['a wildcard inside a label', false, tlv(0x82, 'f*.example.com')],
  ['a host name with a leading period', false, tlv(0x82, '.example.com')],
  ['a host name with an underscore', false, tlv(0x82, 'a_b.example.com')],
  ['an empty host name', false, tlv(0x82, '')],
  ['a host name with a NUL', false, tlv(0x82, 'example.com\u0000.evil')],
  ['a host name that is not ASCII', false, tlv(0x82, 'exämple.com')],
  ['a mailbox', true, tlv(0x81, 'foo@example.com')],
  ['a mailbox with two @', false, tlv(0x81, 'foo@bar@example.com')],
  ['a mailbox without a local part', false, tlv(0x81, '@example.com')],
  ['a mailbox without a host', false, tlv(0x81, 'foo')],
  ['an IPv4 address', true, tlv(0x87, Uint8Array.of(192, 0, 2, 1))],
  ['an IPv6 address', true, tlv(0x87, new Uint8Array(16))],
  ['a network for an address', false, tlv(0x87, Uint8Array.of(192, 0, 2, 0, 255, 255, 255, 0))],
  ['a URI', true, tlv(0x86, 'https://example.com/')],
  ['a directory name', true, tlv(0xa4, nameOf([CN, UTF8, 'A']))],
  [
    'two directory names in one',
    false,
    tlv(0xa4, nameOf([CN, UTF8, 'A']), nameOf([CN, UTF8, 'A'])),
  ],
  ['another name', true, tlv(0xa0, Uint8Array.of(6, 1, 0x55), tlv(0xa0, tlv(UTF8, 'a')))],
  ['a form that does not exist', false, tlv(0x89, 'a')],
];

for (const [what, isRight, name] of ALTERNATIVE_NAMES) {
  test(`${isRight ? 'takes' : 'rejects'} ${what} as an alternative name (RFC 5280 §4.2.1.6)`, () => {
    const decode = () => decodeAlternativeNames(parseDer(tlv(0x30, name)));
    if (isRight) assert.equal(decode().length, 1);
    else throwsWithCode('CERTIFICATE_MALFORMED', decode);
  });
}

test('rejects an empty list of alternative names (RFC 5280 §4.2.1.6)', () => {
  throwsWithCode('CERTIFICATE_MALFORMED', () => decodeAlternativeNames(parseDer(tlv(0x30))));
});
