/**
 * RFC 9700 §2, the recommendations: every normative word that concerns an authorization server, in our
 * words, with the tests that show it or why it says nothing here. What is asked of clients and resource
 * servers alone is left out. TEST ONLY.
 */
import {
  AUDIENCE_TEST,
  BOUND_TEST,
  DOWNGRADE_TEST,
  EXACT_TEST,
  METADATA_PKCE_TEST,
  REDIRECT_TEST,
  REFRESH_TEST,
  type Requirement,
  STRANGER_TEST,
  VERIFIER_TEST,
} from './rfc9700-requirement.ts';

/** In the RFC's order. */
export const RECOMMENDATIONS: readonly Requirement[] = [
  {
    section: '2.1',
    level: 'MUST',
    says: 'compare redirect URIs by exact string matching',
    shownBy: [EXACT_TEST],
  },
  {
    section: '2.1',
    level: 'MUST NOT',
    says: 'expose a URL that forwards the browser to any address of a query parameter',
    shownBy: [
      '§2.1: forwards nobody to an address of a query parameter, on any page',
      STRANGER_TEST,
    ],
  },
  {
    section: '2.1',
    level: 'REQUIRED',
    says: 'a defence against mix-up where clients use several servers: `iss` in the answer',
    shownBy: ['§4.4.2.1: names itself in every answer, codes and errors alike (RFC 9207)'],
  },
  {
    section: '2.1',
    level: 'MUST',
    says: 'avoid that a redirect forwards credentials',
    shownBy: [REDIRECT_TEST],
  },
  {
    section: '2.1.1',
    level: 'MUST',
    says: 'a challenge or nonce is bound to the transaction: the server keeps both with the code',
    shownBy: [
      VERIFIER_TEST,
      '§4.5.3.2: gives back the nonce of the request in the ID token, and state in the answer',
    ],
  },
  {
    section: '2.1.1',
    level: 'encouraged',
    says: 'detect constant challenges or nonces',
    doesNotApply:
      'encouraged, not required, and not done: a challenge is kept no longer than its code; the relying parties’ guide and `client test` look at the client instead',
  },
  { section: '2.1.1', level: 'MUST', says: 'support PKCE', shownBy: [VERIFIER_TEST] },
  {
    section: '2.1.1',
    level: 'MUST',
    says: 'enforce the verifier once a challenge was sent',
    shownBy: [VERIFIER_TEST],
  },
  {
    section: '2.1.1',
    level: 'MUST',
    says: 'mitigate PKCE downgrade: a verifier only where there was a challenge',
    shownBy: [DOWNGRADE_TEST],
  },
  {
    section: '2.1.1',
    level: 'MUST',
    says: 'provide a way to detect support for PKCE',
    shownBy: [METADATA_PKCE_TEST],
  },
  {
    section: '2.1.1',
    level: 'RECOMMENDED',
    says: 'publish code_challenge_methods_supported',
    shownBy: [METADATA_PKCE_TEST],
  },
  {
    section: '2.1.2',
    level: 'SHOULD NOT',
    says: 'access tokens in the authorization response (a rule for clients, made impossible here)',
    shownBy: ['§2.1.2: has no response type but code, and puts nothing but a code into an answer'],
  },
  {
    section: '2.2.1',
    level: 'SHOULD',
    says: 'sender-constrain access tokens',
    shownBy: [BOUND_TEST, '§2.2.1: takes each DPoP proof once, and a nonce of its own making only'],
  },
  {
    section: '2.2.2',
    level: 'MUST',
    says: 'refresh tokens of public clients are sender-constrained or rotated',
    shownBy: [REFRESH_TEST],
  },
  {
    section: '2.3',
    level: 'SHOULD',
    says: 'restrict the privileges of access tokens to the minimum',
    shownBy: ['§2.3: grants the scopes that the client registered, and no other'],
  },
  {
    section: '2.3',
    level: 'SHOULD',
    says: 'restrict the audience of access tokens to a resource server',
    shownBy: [AUDIENCE_TEST],
  },
  {
    section: '2.3',
    level: 'SHOULD',
    says: 'restrict access tokens to certain resources and actions',
    shownBy: [AUDIENCE_TEST, '§2.3: grants the scopes that the client registered, and no other'],
  },
  {
    section: '2.4',
    level: 'MUST NOT',
    says: 'use the password grant',
    shownBy: ['§2.4: has no grant but the authorization code, and none for passwords'],
  },
  {
    section: '2.5',
    level: 'SHOULD',
    says: 'enforce client authentication',
    shownBy: ['§2.5: gives a client that registered a key nothing without its assertion'],
  },
  {
    section: '2.5',
    level: 'RECOMMENDED',
    says: 'asymmetric client authentication',
    shownBy: [
      '§2.5: takes an assertion for this issuer alone, once, and for minutes',
      '§2.5: one assertion does not pass for another client, or under another key',
    ],
  },
  {
    section: '2.6',
    level: 'RECOMMENDED',
    says: 'publish metadata (RFC 8414)',
    shownBy: [
      '§2.6: publishes one metadata under both names, with https endpoints of this issuer only',
    ],
  },
  {
    section: '2.6',
    level: 'SHOULD NOT',
    says: 'let clients influence their client_id, or a claim that a person could be mistaken by',
    shownBy: ['§4.15.1: no client chooses its name, and no token has a client for its subject'],
  },
  {
    section: '2.6',
    level: 'RECOMMENDED',
    says: 'end-to-end TLS (BCP 195) between client and resource server',
    shownBy: ['§2.6: speaks TLS 1.3 and nothing older'],
  },
  {
    section: '2.6',
    level: 'MUST NOT',
    says: 'transmit authorization responses unencrypted; no http redirect URIs but loopback ones of native clients',
    shownBy: [
      '§2.6: registers no redirect URI but https, and no wildcard, user or fragment in one',
    ],
  },
  {
    section: '2.6',
    level: 'MUST',
    says: 'verify both ends of in-browser messages that carry an answer',
    doesNotApply: 'answers are redirects: response_modes_supported is query alone',
  },
  {
    section: '2.6',
    level: 'MUST NOT',
    says: 'support CORS at the authorization endpoint',
    shownBy: [
      '§2.6: answers no other origin at the authorization endpoint and the pages behind it',
      '§2.6: lets the one origin of a public client read its tokens, and no other',
    ],
  },
];
