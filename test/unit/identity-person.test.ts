import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { type Person, personFromCertificate } from '../../gateway/identity/person.ts';
import type { NameAttribute } from '../kit/pki/build-certificate.ts';
import { FORGED_NATIONAL_NUMBER, forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const dir = mkdtempSync(join(tmpdir(), 'kids-id-person-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now: new Date('2026-11-22T12:00:00Z') });

test('reads birth date, sex and account key from a certificate, and nothing else', () => {
  const { certificate } = forgeCertificate(pki);
  const { spki } = parseCertificate(certificate);
  const person: Person = personFromCertificate(parseCertificate(certificate));
  assert.deepEqual(person, {
    birth: { earliest: '2000-01-01', latest: '2000-01-01' },
    sex: 'F',
    accountKey: Uint8Array.from(createHash('sha256').update(spki).digest()),
  });
});

test('keeps the account key for a new certificate of the same key, and changes it with the key', () => {
  const first = forgeCertificate(pki);
  const again = forgeCertificate(pki, { key: first.privateKey });
  const keyOf = (der: Uint8Array) => personFromCertificate(parseCertificate(der)).accountKey;
  assert.deepEqual(keyOf(first.certificate), keyOf(again.certificate));
  assert.notDeepEqual(keyOf(first.certificate), keyOf(forgeCertificate(pki).certificate));
});

test('makes the account key of the national number where the operator has a basis: the same for every card', () => {
  const [first, second] = [forgeCertificate(pki), forgeCertificate(pki)];
  const keyOf = (der: Uint8Array) =>
    personFromCertificate(parseCertificate(der), 'national-number').accountKey;
  assert.deepEqual(keyOf(first.certificate), keyOf(second.certificate));
  // A card's is 32 bytes: no number of anybody's can give the account of a card.
  assert.equal(keyOf(first.certificate).length, 33);
  assert.ok(!Buffer.from(keyOf(first.certificate)).includes(FORGED_NATIONAL_NUMBER));
  assert.notDeepEqual(
    keyOf(first.certificate).subarray(1),
    personFromCertificate(parseCertificate(first.certificate)).accountKey,
  );
});

test('takes the one national number of two serialNumber attributes (card facts §4.1)', () => {
  assert.equal(read('Example', FORGED_NATIONAL_NUMBER).sex, 'F');
  assert.equal(read(FORGED_NATIONAL_NUMBER, '00010100005').sex, 'F');
});

test('reads the number wherever it stands in the subject (card facts §4.1)', () => {
  const orders: ((name: readonly NameAttribute[]) => readonly NameAttribute[])[] = [
    (name) => name.toReversed(),
    (name) => name.filter(({ type }) => type !== 'GN'),
    (name) => name.toSorted((left, right) => left.type.localeCompare(right.type)),
  ];
  for (const order of orders) {
    const { certificate } = forgeCertificate(pki, {
      fields: ({ subject }) => ({ subject: order(subject) }),
    });
    assert.equal(personFromCertificate(parseCertificate(certificate)).sex, 'F');
  }
});

test('reads the person beside names in UTF-8, and a number in no other attribute', () => {
  const named = (value: string) =>
    forgeCertificate(pki, {
      fields: ({ subject }) => ({
        subject: subject.map((attribute) =>
          attribute.type === 'SN' ? { type: 'SN', value } : attribute,
        ),
      }),
    });
  for (const surname of ['Özdemir-Łuć', '李', 'O’Hara', '01050399963']) {
    const { birth } = personFromCertificate(parseCertificate(named(surname).certificate));
    assert.equal(birth.earliest, '2000-01-01');
  }
});

const REFUSED: readonly [why: string, numbers: readonly string[]][] = [
  ['no serialNumber', []],
  ['a serialNumber that is a name', ['Example']],
  ['a wrong check number', ['00010100005']],
  ['a number with blanks', [` ${FORGED_NATIONAL_NUMBER}`]],
  ['two national numbers', [FORGED_NATIONAL_NUMBER, '01050399963']],
  ['the same national number twice', [FORGED_NATIONAL_NUMBER, FORGED_NATIONAL_NUMBER]],
];

for (const [why, numbers] of REFUSED) {
  test(`rejects a certificate with ${why} (card facts §4.1)`, () => {
    throwsWithCode('IDENTITY_INVALID', () => read(...numbers));
  });
}

function read(...numbers: readonly string[]): Person {
  const { certificate } = forgeCertificate(pki, {
    fields: ({ subject }) => ({
      subject: [
        ...subject.filter(({ type }) => type !== 'serialNumber'),
        ...numbers.map((value): NameAttribute => ({ type: 'serialNumber', value })),
      ],
    }),
  });
  return personFromCertificate(parseCertificate(certificate));
}
