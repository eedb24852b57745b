/**
 * How oidc-provider is set up: one flow (authorization code, pushed request, PKCE), one algorithm,
 * no session, nothing kept for longer than minutes. What is not named here is off or unreachable.
 */
import { hkdfSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Configuration, FindAccount, JWKS } from 'oidc-provider';
import { IDENTITY_SCOPES, LANGUAGES } from '../protocol/fields.ts';
import type { Store } from '../store/store.ts';
import { createAdapter } from './adapter.ts';
import { REVERIFY_CLAIM } from './admission.ts';
import { ageClaim } from './age-claims.ts';
import { checkAssertion } from './client-authentication.ts';
import type { ClientRegistry } from './clients.ts';
import { type ClientRegistration, registrationConfiguration } from './dynamic-registration.ts';
import type { IdentityHandOver } from './identity-hand-over.ts';
import { LIFETIMES } from './lifetimes.ts';
import { CARD_PIN_ACR, checkDisplay, checkScope, createLoginPolicy } from './login-policy.ts';
import { LOGOUT_PATH } from './logout.ts';
import { isOriginOf } from './origins.ts';
import { createOutboundFetch } from './outbound-fetch.ts';
import { createClaimsCheck, IDENTITY_CLAIMS } from './request-claims.ts';

/** `__Secure-`: a browser takes these over https only. Values are signed. */
export const COOKIE_NAMES = {
  interaction: '__Secure-kids-id-interaction',
  resume: '__Secure-kids-id-resume',
  session: '__Secure-kids-id-session',
} as const;

/** Where claims wait between login and redemption, by grant. */
export const CLAIMS_TABLE = 'claims';

/** FAPI 2.0 Security Profile §5.3.2.1: how far a client's clock may run ahead. */
const CLOCK_TOLERANCE_SECONDS = 10;

export interface ConfigurationOptions {
  readonly clients: ClientRegistry;
  readonly store: Store;
  readonly signingKeys: JWKS;
  readonly cookieKeys: readonly string[];
  readonly ageThresholds: readonly number[];
  /** The eIDAS level that the operator vouches for, given to sites that ask for it. */
  readonly eidasAcr?: string | undefined;
  /** Hosts of back-channel log-out that may have addresses of this machine or its networks. */
  readonly backchannelHosts?: readonly string[] | undefined;
  /** Takes registrations of sites on this machine; in development only. */
  readonly registration?: ClientRegistration | undefined;
  readonly now: () => Date;
  readonly onInteraction: (request: IncomingMessage, uid: string) => Promise<void>;
  readonly renderError: NonNullable<Configuration['renderError']>;
}

/** Where a person logs in: a path, which is also the path of the interaction's cookie. */
export function loginPath(uid: string): string {
  return `/login/${uid}`;
}

/** The levels of assurance that a login can give, the usual one first. */
export function offeredAcrs({ eidasAcr }: Pick<ConfigurationOptions, 'eidasAcr'>): string[] {
  return [CARD_PIN_ACR, ...(eidasAcr ? [eidasAcr] : [])];
}

/** Everything that oidc-provider is told. `takeIdentity` gives what belongs to an access token. */
export function createConfiguration(
  options: ConfigurationOptions,
  takeIdentity: IdentityHandOver['take'],
): Configuration {
  const { clients, store, now } = options;
  const { Interaction: interactionSeconds } = LIFETIMES;
  const ageScopes = options.ageThresholds.map(ageClaim);
  const cookie = { httpOnly: true, sameSite: 'lax', secure: true, signed: true } as const;
  return {
    ...createProtocol(),
    features: createFeatures(options),
    ...(options.registration && {
      extraClientMetadata: registrationConfiguration().extraClientMetadata,
    }),
    acrValues: offeredAcrs(options),
    adapter: createAdapter({
      store,
      clients,
      now,
      interactionSeconds,
      registration: options.registration,
    }),
    jwks: options.signingKeys,
    cookies: {
      names: COOKIE_NAMES,
      keys: options.cookieKeys,
      long: { ...cookie },
      short: { ...cookie },
    },
    // Age claims hang on `openid` too: the ID token carries what admission put into the outcome,
    // which is more than the scopes asked when the client has an age rule, and never more than that.
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time', REVERIFY_CLAIM, ...ageScopes],
      ...Object.fromEntries(ageScopes.map((scope) => [scope, [scope]])),
      ...Object.fromEntries(
        Object.entries(IDENTITY_CLAIMS).map(([scope, claims]) => [scope, [...claims]]),
      ),
    },
    scopes: ['openid', ...ageScopes, ...IDENTITY_SCOPES],
    discovery: { ui_locales_supported: LANGUAGES },
    findAccount: createAccountFinder(store, takeIdentity),
    clientBasedCORS: (_context, origin, { clientId }) => isOriginOf(clients.find(clientId), origin),
    fetch: createOutboundFetch({ allowedHosts: options.backchannelHosts ?? [] }),
    interactions: {
      policy: createLoginPolicy(offeredAcrs(options)),
      async url({ req }, { uid }) {
        await options.onInteraction(req, uid);
        return loginPath(uid);
      },
    },
    assertJwtClientAuthClaimsAndHeader: (context, claims) => checkAssertion(context, claims, now()),
    renderError: options.renderError,
  };
}

function createFeatures({
  clients,
  cookieKeys,
  registration,
}: ConfigurationOptions): Configuration['features'] {
  return {
    ...(registration && registrationConfiguration().features),
    devInteractions: { enabled: false },
    resourceIndicators: { enabled: false },
    pushedAuthorizationRequests: { enabled: true },
    userinfo: { enabled: true },
    // The endpoint is ours (logout.ts); this lets clients register addresses, and announces it.
    rpInitiatedLogout: { enabled: true },
    backchannelLogout: { enabled: true },
    claimsParameter: { enabled: true, assertClaimsParameter: createClaimsCheck(clients) },
    fapi: {
      enabled: true,
      profile: (_context, client) =>
        clients.find(client?.clientId ?? '')?.profile === 'fapi2' ? '2.0' : undefined,
    },
    dPoP: {
      enabled: true,
      // Offered, not demanded: a client whose clock is wrong gets on with one (RFC 9449 §8).
      nonceSecret: createNonceSecret(cookieKeys),
      requireNonce: () => false,
    },
  };
}

/** The same in every process that serves this issuer. */
function createNonceSecret([key = '']: readonly string[]): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'kids-id dpop nonce', 32));
}

/** The part that depends on nothing: which of the protocol is spoken. */
function createProtocol(): Configuration {
  return {
    responseTypes: ['code'],
    subjectTypes: ['pairwise'],
    clientAuthMethods: ['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'none'],
    clientDefaults: {
      id_token_signed_response_alg: 'ES256',
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      require_pushed_authorization_requests: true,
    },
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256'],
      dPoPSigningAlgValues: ['ES256', 'PS256'],
      idTokenSigningAlgValues: ['ES256'],
    },
    ttl: { ...LIFETIMES },
    routes: {
      pushed_authorization_request: '/par',
      userinfo: '/userinfo',
      end_session: LOGOUT_PATH,
    },
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    allowOmittingSingleRegisteredRedirectUri: false,
    expiresWithSession: async () => false,
    // The account that the library knows is this client's `sub` already.
    pairwiseIdentifier: async (_context, accountId) => accountId,
    sectorIdentifierUriValidate: () => false,
    // Validators of standard parameters: the one hook that also runs for a pushed request.
    extraParams: { scope: checkScope, display: checkDisplay },
  };
}

/**
 * The account of a `sub`. At the token endpoint it has the login's claims, which are taken out of the
 * store: a grant gives them once. At userinfo it has what identity was handed over, likewise.
 */
function createAccountFinder(store: Store, takeIdentity: IdentityHandOver['take']): FindAccount {
  return async (_context, sub, token) => {
    if (!token) return { accountId: sub, claims: () => ({ sub }) };
    if (token.kind === 'AccessToken') {
      const { jti } = token;
      return { accountId: sub, claims: async () => ({ ...(await takeIdentity(jti)), sub }) };
    }
    const claims = token.grantId && (await store.take(CLAIMS_TABLE, token.grantId));
    return claims ? { accountId: sub, claims: () => ({ ...claims, sub }) } : undefined;
  };
}
