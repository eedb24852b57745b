/**
 * The modules of four certification plans of the OpenID conformance suite (August 2026), and what the
 * suite would say of this provider. Its requests have no PKCE, which this profile refuses; read every
 * verdict as "with PKCE added". The tests of test/conformance carry the modules' names. TEST ONLY.
 */

/**
 * `passes`: without remark. `review`: a page that a person would look at. `skipped`: the suite skips
 * what the discovery document does not offer. `warning` and `fails`: forbidden by the profile.
 */
export type Verdict = 'passes' | 'review' | 'skipped' | 'warning' | 'fails';

/** One module: its verdict and, where that is not a plain pass, why. */
export type ConformanceModule =
  | { readonly verdict: 'passes' | 'review'; readonly why?: never }
  | { readonly verdict: 'skipped' | 'warning' | 'fails'; readonly why: string };

const PASSES = { verdict: 'passes' } as const;
const REVIEW = { verdict: 'review' } as const;
const skipped = (why: string): ConformanceModule => ({ verdict: 'skipped', why });
const warning = (why: string): ConformanceModule => ({ verdict: 'warning', why });
const fails = (why: string): ConformanceModule => ({ verdict: 'fails', why });

const NO_SESSION =
  'no session is kept: every login is card and PIN, so prompt=none ends in an error';
const NO_EMAIL = 'a card knows no e-mail address; scopes_supported does not list email';
const ONCE =
  'userinfo tells who somebody is once, and the module asks it a second time with the same token';

const BASIC: Readonly<Record<string, ConformanceModule>> = {
  'oidcc-server': PASSES,
  'oidcc-response-type-missing': REVIEW,
  'oidcc-idtoken-signature': fails(
    'ID tokens are signed with ES256 only; the suite leaves the module out for static clients',
  ),
  'oidcc-idtoken-unsigned': skipped(
    'ID tokens are signed with ES256 only; the suite leaves the module out for static clients',
  ),
  'oidcc-userinfo-get': PASSES,
  'oidcc-userinfo-post-header': PASSES,
  'oidcc-userinfo-post-body': PASSES,
  'oidcc-ensure-request-without-nonce-succeeds-for-code-flow': PASSES,
  'oidcc-scope-profile': warning(
    `of the fourteen claims of profile a card verifies three; and ${ONCE}`,
  ),
  'oidcc-scope-email': skipped(NO_EMAIL),
  'oidcc-scope-address': warning(ONCE),
  'oidcc-scope-phone': skipped('a card knows no telephone number; scopes_supported has no phone'),
  'oidcc-scope-all': skipped('scopes_supported lists neither email nor phone'),
  'oidcc-alternate-happy-flow': skipped(NO_EMAIL),
  'oidcc-display-page': PASSES,
  'oidcc-display-popup': PASSES,
  'oidcc-prompt-login': REVIEW,
  'oidcc-prompt-none-not-logged-in': PASSES,
  'oidcc-prompt-none-logged-in': fails(NO_SESSION),
  'oidcc-max-age-1': REVIEW,
  'oidcc-max-age-10000': fails('no session is kept: the card is asked for at any max_age'),
  'oidcc-ensure-request-with-unknown-parameter-succeeds': PASSES,
  'oidcc-id-token-hint': fails(NO_SESSION),
  'oidcc-login-hint': PASSES,
  'oidcc-ui-locales': PASSES,
  'oidcc-claims-locales': PASSES,
  'oidcc-ensure-request-with-acr-values-succeeds': PASSES,
  'oidcc-codereuse': PASSES,
  'oidcc-codereuse-30seconds': PASSES,
  'oidcc-ensure-registered-redirect-uri': REVIEW,
  'oidcc-ensure-post-request-succeeds': warning(
    'a cross-site POST would come without the SameSite=Lax cookie that ties a login to its browser; ' +
      'a client that has much to say pushes its request (RFC 9126)',
  ),
  'oidcc-server-client-secret-post': PASSES,
  'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported': skipped(
    'requests by reference are not fetched: only PAR gives out request URIs',
  ),
  'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported': skipped(
    'request objects are not taken; request_not_supported says so',
  ),
  'oidcc-claims-essential': warning(
    'no card verifies `name`: it is left out, as OpenID Connect Core §5.5.1 has it, and the suite warns',
  ),
  'oidcc-ensure-request-object-with-redirect-uri': REVIEW,
  'oidcc-refresh-token': skipped('no refresh token is issued: a login is worth one card and PIN'),
  'oidcc-ensure-request-with-valid-pkce-succeeds': PASSES,
};

const LOGOUT = 'oidcc-rp-initiated-logout';

const RP_LOGOUT: Readonly<Record<string, ConformanceModule>> = {
  [`${LOGOUT}-discovery-endpoint-verification`]: PASSES,
  [LOGOUT]: PASSES,
  [`${LOGOUT}-bad-post-logout-redirect-uri`]: REVIEW,
  [`${LOGOUT}-modified-id-token-hint`]: REVIEW,
  [`${LOGOUT}-no-id-token-hint`]: REVIEW,
  [`${LOGOUT}-no-params`]: REVIEW,
  [`${LOGOUT}-no-post-logout-redirect-uri`]: REVIEW,
  [`${LOGOUT}-no-state`]: PASSES,
  [`${LOGOUT}-only-state`]: REVIEW,
  [`${LOGOUT}-query-added-to-post-logout-redirect-uri`]: REVIEW,
  [`${LOGOUT}-bad-id-token-hint`]: REVIEW,
};

/** Every plan that is ported, with every one of its modules. */
export const CONFORMANCE_PLANS: Readonly<
  Record<string, Readonly<Record<string, ConformanceModule>>>
> = {
  'oidcc-basic-certification-test-plan': BASIC,
  'oidcc-config-certification-test-plan': {
    'oidcc-discovery-endpoint-verification': fails(
      'id_token_signing_alg_values_supported has ES256 only, where Discovery §3 wants RS256 listed too',
    ),
  },
  'oidcc-rp-initiated-logout-certification-test-plan': RP_LOGOUT,
  'oidcc-backchannel-rp-initiated-logout-certification-test-plan': {
    'oidcc-backchannel-logout-discovery-endpoint-verification': fails(
      'backchannel_logout_session_supported is not true: there is no session to name, so a logout ' +
        'token names the sub (OpenID Connect Back-Channel Logout 1.0 §2.4)',
    ),
    'oidcc-backchannel-rp-initiated-logout': PASSES,
  },
};
