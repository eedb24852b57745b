/**
 * One interaction of oidc-provider from our side: which login waits, and its one answer, which is what
 * a card was found to say or a refusal.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import { KidsIdError } from '../protocol/errors.ts';
import { IDENTITY_SCOPES, LANGUAGES, type Language } from '../protocol/fields.ts';
import type { Store } from '../store/store.ts';
import { type LoginOutcome, permittedClaims } from './admission.ts';
import { isAgeScope } from './age-claims.ts';
import type { BackChannelLogout } from './back-channel-logout.ts';
import type { ClientRegistry, RegisteredClient } from './clients.ts';
import { CLAIMS_TABLE, COOKIE_NAMES, loginPath } from './configuration.ts';
import type { IdentityHandOver } from './identity-hand-over.ts';
import { LIFETIMES } from './lifetimes.ts';
import { CARD_PIN_AMR } from './login-policy.ts';
import { chooseAcr, IDENTITY_CLAIMS, readRequestedClaims, scopesGiving } from './request-claims.ts';

/** Which interactions were answered, by uid, as long as one may take. */
export const ANSWERED_TABLE = 'answered';

/** A login that waits for its card. */
export interface PendingLogin {
  readonly uid: string;
  readonly client: RegisteredClient;
  /** Every scope that is asked; ages of the `claims` parameter are among them. */
  readonly scopes: ReadonlySet<string>;
  /** The first of the client's `ui_locales` that we speak. */
  readonly language?: Language;
}

/** What a login page needs of the provider. */
export interface Logins {
  /**
   * The login that the request's interaction cookie names.
   * @throws {KidsIdError} LOGIN_EXPIRED when there is none, or when it was answered already.
   */
  getPendingLogin(request: IncomingMessage, response: ServerResponse): Promise<PendingLogin>;
  /**
   * Ends the interaction with a verified card. Returns the path to go to.
   * @throws {KidsIdError} LOGIN_EXPIRED as above; INTERNAL for an outcome that says more than was asked.
   */
  complete(
    request: IncomingMessage,
    response: ServerResponse,
    outcome: LoginOutcome,
  ): Promise<string>;
  /**
   * Ends the interaction with access_denied; the client sees no reason. Returns the path to go to.
   * @throws {KidsIdError} LOGIN_EXPIRED as above.
   */
  refuse(request: IncomingMessage, response: ServerResponse): Promise<string>;
}

export interface LoginsDeps {
  readonly provider: Provider;
  readonly clients: ClientRegistry;
  readonly store: Store;
  readonly now: () => Date;
  readonly identity: IdentityHandOver;
  readonly backChannel: BackChannelLogout;
  /** The levels of assurance that a login can give. */
  readonly acrs: readonly string[];
}

type Result = Parameters<Provider['interactionResult']>[2];
type Params = Readonly<Record<string, unknown>>;
type Waiting = PendingLogin & { readonly params: Params };

/** Creates the calls over a provider. */
export function createLogins(deps: LoginsDeps): Logins {
  const { provider, clients, store, now } = deps;
  const after = (seconds: number) => new Date(now().getTime() + seconds * 1_000);

  async function find(request: IncomingMessage, response: ServerResponse): Promise<Waiting> {
    const { uid, params, result } = await provider
      .interactionDetails(request, response)
      .catch(throwExpired);
    const client = clients.find(String(params['client_id']));
    if (!client || result) throw new KidsIdError('LOGIN_EXPIRED', 'login already answered');
    const language = findLanguage(params['ui_locales']);
    return { uid, client, params, scopes: askedScopes(params), ...(language && { language }) };
  }

  /** The first answer to an interaction stands, also when two come at once. */
  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    judge: (login: Waiting) => () => Promise<Result>,
  ): Promise<string> {
    const login = await find(request, response);
    const { uid } = login;
    const makeResult = judge(login);
    if (!(await store.insert(ANSWERED_TABLE, uid, {}, after(LIFETIMES.Interaction)))) {
      throw new KidsIdError('LOGIN_EXPIRED', 'login already answered');
    }
    const result = await makeResult();
    const returnTo = await provider
      .interactionResult(request, response, result, { mergeWithLastSubmission: false })
      .catch(throwExpired);
    const { cookies } = provider.createContext(request, response);
    cookies.set(COOKIE_NAMES.interaction, null, { path: loginPath(uid), secure: true });
    return new URL(returnTo).pathname;
  }

  return {
    async getPendingLogin(request, response) {
      const { params: _, ...login } = await find(request, response);
      return login;
    },
    complete: (request, response, outcome) =>
      answer(request, response, (login) => {
        checkOutcome(outcome, login);
        return async () => {
          const { uid, client } = login;
          const { identity, sub, cardIndex } = outcome;
          if (identity) await deps.identity.seal(request, uid, identity);
          await deps.backChannel.remember({ cardIndex, clientId: client.clientId, sub });
          return makeLoginResult(deps, login, outcome);
        };
      }),
    refuse: (request, response) =>
      answer(request, response, () => async () => ({ error: 'access_denied' })),
  };
}

async function makeLoginResult(
  { provider, store, now, acrs }: LoginsDeps,
  { client, params, scopes }: Waiting,
  outcome: LoginOutcome,
): Promise<Result> {
  const accountId = outcome.sub;
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  const granted = new Set(outcome.scopes);
  grant.addOIDCScope([...granted].join(' '));
  grant.rejectOIDCScope([...scopes].filter((scope) => !granted.has(scope)).join(' '));
  const { idToken, identity } = readRequestedClaims(params);
  const isGranted = (claim: string) => scopesGiving(claim).some((scope) => granted.has(scope));
  grant.addOIDCClaims([...idToken, ...identity.filter(isGranted)]);
  grant.rejectOIDCClaims(identity.filter((claim) => !isGranted(claim)));
  const grantId = await grant.save();
  const expiresAt = new Date(now().getTime() + LIFETIMES.Grant * 1_000);
  await store.put(CLAIMS_TABLE, grantId, { ...outcome.claims }, expiresAt);
  const ts = Math.floor(now().getTime() / 1_000);
  const acr = chooseAcr(params, acrs);
  if (acr === undefined) throw new KidsIdError('INTERNAL', 'login for an acr that is not given');
  return {
    login: { accountId, acr, amr: [...CARD_PIN_AMR], ts, remember: false },
    // Whoever put in a card has chosen an account.
    select_account: {},
    consent: { grantId },
  };
}

/** @throws {KidsIdError} INTERNAL unless all of it was asked, and identity is of a granted scope. */
function checkOutcome(outcome: LoginOutcome, { client, scopes }: PendingLogin): void {
  const permitted = permittedClaims(client, scopes);
  const { identity = {} } = outcome;
  const given = outcome.scopes.flatMap((scope) => findIdentityClaims(scope));
  const isRight =
    Object.keys(outcome.claims).every((claim) => permitted.has(claim)) &&
    outcome.scopes.includes('openid') &&
    outcome.scopes.every((scope) => scopes.has(scope)) &&
    Object.keys(identity).every((claim) => given.includes(claim));
  if (!isRight) throw new KidsIdError('INTERNAL', 'login outcome carries what nobody asked for');
}

function findIdentityClaims(name: string): readonly string[] {
  const scope = IDENTITY_SCOPES.find((known) => known === name);
  return scope ? IDENTITY_CLAIMS[scope] : [];
}

/** The scopes that mean something here; the others are passed over (RFC 6749 §3.3). */
function askedScopes(params: Params): Set<string> {
  const { scope } = params;
  const sent = typeof scope === 'string' ? scope.split(' ') : [];
  const isOurs = (name: string) =>
    name === 'openid' || isAgeScope(name) || IDENTITY_SCOPES.some((known) => known === name);
  return new Set([...sent.filter(isOurs), ...readRequestedClaims(params).ages]);
}

function throwExpired(cause: unknown): never {
  if (!(cause instanceof errors.SessionNotFound)) throw cause;
  throw new KidsIdError('LOGIN_EXPIRED', 'no login for this cookie', { cause });
}

function findLanguage(locales: unknown): Language | undefined {
  if (typeof locales !== 'string') return undefined;
  const wanted = locales.split(' ').map((tag) => tag.split('-')[0]?.toLowerCase());
  return wanted
    .map((tag) => LANGUAGES.find((language) => language === tag))
    .find((language) => language !== undefined);
}
