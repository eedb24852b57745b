/** What a client learns from a card: age rule, claims, `sub`, and what the person is told (design §5). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createBirthDate } from '../../gateway/identity/birth-date.ts';
import { createCivilDate } from '../../gateway/identity/civil-date.ts';
import type { Identity } from '../../gateway/identity/verify-identity-files.ts';
import {
  type AdmissiblePerson,
  type AgeOver,
  admit,
  disclosureOf,
  filesFor,
  permittedClaims,
} from '../../gateway/oidc/admission.ts';
import { parseClientFile } from '../../gateway/oidc/clients.ts';
import { createSubjectKey } from '../../gateway/oidc/subject.ts';
import { rejectsWithCode } from '../kit/rejects.ts';

const subjectKey = createSubjectKey({ version: 'v1', secret: new Uint8Array(32).fill(7) });
const accountKey = new Uint8Array(32).fill(9);
const today = createCivilDate(2026, 11, 22);

const identity: Identity = {
  surname: 'Proefkind',
  givenNames: 'Emma Louise',
  birth: createBirthDate(2010, 2, 14),
  sex: 'F',
  documentType: 1,
  isKidsCard: false,
  address: { street: 'Teststraat 1', postalCode: '1000', municipality: 'Brussel' },
  photo: Buffer.from('TEST ONLY photo'),
};

function register(fields: object = {}) {
  return parseClientFile({
    clientId: 'chat',
    site: { name: 'Chat' },
    organisation: 'Chat vzw',
    sector: 'chat.example',
    subjectMode: 'pairwise',
    ageThresholds: [6, 13],
    redirectUris: ['https://chat.example/callback'],
    authentication: { method: 'none' },
    ...fields,
  });
}

const aged =
  (years: number): AgeOver =>
  (threshold) =>
    years >= threshold;

function admitTo(
  fields: object,
  ageOver: AgeOver,
  scopes: string[] = [],
  person: Partial<AdmissiblePerson> = {},
) {
  return admit({
    person: {
      ageOver,
      accountKey,
      cardIndex: 'C'.repeat(43),
      certificateUntil: createCivilDate(2030, 1, 31),
      ...person,
    },
    client: register(fields),
    scopes: new Set(['openid', ...scopes]),
    subjectKey,
    today,
  });
}

describe('age claims', () => {
  test('answer the scopes asked, and nothing else', async () => {
    const { claims } = await admitTo({}, aged(9), ['age_over_6']);
    assert.deepEqual(claims, { age_over_6: true });
  });

  test('say false for a threshold not reached', async () => {
    const { claims } = await admitTo({}, aged(9), ['age_over_6', 'age_over_13']);
    assert.deepEqual(claims, { age_over_6: true, age_over_13: false });
  });

  test('are absent, not false and not null, when unknown', async () => {
    const unsure: AgeOver = (threshold) => (threshold === 13 ? undefined : true);
    const { claims } = await admitTo({}, unsure, ['age_over_6', 'age_over_13']);
    assert.deepEqual(claims, { age_over_6: true });
  });

  test('are not given for a threshold that the client has not registered', async () => {
    const { claims } = await admitTo({}, aged(40), ['age_over_18']);
    assert.deepEqual(claims, {});
  });
});

describe('the age rule', () => {
  const rule = { requireAge: { min: 6, below: 13 } };

  test('admits inside and then says so, also without a scope', async () => {
    for (const years of [6, 12]) {
      const { claims } = await admitTo(rule, aged(years));
      assert.deepEqual(claims, { age_over_6: true, age_over_13: false });
    }
  });

  test('refuses below the minimum and from the upper bound on', async () => {
    for (const years of [5, 13, 40])
      await rejectsWithCode('AGE_OUTSIDE', admitTo(rule, aged(years)));
  });

  test('refuses when either limit is unknown', async () => {
    for (const unknown of [6, 13]) {
      const ageOver: AgeOver = (threshold) => (threshold === unknown ? undefined : threshold < 13);
      await rejectsWithCode('AGE_OUTSIDE', admitTo(rule, ageOver));
    }
  });

  test('may have no upper bound', async () => {
    const open = { ageThresholds: [], requireAge: { min: 18 } };
    assert.deepEqual((await admitTo(open, aged(70))).claims, { age_over_18: true });
    await rejectsWithCode('AGE_OUTSIDE', admitTo(open, aged(17)));
  });
});

describe('the sub', () => {
  test('is stable for one sector and account, and another in another sector', async () => {
    const first = await admitTo({}, aged(9));
    const again = await admitTo({ clientId: 'chat-2' }, aged(10));
    const elsewhere = await admitTo({ sector: 'pool.example' }, aged(9));
    assert.equal(first.sub, again.sub);
    assert.notEqual(first.sub, elsewhere.sub);
  });

  test('is another at every login of a transient client', async () => {
    const logins = await Promise.all(
      [1, 2, 3].map(() => admitTo({ subjectMode: 'transient' }, aged(9))),
    );
    assert.equal(new Set(logins.map(({ sub }) => sub)).size, 3);
  });
});

describe('identity (design §5)', () => {
  const asked = ['profile', 'birthdate', 'picture'];
  const scopes = ['profile', 'birthdate', 'address', 'address:postcode', 'picture'];
  const childBasis = 'A decree lets this library register its young readers.';
  const open = { identity: { scopes: asked } };
  const withBasis = { identity: { scopes: asked, childBasis } };

  test('is granted by scope asked and registered, and nothing of it is in the token claims', async () => {
    const {
      identity: given,
      scopes: granted,
      claims,
    } = await admitTo(open, aged(40), scopes, {
      identity,
    });
    assert.deepEqual(granted, ['openid', 'profile', 'birthdate', 'picture']);
    assert.deepEqual(Object.keys(given ?? {}).sort(), [
      ...['birthdate', 'family_name', 'gender', 'given_name', 'picture'],
    ]);
    assert.deepEqual(claims, {});
  });

  test('is absent where no scope was agreed to, also for a child: an agreement of nothing is valid', async () => {
    for (const years of [8, 40]) {
      const outcome = await admitTo(open, aged(years), ['age_over_6'], { identity });
      assert.equal(outcome.identity, undefined);
      assert.deepEqual(outcome.scopes, ['openid', 'age_over_6']);
    }
  });

  test('is refused below 13, and where 13 is not known to be reached, without a basis', async () => {
    const unsure: AgeOver = (threshold) => (threshold >= 13 ? undefined : true);
    for (const ageOver of [aged(12), unsure]) {
      await rejectsWithCode('CONSENT_UNDER_AGE', admitTo(open, ageOver, asked, { identity }));
    }
    assert.ok((await admitTo(open, aged(13), asked, { identity })).identity);
  });

  test('is given below 13 to a client with a basis', async () => {
    const { identity: given } = await admitTo(withBasis, aged(8), ['profile'], { identity });
    assert.deepEqual(given, {
      given_name: 'Emma Louise',
      family_name: 'Proefkind',
      gender: 'female',
    });
  });

  test('comes after the age rule: whoever is outside it is told that, and nothing is decided', async () => {
    const ruled = { ...open, requireAge: { min: 6, below: 13 } };
    await rejectsWithCode('AGE_OUTSIDE', admitTo(ruled, aged(40), asked, { identity }));
  });

  test('is IDENTITY_INVALID when it was granted and the files were not verified', async () => {
    await rejectsWithCode('IDENTITY_INVALID', admitTo(open, aged(40), asked));
  });
});

describe('the files of the card', () => {
  const all = ['profile', 'birthdate', 'address', 'address:postcode', 'picture'];
  const plain = { ageThresholds: [], identity: { scopes: all } };
  const wanted = (fields: object, scopes: string[]) =>
    filesFor(register(fields), new Set(['openid', ...scopes]));

  test('are asked for by scope, and none where nothing is learnt', () => {
    assert.deepEqual(wanted(plain, []), []);
    assert.deepEqual(wanted(plain, ['profile']), ['identity']);
    assert.deepEqual(wanted(plain, ['address:postcode']), ['identity', 'address']);
    assert.deepEqual(wanted(plain, all), ['identity', 'address', 'photo']);
  });

  test('are the birth date alone for an age, asked or required, and the identity where both are', () => {
    assert.deepEqual(wanted({}, ['age_over_6']), ['birth-date']);
    assert.deepEqual(wanted({ requireAge: { min: 6 } }, []), ['birth-date']);
    assert.deepEqual(wanted({ identity: { scopes: all } }, ['age_over_6', 'profile']), [
      'identity',
    ]);
  });

  test('are none for scopes that the client is not registered for', () => {
    assert.deepEqual(wanted({ ageThresholds: [] }, ['age_over_6', 'profile']), []);
  });
});

describe('reverify_after', () => {
  const yearly = { reverifyAfterMonths: 12 };

  test('is in the token claims of a client that has it, and of no other', async () => {
    const { claims } = await admitTo(yearly, aged(40), ['age_over_13']);
    assert.deepEqual(claims, { age_over_13: true, reverify_after: '2027-11' });
    assert.deepEqual((await admitTo({}, aged(40))).claims, {});
  });

  test('looks at the thresholds that the client learns and that are not reached, and at no others', async () => {
    const person = { birthday: createCivilDate(2014, 2, 10) };
    const monthOf = async (scopes: string[]) =>
      (await admitTo(yearly, aged(12), scopes, person)).claims.reverify_after;
    assert.equal(await monthOf(['age_over_13']), '2027-03');
    assert.equal(await monthOf(['age_over_6']), '2027-11');
    assert.equal(await monthOf([]), '2027-11');
  });

  test('may be in the token, and is told, of a client that has it alone', () => {
    const scopes = new Set(['openid']);
    assert.ok(permittedClaims(register(yearly), scopes).has('reverify_after'));
    assert.ok(!permittedClaims(register(), scopes).has('reverify_after'));
    assert.equal(disclosureOf(register(yearly), scopes).reverifyAfter, true);
  });
});

describe('what the person is told', () => {
  test('is the identity scopes agreed to, in the order of the protocol', () => {
    const client = register({ identity: { scopes: ['picture', 'profile'] } });
    const told = disclosureOf(client, new Set(['openid', 'picture', 'profile', 'address']));
    assert.deepEqual(told.identity, ['profile', 'picture']);
    assert.ok(!('identity' in disclosureOf(client, new Set(['openid']))));
  });

  test('is the thresholds asked and registered, the rule, and whether a pseudonym is given', () => {
    const scopes = new Set(['openid', 'age_over_13', 'age_over_18']);
    assert.deepEqual(disclosureOf(register(), scopes), { ageOver: [13], pseudonym: true });
    const ruled = register({ requireAge: { min: 6, below: 13 }, subjectMode: 'transient' });
    assert.deepEqual(disclosureOf(ruled, new Set(['openid'])), {
      ageOver: [],
      requireAge: { min: 6, below: 13 },
      pseudonym: false,
    });
  });

  test('covers every claim that can be in a token', () => {
    const client = register({ requireAge: { min: 6, below: 13 }, ageThresholds: [6] });
    const permitted = permittedClaims(client, new Set(['openid', 'age_over_6', 'age_over_18']));
    assert.deepEqual([...permitted].sort(), ['age_over_13', 'age_over_6']);
  });
});
