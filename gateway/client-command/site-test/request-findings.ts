/** What a site's own requests say of its care, before any answer. */
import type { AuthorizationRequest } from './authorization-request.ts';
import type { Finding } from './try-site.ts';

const CARD_PIN_ACR = 'urn:kids-id:acr:card-pin';

type Judge = (first: AuthorizationRequest, second: AuthorizationRequest) => string | undefined;

const RULES: readonly (readonly [
  name: string,
  says: string,
  clause: string,
  fault: Finding['verdict'],
  judge: Judge,
])[] = [
  [
    'request-state',
    'it sends a state, another one each time',
    'RFC 6749 §10.12',
    'wrong',
    (first, second) => judgeRandom(first.state, second.state),
  ],
  [
    'request-nonce',
    'it sends a nonce, another one each time',
    'OpenID Connect Core §15.5.2',
    'careless',
    (first, second) => judgeRandom(first.nonce, second.nonce),
  ],
  [
    'request-pkce',
    'its PKCE challenge is another one each time',
    'RFC 7636 §7.1',
    'wrong',
    (first, second) => judgeRandom(first.codeChallenge, second.codeChallenge),
  ],
  [
    'request-pushed',
    'it pushes its request',
    'RFC 9126 §1',
    'careless',
    ({ isPushed }) => (isPushed ? undefined : 'sends it through the browser'),
  ],
  [
    'request-acr',
    'it asks for card and PIN (acr_values)',
    'OpenID Connect Core §3.1.2.1',
    'careless',
    ({ acrValues }) => (acrValues?.split(' ').includes(CARD_PIN_ACR) ? undefined : 'does not'),
  ],
];

/** Judges two requests of different visitors. */
export function judgeRequests(
  first: AuthorizationRequest,
  second: AuthorizationRequest,
): Finding[] {
  return RULES.map(([name, says, clause, fault, judge]) => {
    const did = judge(first, second);
    return { name, says, clause, verdict: did === undefined ? 'ok' : fault, did: did ?? 'it does' };
  });
}

/** RFC 6749 §10.10: 128 bits are 22 characters of base64url. */
function judgeRandom(first: string | undefined, second: string | undefined): string | undefined {
  if (first === undefined || second === undefined) return 'sends none';
  if (first === second) return 'sends the same one to everybody';
  return Math.min(first.length, second.length) < 22 ? 'sends one that can be guessed' : undefined;
}
