/**
 * RFC 9700 §4, the attacks: every normative word that concerns an authorization server, in our
 * words, with the tests that show it or why it says nothing here. What is asked of clients and resource
 * servers alone is left out. TEST ONLY.
 */
import {
  AUDIENCE_TEST,
  BOUND_TEST,
  DOWNGRADE_TEST,
  EXACT_TEST,
  METADATA_PKCE_TEST,
  NO_REFRESH,
  REDIRECT_TEST,
  REFRESH_TEST,
  REPLAY_TEST,
  type Requirement,
  STRANGER_TEST,
  VERIFIER_TEST,
} from './rfc9700-requirement.ts';

/** In the RFC's order. */
export const ATTACKS: readonly Requirement[] = [
  {
    section: '4.1.3',
    level: 'MUST',
    says: 'ensure that the two URIs are equal (RFC 3986 §6.2.1)',
    shownBy: [EXACT_TEST, '§4.1.3: takes each parameter once (RFC 6749 §3.1)'],
  },
  {
    section: '4.1.3',
    level: 'MUST',
    says: 'allow any port in a localhost URI of a native app (RFC 8252 §7.3)',
    doesNotApply:
      'native apps cannot register: redirect URIs are https (loopback is for development)',
  },
  {
    section: '4.2.4',
    level: 'SHOULD NOT',
    says: 'third-party resources or links to external sites on pages of the authorization endpoint',
    shownBy: [
      '§4.2.4: its pages load nothing of others, link to none but the site that asks, and send no referrer',
    ],
  },
  {
    section: '4.2.4',
    level: 'MUST',
    says: 'invalidate a code after its first use',
    shownBy: [REPLAY_TEST],
  },
  {
    section: '4.2.4',
    level: 'SHOULD',
    says: 'revoke the tokens of a code that comes twice',
    shownBy: [REPLAY_TEST],
  },
  {
    section: '4.3.2',
    level: 'MUST NOT',
    says: 'pass access tokens in a query (a rule for clients, enforced here)',
    shownBy: [
      '§4.3.2: takes no access token from a query, and puts no secret into a URL but the code',
    ],
  },
  {
    section: '4.5.3.1',
    level: 'MUST',
    says: 'a code is redeemed by the client, for the redirect URI and with the verifier it was made for',
    shownBy: [
      '§4.5.3.1: a code injected into another session, client or redirect URI gives nothing',
      '§4.5.3.1: a pushed request is its client’s, is used once, and cannot be changed on the way (RFC 9126 §4)',
    ],
  },
  {
    section: '4.7.1',
    level: 'MUST',
    says: 'provide a way to detect PKCE support',
    shownBy: [METADATA_PKCE_TEST],
  },
  {
    section: '4.8.2',
    level: 'MUST',
    says: 'mitigate PKCE downgrade; bind the challenge to the code',
    shownBy: [DOWNGRADE_TEST, VERIFIER_TEST],
  },
  {
    section: '4.8.2',
    level: 'MUST',
    says: 'reject a verifier where the request had no challenge',
    shownBy: [DOWNGRADE_TEST],
  },
  {
    section: '4.9.3',
    level: 'SHOULD',
    says: 'sender-constrain and restrict the audience against replay by a resource server',
    shownBy: [BOUND_TEST, AUDIENCE_TEST],
  },
  {
    section: '4.9.3',
    level: 'MUST',
    says: 'a resource server (userinfo) keeps access tokens out of plain text',
    shownBy: ['§4.9.3: writes no code, token, assertion, cookie or pseudonym to log or disk'],
  },
  {
    section: '4.10',
    level: 'SHOULD',
    says: 'ensure that access tokens are sender-constrained and audience-restricted',
    shownBy: [BOUND_TEST, AUDIENCE_TEST],
  },
  {
    section: '4.11.2',
    level: 'MUST NOT',
    says: 'redirect for an invalid combination of client_id and redirect_uri',
    shownBy: [STRANGER_TEST],
  },
  {
    section: '4.11.2',
    level: 'MUST',
    says: 'take precautions against clients that register to be redirected to; ask the person first',
    shownBy: [
      '§4.11.2: nobody registers an address of their own to be redirected to',
      '§4.11.2: shows a page before it redirects a request that could lead to a code',
    ],
  },
  {
    section: '4.11.2',
    level: 'SHOULD',
    says: 'redirect by itself only to a trusted redirect URI',
    shownBy: [
      '§4.11.2: nobody registers an address of their own to be redirected to',
      STRANGER_TEST,
    ],
  },
  { section: '4.12', level: 'MUST NOT', says: 'redirect with 307', shownBy: [REDIRECT_TEST] },
  { section: '4.12', level: 'SHOULD', says: 'redirect with 303', shownBy: [REDIRECT_TEST] },
  {
    section: '4.13',
    level: 'MUST',
    says: 'a reverse proxy sanitizes headers, and its link is protected',
    shownBy: ['§4.13: believes no forwarded header, and no Host but its own'],
  },
  {
    section: '4.14.2',
    level: 'MUST',
    says: 'decide by risk whether a client gets refresh tokens',
    shownBy: [REFRESH_TEST],
  },
  {
    section: '4.14.2',
    level: 'MUST',
    says: 'bind refresh tokens to scope, resource servers and client; detect replay; keep their integrity',
    doesNotApply: NO_REFRESH,
  },
  {
    section: '4.14.2',
    level: 'SHOULD',
    says: 'expire unused refresh tokens',
    doesNotApply: NO_REFRESH,
  },
  {
    section: '4.15.1',
    level: 'SHOULD NOT',
    says: 'let a client name itself so that it is taken for a person',
    shownBy: ['§4.15.1: no client chooses its name, and no token has a client for its subject'],
  },
  {
    section: '4.15.1',
    level: 'MUST',
    says: 'otherwise let resource servers tell the two kinds of token apart',
    doesNotApply: 'there is one kind: no grant gives a client a token of its own',
  },
  {
    section: '4.16',
    level: 'MUST',
    says: 'prevent clickjacking',
    shownBy: ['§4.16: lets nobody frame a page, by CSP and by X-Frame-Options'],
  },
  {
    section: '4.16',
    level: 'SHOULD',
    says: 'use CSP level 2, and other countermeasures besides',
    shownBy: ['§4.16: lets nobody frame a page, by CSP and by X-Frame-Options'],
  },
  {
    section: '4.16',
    level: 'SHOULD',
    says: 'let administrators allow origins that may frame',
    doesNotApply: 'nobody may: a card and a PIN are asked for in a top frame only (design §7)',
  },
  {
    section: '4.17.2',
    level: 'MUST',
    says: 'match origins exactly and send in-browser messages to named origins only',
    doesNotApply: 'no answer travels by postMessage: response_modes_supported is query alone',
  },
];
