import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { isKidsDocument, parseIdentityFile } from '../../gateway/identity/identity-file.ts';
import { findPerson, isKidsCard, nationalNumberOf, PERSONS } from '../kit/persons.ts';
import { type CardFieldContent, encodeIdentityFile } from '../kit/pki/identity-file.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const now = new Date('2026-11-22T12:00:00Z');
const photo = Buffer.from('TEST ONLY photo');
const basicKey = Buffer.from('TEST ONLY basic key');
const emma = findPerson('emma');
assert.ok(emma);

function encode(
  changed: Iterable<readonly [number, CardFieldContent | undefined]> = [],
  person = emma,
) {
  assert.ok(person);
  const { applet = '1.8' } = person;
  return encodeIdentityFile({
    person,
    now,
    applet,
    nationalNumber: nationalNumberOf(person, now),
    chipSerial: new Uint8Array(16),
    photo,
    basicKey: applet === '1.8' ? basicKey : undefined,
    changed: new Map(changed),
  });
}

const parse = (...changed: [number, CardFieldContent | undefined][]) =>
  parseIdentityFile(encode(changed));

test('reads the identity file of a kids-ID, and no field that no login needs', () => {
  assert.deepEqual(parseIdentityFile(encode()), {
    validFrom: '2026-05-06',
    validUntil: '2029-05-06',
    nationalNumber: nationalNumberOf(emma, now),
    surname: 'Proefkind',
    givenNames: 'Emma Louise',
    birth: { earliest: '2018-08-14', latest: '2018-08-14' },
    sex: 'F',
    documentType: 6,
    photoHash: view(createHash('sha384').update(photo).digest()),
    basicKeyHash: view(createHash('sha384').update(basicKey).digest()),
  });
});

test('reads the files of every synthetic person and every applet', () => {
  const hashBytes = { '1.1': 20, '1.7': 32, '1.8': 48 };
  for (const person of PERSONS) {
    const file = parseIdentityFile(encode([], person));
    assert.equal(file.surname, person.surname);
    assert.equal(file.givenNames, person.givenNames);
    assert.equal(file.sex, person.sex);
    assert.equal(isKidsDocument(file.documentType), isKidsCard(person));
    assert.equal(file.photoHash.length, hashBytes[person.applet ?? '1.8']);
    assert.equal(file.basicKeyHash !== undefined, (person.applet ?? '1.8') === '1.8');
  }
});

test('reads names in UTF-8, and a person without given names', () => {
  assert.equal(parse([0x07, 'Özdemir-Łuć']).surname, 'Özdemir-Łuć');
  assert.equal(parse([0x08, undefined]).givenNames, '');
  assert.equal(parse([0x08, '']).givenNames, '');
});

test('reads the sex in three languages (card facts §3.2)', () => {
  assert.deepEqual(
    ['M', 'F', 'V', 'W'].map((letter) => parse([0x0d, letter]).sex),
    ['M', 'F', 'F', 'F'],
  );
});

test('reads document types as numbers (card facts §3.3)', () => {
  assert.equal(parse([0x0f, '6']).documentType, 6);
  assert.equal(parse([0x0f, '06']).documentType, 6);
  const kids = Array.from({ length: 100 }, (_, type) => type).filter(isKidsDocument);
  assert.deepEqual(kids, [6, 61, 62, 63, 64, 65, 66, 67, 68, 69]);
});

test('skips tags that it does not know (card facts §3.1)', () => {
  assert.deepEqual(parse([0x7e, 'later']), parse());
});

test('takes a birth date in March in German, a byte longer than the others', () => {
  assert.equal(parse([0x0c, '14.MÄR. 2018']).birth.latest, '2018-03-14');
});

for (const tag of [0x03, 0x04, 0x06, 0x07, 0x0c, 0x0d, 0x0f, 0x11]) {
  test(`rejects an identity file without tag ${tag.toString(16).padStart(2, '0')} (card facts §3.2)`, () => {
    throwsWithCode('IDENTITY_INVALID', () => parse([tag, undefined]));
  });
}

const REFUSED: readonly [why: string, tag: number, content: CardFieldContent][] = [
  ['a first day with two digits of the year', 0x03, '06.05.26'],
  ['a first day in ISO 8601', 0x03, '2026-05-06'],
  ['a last day that does not exist', 0x04, '29.02.2027'],
  ['no last day', 0x04, ''],
  ['a national number with a wrong check number', 0x06, '01050399962'],
  ['a national number of ten digits', 0x06, '0105039996'],
  ['a national number that is too long', 0x06, '010503999630'],
  ['no surname', 0x07, ' '],
  ['a surname that is too long', 0x07, 'x'.repeat(111)],
  ['a surname in Latin-1', 0x07, Uint8Array.of(0x5a, 0x6f, 0xeb)],
  ['given names that are too long', 0x08, 'x'.repeat(96)],
  ['given names with a control character', 0x08, 'Em\u0007ma'],
  ['a birth date that does not exist', 0x0c, '31 FEB 2018'],
  ['a birth date that is too long', 0x0c, '14   AUG   2018'],
  ['another letter for the sex', 0x0d, 'X'],
  ['no letter for the sex', 0x0d, ''],
  ['a document type that is no number', 0x0f, 'A'],
  ['no document type', 0x0f, ''],
  ['a document type of three digits', 0x0f, '006'],
  ['a photo hash of no known length', 0x11, new Uint8Array(47)],
  ['a photo hash that is too long', 0x11, new Uint8Array(64)],
  ['a basic key hash of SHA-256', 0x1a, new Uint8Array(32)],
];

for (const [why, tag, content] of REFUSED) {
  test(`rejects an identity file with ${why}`, () => {
    throwsWithCode('IDENTITY_INVALID', () => parse([tag, content]));
  });
}

test('rejects an identity file cut inside any field, and one above 1024 bytes', () => {
  const file = encode();
  // The hash of the basic key is the last field, and one that need not be there
  const optionalFrom = file.length - 50;
  for (let length = 0; length < file.length; length++) {
    if (length === optionalFrom) continue;
    throwsWithCode('IDENTITY_INVALID', () => parseIdentityFile(file.subarray(0, length)));
  }
  const padded = (bytes: number) => Buffer.concat([file, Buffer.alloc(bytes - file.length)]);
  assert.equal(parseIdentityFile(padded(1024)).surname, 'Proefkind');
  throwsWithCode('IDENTITY_INVALID', () => parseIdentityFile(padded(1025)));
});

function view(bytes: Buffer): Uint8Array {
  return Uint8Array.from(bytes);
}
