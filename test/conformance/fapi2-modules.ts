/**
 * The modules of the OpenID conformance suite's fapi2-security-profile-final-test-plan, by their own
 * names, and which of them this gateway's profile has no use for (private_key_jwt, DPoP, OpenID
 * Connect, unsigned requests, plain responses). TEST ONLY.
 */
import { test } from 'node:test';

/** What every module's name begins with. */
export const PLAN = 'fapi2-security-profile-final-';

/** Each is a test of the same name. */
export const PORTED = [
  'discovery-end-point-verification',
  'happy-flow',
  'user-rejects-authentication',
  'ensure-authorization-request-without-state-success',
  'ensure-authorization-request-without-nonce-success',
  'ensure-authorization-request-with-64-char-nonce-success',
  'ensure-other-scope-order-succeeds',
  'test-claims-parameter-identity-claims',
  'access-token-type-header-case-sensitivity',
  'check-dpop-proof-nbf-exp',
  'ensure-dpopproof-with-iat-10seconds-before-succeeds',
  'ensure-dpopproof-with-iat-10seconds-after-succeeds',
  'ensure-mismatched-dpop-jkt-fails',
  'ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt',
  'ensure-token-endpoint-fails-with-mismatched-dpop-jkt',
  'ensure-dpopproof-at-par-endpoint-binding-success',
  'ensure-dpop-auth-code-binding-success',
  'ensure-different-nonce-inside-and-outside-request-object',
  'ensure-different-state-inside-and-outside-request-object',
  'ensure-authorization-request-with-long-nonce',
  'ensure-authorization-request-with-long-state',
  'state-only-outside-request-object-not-used',
  'ensure-request-object-without-redirect-uri-fails',
  'plain-fapi-tolerate-unregistered-redirect-uri',
  'ensure-unsigned-authorization-request-without-using-par-fails',
  'ensure-redirect-uri-in-authorization-request',
  'ensure-response-type-code-idtoken-fails',
  'ensure-response-type-token-fails',
  'ensure-client-id-in-token-endpoint',
  'ensure-holder-of-key-required',
  'ensure-authorization-code-is-bound-to-client',
  'attempt-reuse-authorization-code-after-one-second',
  'ensure-token-endpoint-fails-with-expired-auth-code',
  'ensure-signed-client-assertion-with-RS256-fails',
  'ensure-client-assertion-in-token-endpoint',
  'ensure-client-assertion-with-exp-is-5-minutes-in-past-fails',
  'ensure-client-assertion-with-wrong-aud-fails',
  'ensure-client-assertion-with-no-sub-fails',
  'dpop-negative-tests',
  'par-ensure-reused-request-uri-prior-to-auth-completion-succeeds',
  'par-attempt-reuse-request_uri',
  'par-attempt-to-use-expired-request_uri',
  'par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted',
  'par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails',
  'par-attempt-to-use-request_uri-for-different-client',
  'par-authorization-request-containing-request_uri-form-param',
  'par-attempt-invalid-http-method',
  'par-ensure-pkce-required',
  'ensure-pkce-code-verifier-required',
  'incorrect-pkce-code-verifier-rejected',
  'par-plain-pkce-rejected',
  'par-without-duplicate-parameters',
  'par-test-array-as-audience-fails',
  'par-test-par-endpoint-url-as-audience-fails',
  'par-test-token-endpoint-url-as-audience-fails',
  'refresh-token',
  // Of the message-signing plan, where requests are signed; here they say that none is taken.
  'ensure-registered-redirect-uri',
  'par-authorization-request-containing-request_uri',
  'ensure-request-object-signature-algorithm-is-not-none',
] as const;

const SIGNED =
  'the plan leaves it out where requests are not signed; this gateway takes no request object';

/** Not ported, with the reason. */
export const NOT_FOR_THIS_PROFILE: Readonly<Record<string, string>> = {
  'ensure-server-handles-non-matching-intent-id': 'openbanking_uk: there are no payment intents',
  'test-essential-acr-sca-claim':
    'openbanking_uk: its SCA acr values; ours stand in the basic plan',
  'brazil-ensure-bad-payment-signature-fails': 'openbanking_brazil: there are no payments',
  'australia-connectid-ensure-invalid-purpose-fails': 'connectid_au: its `purpose` parameter',
  'australia-connectid-test-claims-parameter-idtoken-identity-claims': 'connectid_au',
  'australia-connectid-ensure-request-object-with-exp-over-10-fails':
    'connectid_au, signed requests',
  'australia-connectid-ensure-request-object-with-nbf-over-15-fails':
    'connectid_au, signed requests',
  'ensure-request-object-with-multiple-aud-succeeds': SIGNED,
  'ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted': SIGNED,
  'ensure-request-object-without-exp-fails': SIGNED,
  'ensure-request-object-without-nbf-fails': SIGNED,
  'ensure-expired-request-object-fails': SIGNED,
  'ensure-request-object-with-bad-aud-fails': SIGNED,
  'ensure-request-object-with-exp-over-60-fails': SIGNED,
  'ensure-request-object-with-nbf-over-60-fails': SIGNED,
  'ensure-signed-request-object-with-RS256-fails': SIGNED,
  'ensure-request-object-with-invalid-signature-fails': SIGNED,
  'ensure-matching-key-in-authorization-request': SIGNED,
  'ensure-unsigned-request-at-par-endpoint-fails': `${SIGNED}: the opposite holds`,
};

/** A module of the plan as a test of its name. */
export function testModule(
  name: (typeof PORTED)[number],
  work: (context: import('node:test').TestContext) => Promise<void>,
): void {
  test(`${PLAN}${name}`, work);
}
