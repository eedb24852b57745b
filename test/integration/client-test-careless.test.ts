/** `client test` against a site written by hand: what it forgets is found, and nothing else is said of it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';
import { openIssuerFolder } from '../../gateway/client-command/site-test/issuer-folder.ts';
import {
  startTestIssuer,
  type TestIssuer,
} from '../../gateway/client-command/site-test/test-issuer.ts';
import {
  calibrate,
  type Finding,
  listSiteCases,
  trySite as playGateway,
  SiteUnfit,
  tryUninvited,
} from '../../gateway/client-command/site-test/try-site.ts';
import { parseClientFile, type RegisteredClient } from '../../gateway/oidc/clients.ts';
import { type Carelessness, startCarelessSite } from '../kit/openid-careless-site.ts';

const folder = mkdtempSync(join(tmpdir(), 'kids-id-site-test-'));
const files = openIssuerFolder(folder, new Date());

before(() => {
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), files.tls.certificatePem]);
});
after(() => rmSync(folder, { recursive: true }));

const AGES = ['age-over-6', 'age-over-13'].flatMap((claim) =>
  ['missing', 'opposite', 'text', 'number', 'null'].map((how) => `${claim}-${how}`),
);
const ERRORS = ['access-denied', 'login-required', 'server-error', 'an-error-of-tomorrow'];

/** What is found in sites that forget these things: each case is wrong in one thing only. */
const FORGETS: readonly {
  readonly careless: readonly Carelessness[];
  readonly wrong: readonly string[];
  readonly onlyCareless: readonly string[];
}[] = [
  {
    careless: [
      'iss',
      'aud',
      'exp',
      'sub',
      'nonce',
      'acr',
      'auth-time',
      'ages',
      'azp',
      'iat',
    ].concat(['token-type', 'userinfo', 'short-nonce']) as Carelessness[],
    wrong: [
      ...['token-iss', 'token-iss-missing', 'token-aud', 'token-aud-missing', 'token-aud-more'],
      ...['token-exp', 'token-exp-missing', 'token-sub-missing', 'token-nonce'],
      ...['token-nonce-missing', 'token-acr', 'token-acr-missing', 'token-auth-time', ...AGES],
    ],
    onlyCareless: [
      ...['token-iat-missing', 'response-token-type', 'userinfo-sub', 'request-nonce'],
    ],
  },
  {
    careless: ['signature', 'loose-ages', 'token-status', 'doubled'],
    wrong: [
      ...['signature-other-key', 'signature-unknown-key', 'signature-broken', 'signature-none'],
      ...['signature-hmac-public-key', 'age-over-6-text', 'age-over-6-number'],
      ...['age-over-13-missing', 'age-over-13-number', 'age-over-13-null'],
      ...['code-unknown', 'code-injected', 'response-refused', 'response-down'],
    ],
    onlyCareless: ['code-doubled', 'state-doubled', 'iss-doubled'],
  },
  {
    careless: ['algorithm', 'markup', 'single-use', 'iss-parameter'].concat([
      'error-beside-code',
      'address-token',
    ]) as Carelessness[],
    wrong: [
      ...['signature-none', 'signature-hmac-public-key', 'error-markup', 'iss-other'],
      ...['iss-missing', 'token-in-address'],
    ],
    onlyCareless: ['state-twice-used', 'error-beside-code'],
  },
  {
    careless: ['state', 'crash'],
    wrong: [
      ...['state-other', 'state-missing', 'error-markup', 'error-stateless'],
      ...ERRORS.map((error) => `error-${error}`),
    ],
    onlyCareless: ['other-browser-begun', 'error-beside-code'],
  },
  { careless: ['browser'], wrong: ['other-browser', 'other-browser-begun'], onlyCareless: [] },
  { careless: ['new-session'], wrong: [], onlyCareless: ['session-planted'] },
  {
    careless: ['redeem-first'],
    wrong: [],
    onlyCareless: [
      'state-other',
      'state-missing',
      'other-browser-begun',
      'iss-other',
      'iss-missing',
    ],
  },
  { careless: ['locks-out'], wrong: ['right-answer-again'], onlyCareless: [] },
  { careless: ['same-state'], wrong: ['request-state'], onlyCareless: ['other-browser-begun'] },
];

describe('client test', { timeout: 120_000 }, () => {
  test('says nothing of a careful site but that it could push its requests', async () => {
    const findings = await trySite([]);
    assert.deepEqual(notOk(findings), { 'request-pushed': 'careless' });
    assert.ok(findings.length > 55, `${findings.length} cases`);
    const names = findings.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });

  for (const { careless, wrong, onlyCareless } of FORGETS) {
    test(`finds a site out that forgets: ${careless.join(', ')}`, async () => {
      const found = notOk(await trySite(careless));
      const names = (verdict: string) =>
        Object.keys(found)
          .filter((name) => found[name] === verdict)
          .sort();
      assert.deepEqual(names('wrong'), wrong.toSorted());
      assert.deepEqual(names('careless'), ['request-pushed', ...onlyCareless].sort());
    });
  }

  test('draws no conclusion where strangers see the page too, or nobody gets in', async () => {
    await assert.rejects(trySite(['public-page']), SiteUnfit);
    await withSite({ careless: [], age: 14 }, async ({ site, issuer }) => {
      await assert.rejects(calibrate(site, issuer), (error: Error) => {
        assert.ok(error instanceof SiteUnfit);
        assert.match(error.message, /redeemed the code.*--age/);
        return true;
      });
    });
  });

  test('tries a callback from outside, without a sign-in', async () => {
    await withSite({ careless: [] }, async ({ callback }) => {
      assert.deepEqual(notOk(await tryUninvited(callback, {})), {});
    });
    await withSite({ careless: ['crash', 'markup'] }, async ({ callback }) => {
      assert.deepEqual(notOk(await tryUninvited(callback, {})), {
        'uninvited-error': 'wrong',
        'uninvited-markup': 'wrong',
      });
    });
  });
});

async function trySite(careless: readonly Carelessness[]): Promise<Finding[]> {
  return withSite({ careless }, ({ site, issuer, client }) =>
    playGateway({ site, issuer, client, cases: listSiteCases(client) }),
  );
}

async function withSite<Result>(
  options: { careless: readonly Carelessness[]; age?: number },
  use: (at: {
    site: { start: URL; signedIn: URL };
    callback: URL;
    issuer: TestIssuer;
    client: RegisteredClient;
  }) => Promise<Result>,
): Promise<Result> {
  let issuer: TestIssuer | undefined;
  const scope = 'openid age_over_9 profile';
  const site = await startCarelessSite({
    ...{ clientId: 'careless', scope, careless: options.careless },
    issuer: () => issuer?.origin ?? assert.fail('no issuer yet'),
  });
  const client = parseClientFile(
    {
      clientId: 'careless',
      site: { name: 'Careless' },
      organisation: 'Careless',
      sector: 'careless.example',
      ageThresholds: [9],
      requireAge: { min: 6, below: 13 },
      redirectUris: [`${site.origin}/callback`],
      authentication: { method: 'none' },
      par: 'optional',
      identity: { scopes: ['profile'], childBasis: 'Decree of 1 January 2031, article 7' },
    },
    { development: true },
  );
  issuer = await startTestIssuer({
    ...{ client, ...files, port: 0, age: options.age ?? 10, now: () => new Date() },
  });
  try {
    const at = { start: new URL(site.start), signedIn: new URL(site.signedIn) };
    return await use({ site: at, callback: new URL(`${site.origin}/callback`), issuer, client });
  } finally {
    await site.close();
    await issuer.close();
  }
}

function notOk(findings: readonly Finding[]): Record<string, string> {
  return Object.fromEntries(
    findings.filter(({ verdict }) => verdict !== 'ok').map(({ name, verdict }) => [name, verdict]),
  );
}
