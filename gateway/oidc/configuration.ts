/**
 * How oidc-provider is set up: one flow (authorization code, pushed request, PKCE), one algorithm,
 * no session, nothing kept for longer than minutes. What is not named here is off or unreachable.
 */
import type { IncomingMessage } from 'node:http';
import {
  type Configuration,
  errors,
  type FindAccount,
  type JWKS,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { LANGUAGES } from '../protocol/fields.ts';
import type { Store } from '../store/store.ts';
import { createAdapter } from './adapter.ts';
import { ageClaim } from './age-claims.ts';
import type { ClientRegistry } from './clients.ts';
import { CARD_PIN_ACR, checkScope, createLoginPolicy } from './login-policy.ts';

/** Seconds (design §5). Claims wait as long as the grant they belong to. */
export const LIFETIMES = {
  Interaction: 600,
  Session: 600,
  Grant: 120,
  AuthorizationCode: 30,
  IdToken: 120,
  AccessToken: 60,
} as const;

/** `__Secure-`: a browser takes these over https only. Values are signed. */
export const COOKIE_NAMES = {
  interaction: '__Secure-kids-id-interaction',
  resume: '__Secure-kids-id-resume',
  session: '__Secure-kids-id-session',
} as const;

/** Where claims wait between login and redemption, by grant. */
export const CLAIMS_TABLE = 'claims';

const ASSERTION_MAX_SECONDS = 300;

export interface ConfigurationOptions {
  readonly clients: ClientRegistry;
  readonly store: Store;
  readonly signingKeys: JWKS;
  readonly cookieKeys: readonly string[];
  readonly ageThresholds: readonly number[];
  readonly now: () => Date;
  readonly onInteraction: (request: IncomingMessage, uid: string) => Promise<void>;
  readonly renderError: NonNullable<Configuration['renderError']>;
}

/** Where a person logs in: a path, which is also the path of the interaction's cookie. */
export function loginPath(uid: string): string {
  return `/login/${uid}`;
}

/** Everything that oidc-provider is told. */
export function createConfiguration(options: ConfigurationOptions): Configuration {
  const { clients, store, now } = options;
  const { Interaction: interactionSeconds } = LIFETIMES;
  const ageScopes = options.ageThresholds.map(ageClaim);
  const cookie = { httpOnly: true, sameSite: 'lax', secure: true, signed: true } as const;
  return {
    ...createProtocol(),
    adapter: createAdapter({ store, clients, now, interactionSeconds }),
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
      openid: ['sub', 'acr', 'amr', 'auth_time', ...ageScopes],
      ...Object.fromEntries(ageScopes.map((scope) => [scope, [scope]])),
    },
    scopes: ['openid', ...ageScopes],
    discovery: {
      ui_locales_supported: LANGUAGES,
      require_pushed_authorization_requests: clients.all().every(({ par }) => par === 'required'),
    },
    findAccount: createAccountFinder(store),
    interactions: {
      policy: createLoginPolicy(),
      async url({ req }, { uid }) {
        await options.onInteraction(req, uid);
        return loginPath(uid);
      },
    },
    assertJwtClientAuthClaimsAndHeader: (context, claims) => checkAssertion(context, claims, now()),
    renderError: options.renderError,
  };
}

/** The part that depends on nothing: which of the protocol is spoken. */
function createProtocol(): Configuration {
  return {
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: true },
      resourceIndicators: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    responseTypes: ['code'],
    subjectTypes: ['pairwise'],
    acrValues: [CARD_PIN_ACR],
    clientAuthMethods: ['private_key_jwt', 'none'],
    clientDefaults: {
      id_token_signed_response_alg: 'ES256',
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256'],
      idTokenSigningAlgValues: ['ES256'],
    },
    ttl: { ...LIFETIMES },
    routes: { pushed_authorization_request: '/par' },
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    allowOmittingSingleRegisteredRedirectUri: false,
    expiresWithSession: async () => false,
    // The account that the library knows is this client's `sub` already.
    pairwiseIdentifier: async (_context, accountId) => accountId,
    sectorIdentifierUriValidate: () => false,
    clientBasedCORS: () => false,
    fetch: () => Promise.reject(new TypeError('oidc-provider has nothing to fetch')),
    // A validator of a standard parameter: the one hook that also runs for a pushed request.
    extraParams: { scope: checkScope },
  };
}

/**
 * The account of a `sub`. At the token endpoint it has the login's claims, which are taken out of the
 * store: a grant gives them once.
 */
function createAccountFinder(store: Store): FindAccount {
  return async (_context, sub, token) => {
    if (!token) return { accountId: sub, claims: () => ({ sub }) };
    const claims = token.grantId && (await store.take(CLAIMS_TABLE, token.grantId));
    return claims ? { accountId: sub, claims: () => ({ ...claims, sub }) } : undefined;
  };
}

/**
 * A client assertion is for this issuer alone and short-lived: with other audiences taken, another
 * server's metadata could make a client sign for us (RFC 9700 §4.4, oidc-provider's FAPI 2.0 rule).
 */
function checkAssertion(
  { oidc }: KoaContextWithOIDC,
  claims: Readonly<Record<string, unknown>>,
  now: Date,
): void {
  if (claims['aud'] !== oidc.issuer) {
    throw new errors.InvalidClientAuth('audience (aud) must equal the issuer');
  }
  const lifetime = Number(claims['exp']) - now.getTime() / 1_000;
  if (!(lifetime <= ASSERTION_MAX_SECONDS)) {
    throw new errors.InvalidClientAuth('client assertion lives for too long');
  }
}
