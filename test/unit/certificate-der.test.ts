import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObjectIdentifier, decodeTime, parseDer } from '../../gateway/certificate/der.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const ACCEPTED: readonly [what: string, hex: string][] = [
  ['an empty SEQUENCE', '3000'],
  ['a long length', `0481ff${'00'.repeat(255)}`],
  ['integers in their shortest form', '300a02010002020080020180'],
  ['TRUE and FALSE', '30060101ff010100'],
  ['a BIT STRING with clean padding', '03020780'],
  ['a sorted SET', '3106020101020102'],
];

for (const [what, hex] of ACCEPTED) {
  test(`reads ${what} (X.690)`, () => {
    assert.deepEqual(Buffer.from(parseDer(Buffer.from(hex, 'hex')).encoded).toString('hex'), hex);
  });
}

const REFUSED: readonly [what: string, hex: string][] = [
  ['nothing', ''],
  ['bytes after the structure', '300000'],
  ['the indefinite length (§10.1)', '30800000'],
  ['a length longer than needed (§10.1)', '0481050102030405'],
  ['a length with a leading zero (§10.1)', `048200ff${'00'.repeat(255)}`],
  ['a length past the end', '3003020100'.slice(0, 8)],
  ['a child past the end of its parent', '30030204010203'],
  ['a length of four bytes', '048400000001aa'],
  ['a tag number above 30', '1f2000'],
  ['an empty INTEGER (§8.3.1)', '0200'],
  ['an INTEGER with a byte too many (§8.3.2)', '02020001'],
  ['a negative INTEGER with a byte too many (§8.3.2)', '0202ff80'],
  ['a BOOLEAN that is neither (§11.1)', '010101'],
  ['a BOOLEAN of two bytes', '0102ffff'],
  ['a NULL with content', '050100'],
  ['a BIT STRING without its first byte (§8.6.2)', '0300'],
  ['a BIT STRING with 8 unused bits', '03020800'],
  ['a BIT STRING with bits in its padding (§11.2.1)', '03020781'],
  ['an empty OBJECT IDENTIFIER', '0600'],
  ['an OBJECT IDENTIFIER that ends early', '06022a86'],
  ['an OBJECT IDENTIFIER with a padded arc (§8.19.2)', '06032a8001'],
  ['a UTF8String that is not UTF-8', '0c01ff'],
  ['a constructed OCTET STRING (§10.2)', '2403040100'],
  ['a primitive SEQUENCE', '1000'],
  ['a SET out of order (§11.6)', '3106020102020101'],
  ['the end-of-contents tag', '0000'],
];

function nested(depth: number): string {
  let hex = '';
  for (let level = 0; level < depth; level++) {
    hex = `30${(hex.length / 2).toString(16).padStart(2, '0')}${hex}`;
  }
  return hex;
}

for (const [what, hex] of REFUSED) {
  test(`rejects ${what} (X.690)`, () => {
    throwsWithCode('CERTIFICATE_MALFORMED', () => parseDer(Buffer.from(hex, 'hex')));
  });
}

test('rejects 40 levels of nesting and takes 20', () => {
  parseDer(Buffer.from(nested(20), 'hex'));
  throwsWithCode('CERTIFICATE_MALFORMED', () => parseDer(Buffer.from(nested(40), 'hex')));
});

test('decodes object identifiers', () => {
  const decode = (hex: string) => decodeObjectIdentifier(parseDer(Buffer.from(hex, 'hex')));
  assert.equal(decode('06092a864886f70d01010b'), '1.2.840.113549.1.1.11');
  assert.equal(decode('0603551d0f'), '2.5.29.15');
  assert.equal(decode('0603883703'), '2.999.3');
  throwsWithCode('CERTIFICATE_MALFORMED', () => decode('0500'));
});

test('an object identifier of more than 64 bytes is refused: its cost would grow with the square', () => {
  const encoded = (bytes: number) =>
    Buffer.from([0x06, bytes, 0x2a, ...Array(bytes - 1).fill(0x01)]);
  decodeObjectIdentifier(parseDer(encoded(64)));
  throwsWithCode('CERTIFICATE_MALFORMED', () => decodeObjectIdentifier(parseDer(encoded(65))));
});

const TIMES: readonly [tag: string, text: string, expected: string | undefined][] = [
  ['17', '491231235959Z', '2049-12-31T23:59:59.000Z'],
  ['17', '500101000000Z', '1950-01-01T00:00:00.000Z'],
  ['18', '20500101000000Z', '2050-01-01T00:00:00.000Z'],
  ['17', '2611221200Z', undefined],
  ['17', '261122120000+0100', undefined],
  ['17', '261322120000Z', undefined],
  ['17', '260229120000Z', undefined],
  ['17', '261122240000Z', undefined],
  ['18', '20261122120000.5Z', undefined],
  ['18', '20261122120000', undefined],
  ['16', '261122120000Z', undefined],
];

for (const [tag, text, expected] of TIMES) {
  test(`${expected ? 'reads' : 'rejects'} the time ${text} with tag ${tag} (RFC 5280 §4.1.2.5)`, () => {
    const length = text.length.toString(16).padStart(2, '0');
    const hex = tag + length + Buffer.from(text).toString('hex');
    const decode = () => decodeTime(parseDer(Buffer.from(hex, 'hex')));
    if (expected === undefined) throwsWithCode('CERTIFICATE_MALFORMED', decode);
    else assert.equal(decode().toISOString(), expected);
  });
}
