/** ID tokens and token responses that a site must not believe (OpenID Connect Core §3.1.3.7). */
import { ageClaim } from '../../oidc/age-claims.ts';
import type { RegisteredClient } from '../../oidc/clients.ts';
import type { Claims, TokenChange } from './id-token.ts';
import type { SiteCase } from './site-case.ts';

const VALIDATION = 'OpenID Connect Core §3.1.3.7';
const HOUR_SECONDS = 3_600;

type Change = (claims: Claims) => void;
const set =
  (name: string, value: unknown): Change =>
  (claims) => {
    claims[name] = value;
  };
const leaveOut =
  (name: string): Change =>
  (claims) => {
    delete claims[name];
  };

/** The cases whose answer is right and whose token is not. */
export const TOKEN_CASES: readonly SiteCase[] = [
  ...signatureCases(),
  ...claimCases(),
  ...responseCases(),
];

/** The cases of the ages that this client's registration promises it. */
export function listAgeCases({ requireAge, ageThresholds }: RegisteredClient): SiteCase[] {
  const { min, below } = requireAge ?? {};
  const rules = [
    ...(min === undefined ? [] : [{ claim: ageClaim(min), right: true }]),
    ...(below === undefined ? [] : [{ claim: ageClaim(below), right: false }]),
  ];
  const cases = rules.flatMap(({ claim, right }) => [
    ageCase(claim, 'missing', 'not there: not known', leaveOut(claim)),
    ageCase(claim, 'opposite', `${!right}`, set(claim, !right)),
    ageCase(claim, 'text', `"${right}", a text`, set(claim, String(right))),
    ageCase(claim, 'number', `${Number(right)}, a number`, set(claim, Number(right))),
    ageCase(claim, 'null', 'null', set(claim, null)),
  ]);
  if (ageThresholds.length === 0) return cases;
  const forgetAges: Change = (claims) => {
    for (const age of ageThresholds) delete claims[ageClaim(age)];
  };
  const rulesAnswer = ageThresholds.every((age) => age === min || age === below);
  if (rulesAnswer) return cases;
  return [
    ...cases,
    {
      name: 'ages-unknown',
      says: 'the ages that it asked for are not known',
      clause: 'docs/RELYING-PARTIES.md',
      expected: 'either',
      isEveryday: true,
      token: {
        claims: (claims) => {
          const kept = rules.map(({ claim }) => [claim, claims[claim]] as const);
          forgetAges(claims);
          for (const [claim, value] of kept) claims[claim] = value;
        },
      },
    },
  ];
}

function ageCase(claim: string, name: string, value: string, claims: Change): SiteCase {
  return {
    name: `${claim.replaceAll('_', '-')}-${name}`,
    says: `${claim} is ${value}`,
    clause: 'docs/RELYING-PARTIES.md',
    expected: 'refuse',
    token: { claims },
  };
}

function signatureCases(): SiteCase[] {
  const wrong: readonly [TokenChange['signature'] & string, string, string][] = [
    ['other-key', 'signed by another key under the same name', `${VALIDATION} (6)`],
    ['unknown-key', 'signed by a key that is not published', `${VALIDATION} (6)`],
    ['broken', 'with a signature that is noise', `${VALIDATION} (6)`],
    ['none', 'not signed (alg: none)', `${VALIDATION} (7)`],
    ['hmac-public-key', 'signed with the public key as a secret', 'RFC 8725 §2.1'],
  ];
  return wrong.map(([signature, says, clause]) => ({
    name: `signature-${signature}`,
    says: `ID token ${says}`,
    clause,
    expected: 'refuse',
    token: { signature },
  }));
}

function claimCases(): SiteCase[] {
  const passed = Math.floor(Date.now() / 1_000) - HOUR_SECONDS;
  const wrong: readonly (readonly [
    name: string,
    says: string,
    clause: string,
    claims: Change,
    more?: Partial<SiteCase>,
  ])[] = [
    ['iss', 'the iss of another gateway', '(2)', set('iss', 'https://gateway.evil.example')],
    ['iss-missing', 'no iss', '(2)', leaveOut('iss')],
    ['aud', 'the aud of another site', '(3)', set('aud', 'another-site')],
    ['aud-missing', 'no aud', '(3)', leaveOut('aud')],
    ['aud-more', 'a second aud, and no azp', '(3)', addAudience],
    ['exp', 'an exp one hour ago', '(9)', (claims) => Object.assign(claims, { exp: passed })],
    ['exp-missing', 'no exp', '(9)', leaveOut('exp')],
    ['iat-missing', 'no iat', '(10)', leaveOut('iat'), { weight: 'should' }],
    ['sub-missing', 'no sub', '(2)', leaveOut('sub')],
    ['nonce', 'the nonce of another sign-in', '(11)', set('nonce', 'of-another'), asksNonce()],
    ['nonce-missing', 'no nonce', '(11)', leaveOut('nonce'), asksNonce()],
    [
      'acr',
      'acr card-present: no PIN was typed',
      '(12)',
      set('acr', 'urn:kids-id:acr:card-present'),
    ],
    ['acr-missing', 'no acr', '(12)', leaveOut('acr')],
    [
      'auth-time',
      'an auth_time one hour ago, older than max_age',
      '(13)',
      set('auth_time', passed),
      { appliesTo: (_client, { maxAge }) => Number(maxAge ?? HOUR_SECONDS) < HOUR_SECONDS - 600 },
    ],
  ];
  return wrong.map(([name, says, item, claims, more]) => ({
    name: `token-${name}`,
    says: `ID token with ${says}`,
    clause: `${VALIDATION} ${item}`,
    expected: 'refuse',
    token: { claims },
    ...more,
  }));
}

function asksNonce(): Partial<SiteCase> {
  return { appliesTo: (_client, { nonce }) => nonce !== undefined };
}

function addAudience(claims: Claims): void {
  claims['aud'] = [claims['aud'], 'another-site'];
}

function responseCases(): SiteCase[] {
  const wrong: readonly [string, string, string, TokenChange['response'] & object][] = [
    ['refused', 'the code is refused', 'RFC 6749 §5.2', () => jsonError(400, 'invalid_grant')],
    ['down', 'the token endpoint fails', 'RFC 6749 §5.2', () => ({ status: 500, body: 'down' })],
    ['no-json', 'the tokens are no JSON', 'RFC 6749 §5.1', () => ({ status: 200, body: '<html>' })],
    ['no-id-token', 'there is no ID token', 'OpenID Connect Core §3.1.3.3', withoutIdToken],
  ];
  return [
    ...wrong.map(
      ([name, says, clause, response]): SiteCase => ({
        name: `response-${name}`,
        says: `at redemption ${says}`,
        clause,
        expected: 'refuse',
        isEveryday: name === 'refused' || name === 'down',
        token: { response },
      }),
    ),
    {
      name: 'response-token-type',
      says: 'at redemption the token_type is unknown',
      clause: 'RFC 6749 §7.1',
      expected: 'refuse',
      weight: 'should',
      token: { response: (body) => ({ status: 200, body: { ...body, token_type: 'mac' } }) },
    },
    {
      name: 'userinfo-sub',
      says: "userinfo with somebody else's sub",
      clause: 'OpenID Connect Core §5.3.2',
      expected: 'refuse',
      weight: 'should',
      appliesTo: ({ identity }, { scopes }) =>
        (identity?.scopes ?? []).some((scope) => scopes.includes(scope)),
      token: { userinfo: set('sub', 'somebody-else') },
    },
  ];
}

function withoutIdToken({ id_token: _, ...body }: Claims) {
  return { status: 200, body };
}

function jsonError(status: number, error: string) {
  return { status, body: { error } };
}
