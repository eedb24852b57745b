/** What a client learns from a card: age rule, claims, `sub`, and what the person is told (design §5). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type AgeOver,
  admit,
  disclosureOf,
  permittedClaims,
} from '../../gateway/oidc/admission.ts';
import { parseClientFile } from '../../gateway/oidc/clients.ts';
import { createSubjectKey } from '../../gateway/oidc/subject.ts';
import { rejectsWithCode } from '../kit/rejects.ts';

const subjectKey = createSubjectKey({ version: 'v1', secret: new Uint8Array(32).fill(7) });
const accountKey = new Uint8Array(32).fill(9);

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

function admitTo(fields: object, ageOver: AgeOver, scopes: string[] = []) {
  const client = register(fields);
  return admit({ ageOver, accountKey, client, scopes: new Set(['openid', ...scopes]), subjectKey });
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

describe('what the person is told', () => {
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
