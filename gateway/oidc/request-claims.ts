/**
 * The `claims` parameter and `acr_values` (OpenID Connect Core §5.5): each thing that we could give is
 * given or refused, and never passed over in silence: an age that is not registered, identity that the
 * scopes do not give, a value. Claims of which we know nothing are ignored, as Core demands (§5.5.1).
 */
import { type Client, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { IDENTITY_SCOPES, type IdentityScope } from '../protocol/fields.ts';
import { REVERIFY_CLAIM } from './admission.ts';
import { isAgeScope } from './age-claims.ts';
import type { ClientRegistry } from './clients.ts';

/** What each identity scope gives at userinfo, in the names of OpenID Connect Core §5.1. */
export const IDENTITY_CLAIMS: Readonly<Record<IdentityScope, readonly string[]>> = {
  profile: ['given_name', 'family_name', 'gender'],
  birthdate: ['birthdate'],
  address: ['address'],
  'address:postcode': ['address'],
  picture: ['picture'],
};

/** In every ID token, whoever asks; their values are ours to set. */
const ALWAYS_THERE: readonly string[] = ['iss', 'aud', 'exp', 'iat', 'auth_time', 'amr'];

/** What is said of a login, and never at userinfo; nor are ages. */
const ID_TOKEN_ONLY: readonly string[] = ['acr', 'amr', 'auth_time', REVERIFY_CLAIM];

type Parameters = Readonly<Record<string, unknown>>;
type ClaimRequests = Readonly<Record<string, unknown>>;

/** What a request asks beyond its scopes. */
export interface RequestedClaims {
  /** Claims that the ID token is asked for. */
  readonly idToken: readonly string[];
  /** The ages among them, as scope names. */
  readonly ages: readonly string[];
  /** Identity claims that userinfo is asked for. */
  readonly identity: readonly string[];
  /** Each is a list of which one has to be given, by preference. */
  readonly acrLists: readonly (readonly string[])[];
  /** Each is a list of which one has to be the person's `sub`. */
  readonly subLists: readonly (readonly string[])[];
}

/** Reads the parameters of a request that was checked already. */
export function readRequestedClaims(params: Parameters): RequestedClaims {
  const { claims, acr_values: acrValues } = params;
  const { id_token: idToken = {}, userinfo = {} } = parseClaims(claims);
  const asked = typeof acrValues === 'string' ? acrValues.split(' ').filter(Boolean) : [];
  const lists = (requests: ClaimRequests, name: string) => valuesOf(requests[name]) ?? [];
  return {
    idToken: Object.keys(idToken),
    ages: Object.keys(idToken).filter(isAgeScope),
    identity: Object.keys(userinfo).filter((claim) => scopesGiving(claim).length > 0),
    acrLists: [asked, lists(idToken, 'acr')].filter((list) => list.length > 0),
    subLists: [lists(idToken, 'sub'), lists(userinfo, 'sub')].filter((list) => list.length > 0),
  };
}

/** The first `acr` that every list of the request names; undefined when none of `offered` is. */
export function chooseAcr(params: Parameters, offered: readonly string[]): string | undefined {
  const { acrLists } = readRequestedClaims(params);
  const [preferred = offered, ...others] = acrLists;
  return preferred.find(
    (acr) => offered.includes(acr) && others.every((list) => list.includes(acr)),
  );
}

/** The identity scopes that give a claim. */
export function scopesGiving(claim: string): IdentityScope[] {
  return IDENTITY_SCOPES.filter((scope) => IDENTITY_CLAIMS[scope].includes(claim));
}

/** The check that oidc-provider makes of every `claims` parameter, pushed or not. */
export function createClaimsCheck(clients: ClientRegistry) {
  return (
    context: KoaContextWithOIDC,
    claims: { readonly id_token?: unknown; readonly userinfo?: unknown },
    client: Client,
  ): void => {
    const { id_token: idToken, userinfo } = claims as Record<string, ClaimRequests | undefined>;
    const allowed = new Set(client.scope?.split(' '));
    const tellsReverify = clients.find(client.clientId)?.reverifyAfterMonths !== undefined;
    for (const [name, request] of Object.entries(idToken ?? {})) {
      checkShape(name, request);
      checkIdTokenClaim({ name, request, allowed, tellsReverify });
    }
    const { scope } = context.oidc.params ?? {};
    const asked = new Set(typeof scope === 'string' ? scope.split(' ') : []);
    for (const [name, request] of Object.entries(userinfo ?? {})) {
      checkShape(name, request);
      checkUserinfoClaim(name, request, asked);
    }
  };
}

/** @throws {errors.InvalidRequest} unless it is null or what §5.5.1 describes. */
function checkShape(name: string, request: unknown): void {
  if (request === null) return;
  if (typeof request !== 'object' || Array.isArray(request)) {
    throw new errors.InvalidRequest(`claims: ${quote(name)} is neither null nor an object`);
  }
  const { essential, value, values } = request as ClaimRequests;
  if (essential !== undefined && typeof essential !== 'boolean') {
    throw new errors.InvalidRequest(`claims: essential of ${quote(name)} is no boolean`);
  }
  if (value !== undefined && values !== undefined) {
    throw new errors.InvalidRequest(`claims: ${quote(name)} has both value and values`);
  }
}

/** @throws {errors.InvalidRequest | errors.InvalidScope} */
function checkIdTokenClaim(options: {
  name: string;
  request: unknown;
  allowed: ReadonlySet<string>;
  tellsReverify: boolean;
}): void {
  const { name, request, allowed, tellsReverify } = options;
  if (name === 'acr' || name === 'sub') {
    checkValues(name, request);
    return;
  }
  if (isAgeScope(name)) {
    // Whether a person is of the right age is a rule of the registration, not of the request.
    refuseValue(name, request, 'an age is asked by a threshold; register requireAge for a rule');
    if (!allowed.has(name)) throw new errors.InvalidScope('requested claim is not allowed', name);
    return;
  }
  if (name === REVERIFY_CLAIM && !tellsReverify) {
    throw new errors.InvalidScope('requested claim is not allowed', name);
  }
  if (ALWAYS_THERE.includes(name) || name === REVERIFY_CLAIM) {
    refuseValue(name, request, 'its value cannot be asked for');
    return;
  }
  // The library would name a session that nobody keeps.
  if (name === 'sid')
    throw new errors.InvalidRequest('claims: there are no sessions, hence no sid');
  if (scopesGiving(name).length > 0) {
    throw new errors.InvalidRequest(`claims: ${quote(name)} comes from userinfo only`);
  }
}

/** @throws {errors.InvalidRequest | errors.InvalidScope} */
function checkUserinfoClaim(name: string, request: unknown, asked: ReadonlySet<string>): void {
  if (name === 'sub') {
    checkValues(name, request);
    return;
  }
  if (isAgeScope(name) || ID_TOKEN_ONLY.includes(name)) {
    throw new errors.InvalidRequest(`claims: ${quote(name)} comes in the ID token only`);
  }
  const scopes = scopesGiving(name);
  if (scopes.length === 0) return;
  refuseValue(name, request, 'its value cannot be asked for');
  if (!scopes.some((scope) => asked.has(scope))) {
    throw new errors.InvalidScope('requested claim is not of a requested scope', scopes[0] ?? name);
  }
}

function refuseValue(name: string, request: unknown, why: string): void {
  const { value, values } = (request ?? {}) as ClaimRequests;
  if (value === undefined && values === undefined) return;
  throw new errors.InvalidRequest(`claims: ${quote(name)} with a value: ${why}`);
}

function checkValues(name: string, request: unknown): void {
  const { value, values } = (request ?? {}) as ClaimRequests;
  if (value === undefined && values === undefined) return;
  if (valuesOf(request)) return;
  throw new errors.InvalidRequest(`claims: ${quote(name)} asks for something that is no string`);
}

/** The values that a request for one claim takes; undefined when it takes any. */
function valuesOf(request: unknown): readonly string[] | undefined {
  const { value, values } = (request ?? {}) as ClaimRequests;
  const list = value === undefined ? values : [value];
  const isList = Array.isArray(list) && list.length > 0;
  return isList && list.every((item) => typeof item === 'string' && item) ? list : undefined;
}

function parseClaims(claims: unknown): { id_token?: ClaimRequests; userinfo?: ClaimRequests } {
  return typeof claims === 'string' ? (JSON.parse(claims) as object) : {};
}

/** A name as the site sent it goes into an answer and the log only when it looks like one. */
function quote(name: string): string {
  return /^[A-Za-z0-9_.:-]{1,64}$/.test(name) ? name : 'a claim';
}
