/** What `client check` says of a registration: each sentence is there when it is true, and only then. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { listNotices } from '../../gateway/client-command/client-notices.ts';
import { describeClient, IDENTITY_WORDS } from '../../gateway/client-command/describe-client.ts';
import { parseClientFile } from '../../gateway/oidc/clients.ts';
import { IDENTITY_SCOPES } from '../../gateway/protocol/fields.ts';

const digest = 'A'.repeat(43);
const secret = { method: 'client_secret', secretHashes: [digest] };
const register = (changes: object) =>
  parseClientFile(
    {
      clientId: 'chat',
      site: { name: 'Chat' },
      organisation: 'Chat vzw',
      sector: 'chat.example',
      ageThresholds: [13],
      redirectUris: ['https://chat.example/callback'],
      authentication: secret,
      ...changes,
    },
    { development: true },
  );
const basis = 'Decree of 1 January 2031, article 7';

describe('what stands out', () => {
  const notices: [what: string, changes: object, says: RegExp][] = [
    ['ages beside a stable sub', { subjectMode: 'pairwise' }, /beside a stable sub/],
    [
      'an age rule beside a stable sub',
      { subjectMode: 'pairwise', ageThresholds: [], requireAge: { min: 6 } },
      /beside a stable sub/,
    ],
    ['names beside a transient sub', { identity: { scopes: ['profile'] } }, /recognises a person/],
    [
      'identity without a basis for children',
      { identity: { scopes: ['picture'] } },
      /no childBasis/,
    ],
    [
      'identity that nobody can give',
      { identity: { scopes: ['picture'] }, requireAge: { min: 6, below: 13 } },
      /lets in only people under 13/,
    ],
    [
      'identity of children on a basis',
      { identity: { scopes: ['picture'], childBasis: basis } },
      /children under 13 too; basis: Decree/,
    ],
    ['finer cut points', { cutPointsReason: basis }, /more finely.*reason: Decree/],
    ['ages that the rule answers', { requireAge: { min: 13 } }, /everybody who gets in: 13$/],
    ['a secret', {}, /a secret travels/],
    [
      'two secrets',
      { authentication: { ...secret, secretHashes: [digest, digest] } },
      /two secrets are in force/,
    ],
    ['no authentication', { authentication: { method: 'none' } }, /anybody can ask in its name/],
    ['requests through the browser', { par: 'optional' }, /PAR is optional/],
    [
      'a sector of elsewhere',
      { subjectMode: 'pairwise', sector: 'other.example' },
      /no redirect address is of the sector/,
    ],
    ['plain http', { redirectUris: ['http://localhost:3000/'] }, /plain http/],
    ['a site that learns nothing', { ageThresholds: [] }, /learns nothing about a person/],
  ];
  for (const [what, changes, says] of notices) {
    test(`names ${what}`, () => {
      assert.ok(
        listNotices(register(changes)).some((notice) => says.test(notice)),
        listNotices(register(changes)).join('\n'),
      );
    });
  }

  test('is nothing where nothing does', () => {
    const jwk = { kty: 'EC', crv: 'P-256', kid: 'k1' };
    const point = {
      x: 'axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY',
      y: 'T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU',
    };
    const jwks = { keys: [{ ...jwk, ...point }] };
    assert.deepEqual(
      listNotices(register({ authentication: { method: 'private_key_jwt', jwks } })),
      [],
    );
  });
});

describe('what is said of a client', () => {
  const say = (changes: object, others: object[] = []) =>
    describeClient(register(changes), others.map(register)).join('\n');

  test('puts every identity scope on one side: learnt or not', () => {
    for (const scope of IDENTITY_SCOPES) {
      const [learnt = '', rest = ''] = say({ identity: { scopes: [scope] } }).split('not learn:');
      assert.ok(learnt.includes(`${IDENTITY_WORDS[scope]} (${scope})`));
      for (const other of IDENTITY_SCOPES) {
        if (scope === 'address' && other === 'address:postcode') continue;
        assert.equal(rest.includes(`- ${IDENTITY_WORDS[other]}\n`), other !== scope, other);
      }
    }
  });

  test('never says that the postcode stays hidden from who may ask the address', () => {
    assert.ok(
      !say({ identity: { scopes: ['address'] } }).includes(IDENTITY_WORDS['address:postcode']),
    );
  });

  test('says ages, age rule and whom it turns away', () => {
    const text = say({ requireAge: { min: 6, below: 16 } });
    assert.match(text, /at least 6 years old \(age_over_6: true\)/);
    assert.match(text, /not yet 16 \(age_over_16: false\)/);
    assert.match(text, /whether the person is at least 13 \(age_over_13\)/);
    assert.match(text, /everybody under 6 or 16 and older/);
    assert.match(say({}), /nobody for their age/);
    assert.match(say({ requireAge: { min: 18 } }), /everybody under 18, and whose age/);
    assert.match(say({ reverifyAfterMonths: 1 }), /in a month or sooner/);
  });

  test('says which sub, and who gets the same', () => {
    assert.match(say({}), /transient: another one at every login/);
    const pairwise = { subjectMode: 'pairwise' };
    assert.match(say(pairwise, [pairwise]), /no other site here has the same/);
    const sister = { ...pairwise, clientId: 'pool' };
    assert.match(say(pairwise, [sister]), /the same as at pool/);
    assert.doesNotMatch(say(pairwise, [{ ...sister, subjectMode: 'transient' }]), /as at pool/);
    assert.doesNotMatch(say(pairwise, [{ ...sister, sector: 'pool.example' }]), /as at pool/);
  });
});
