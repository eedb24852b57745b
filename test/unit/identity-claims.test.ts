/** Identity to OpenID Connect claims (OpenID Connect Core §5.1). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBirthDate } from '../../gateway/identity/birth-date.ts';
import { createCivilDate } from '../../gateway/identity/civil-date.ts';
import type { Identity } from '../../gateway/identity/verify-identity-files.ts';
import { identityClaims } from '../../gateway/oidc/identity-claims.ts';
import { IDENTITY_SCOPES, type IdentityScope } from '../../gateway/protocol/fields.ts';

const EMMA: Identity = {
  surname: 'Proefkind-Özdemir',
  givenNames: 'Emma Louise',
  birth: createBirthDate(2018, 8, 14),
  sex: 'F',
  documentType: 6,
  isKidsCard: true,
  address: { street: 'Teststraat 1 bus 2', postalCode: '1000', municipality: 'Brussel' },
  photo: Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
};

const PROFILE = { given_name: 'Emma Louise', family_name: 'Proefkind-Özdemir', gender: 'female' };
const ADDRESS = {
  formatted: 'Teststraat 1 bus 2\n1000 Brussel',
  street_address: 'Teststraat 1 bus 2',
  postal_code: '1000',
  locality: 'Brussel',
};

const claimsOf = (scopes: IdentityScope[], changed: Partial<Identity> = {}) =>
  identityClaims({ ...EMMA, ...changed }, scopes);

for (const [scope, claims] of [
  ['profile', PROFILE],
  ['birthdate', { birthdate: '2018-08-14' }],
  ['address', { address: ADDRESS }],
  ['address:postcode', { address: { postal_code: '1000' } }],
  ['picture', { picture: 'data:image/jpeg;base64,/9j/2Q==' }],
] as const) {
  test(`${scope} gives its own claims and no others`, () => {
    assert.deepEqual(claimsOf([scope]), claims);
  });
}

test('all scopes give all claims, and no scope gives none', () => {
  assert.deepEqual(claimsOf([...IDENTITY_SCOPES]), {
    ...PROFILE,
    birthdate: '2018-08-14',
    address: ADDRESS,
    picture: 'data:image/jpeg;base64,/9j/2Q==',
  });
  assert.deepEqual(claimsOf([]), {});
});

test('the postcode alone says neither street nor town', () => {
  assert.deepEqual(claimsOf(['profile', 'address:postcode']).address, { postal_code: '1000' });
});

test('a person of one name has a family_name and no given_name', () => {
  const claims = claimsOf(['profile'], { surname: 'Sukarno', givenNames: '', sex: 'M' });
  assert.deepEqual(claims, { family_name: 'Sukarno', gender: 'male' });
});

test('a birth date known in part is its year, because §5.1 has no month without a day', () => {
  const birthdateOf = (birth: Identity['birth']) => claimsOf(['birthdate'], { birth }).birthdate;
  assert.equal(birthdateOf(createBirthDate(1950)), '1950');
  assert.equal(birthdateOf(createBirthDate(1950, 7)), '1950');
  assert.equal(birthdateOf(createBirthDate(2000, 2, 29)), '2000-02-29');
});

test('a birth date whose year is not known is absent, not 0000: the day is not known either', () => {
  const birth = { earliest: createCivilDate(1900, 1, 1), latest: createCivilDate(9999, 12, 31) };
  assert.deepEqual(claimsOf(['birthdate'], { birth }), {});
});

test('parts of an address that a card leaves empty are absent', () => {
  const addressOf = (scope: IdentityScope, address: Identity['address']) =>
    claimsOf([scope], { address });
  const abroad = { street: 'Rue du Test 1', postalCode: '', municipality: '' };
  assert.deepEqual(addressOf('address', abroad), {
    address: { formatted: 'Rue du Test 1', street_address: 'Rue du Test 1' },
  });
  assert.deepEqual(addressOf('address:postcode', abroad), {});
  assert.deepEqual(addressOf('address', { street: '', postalCode: '', municipality: '' }), {});
});

test('files that were not given leave their claims out', () => {
  const claims = claimsOf(['profile', 'address', 'picture'], {
    address: undefined,
    photo: undefined,
  });
  assert.deepEqual(claims, PROFILE);
});
