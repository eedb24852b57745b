/**
 * The OpenID Provider: oidc-provider behind the few calls that a login needs. Cookies of our own,
 * cards and pages are not its business; those are login's.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import Provider, { type ClientMetadata, errors, type JWKS } from 'oidc-provider';
import { KidsIdError } from '../protocol/errors.ts';
import { LANGUAGES, type Language } from '../protocol/fields.ts';
import { type LoginOutcome, permittedClaims } from './admission.ts';
import { AGE_THRESHOLDS } from './age-claims.ts';
import { clientMetadata } from './client-metadata.ts';
import type { RegisteredClient } from './clients.ts';
import {
  CLAIMS_TABLE,
  COOKIE_NAMES,
  type ConfigurationOptions,
  createConfiguration,
  LIFETIMES,
  loginPath,
} from './configuration.ts';
import { type Logger, logEvents } from './events.ts';
import { addGuards } from './guards.ts';
import { CARD_PIN_ACR, CARD_PIN_AMR } from './login-policy.ts';

/** A login that waits for its card. */
export interface PendingLogin {
  readonly uid: string;
  readonly client: RegisteredClient;
  readonly scopes: ReadonlySet<string>;
  /** The first of the client's `ui_locales` that we speak. */
  readonly language?: Language;
}

export interface OpenId {
  /** Request listener for /auth, /auth/:uid, /par, /token, /jwks and the two discovery documents. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * The login that the request's interaction cookie names.
   * @throws {KidsIdError} LOGIN_EXPIRED when there is none, or when it was answered already.
   */
  getPendingLogin(request: IncomingMessage, response: ServerResponse): Promise<PendingLogin>;
  /**
   * Ends the interaction with a verified card. Returns the path to go to.
   * @throws {KidsIdError} LOGIN_EXPIRED as above.
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

export interface OpenIdOptions extends Omit<ConfigurationOptions, 'ageThresholds'> {
  /** Public origin. */
  readonly issuer: string;
  /** ES256 private keys, each with a `kid`. The first signs; all are published. */
  readonly signingKeys: JWKS;
  /** The thresholds that have a scope; default {@link AGE_THRESHOLDS}. */
  readonly ageThresholds?: readonly number[];
  readonly logger: Logger;
}

/**
 * Creates the provider.
 * @throws {TypeError} for an issuer that is no https origin, keys that are not ES256, no cookie keys,
 * or a client that oidc-provider would refuse later.
 */
export function createOpenId(options: OpenIdOptions): OpenId {
  checkOptions(options);
  const { issuer, store, now, clients, renderError } = options;
  const ageThresholds = options.ageThresholds ?? AGE_THRESHOLDS;
  const provider = new Provider(issuer, createConfiguration({ ...options, ageThresholds }));
  for (const client of clients.all()) checkMetadata(provider, client);
  logEvents(provider, options.logger);
  addGuards(provider, renderError);
  const listen = provider.callback();
  const after = (seconds: number) => new Date(now().getTime() + seconds * 1_000);

  async function getPendingLogin(request: IncomingMessage, response: ServerResponse) {
    const { uid, params, result } = await provider
      .interactionDetails(request, response)
      .catch(throwExpired);
    const client = clients.find(String(params['client_id']));
    if (!client || result) throw new KidsIdError('LOGIN_EXPIRED', 'login already answered');
    const scopes = new Set(String(params['scope']).split(' '));
    const language = findLanguage(params['ui_locales']);
    return { uid, client, scopes, ...(language && { language }) };
  }

  /** The first answer to an interaction stands, also when two come at once. */
  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    makeResult: (pending: PendingLogin) => Promise<Parameters<Provider['interactionResult']>[2]>,
  ): Promise<string> {
    const pending = await getPendingLogin(request, response);
    const { uid } = pending;
    const result = await makeResult(pending);
    if (!(await store.insert('answered', uid, {}, after(LIFETIMES.Interaction)))) {
      throw new KidsIdError('LOGIN_EXPIRED', 'login already answered');
    }
    const returnTo = await provider
      .interactionResult(request, response, result, { mergeWithLastSubmission: false })
      .catch(throwExpired);
    const { cookies } = provider.createContext(request, response);
    cookies.set(COOKIE_NAMES.interaction, null, { path: loginPath(uid), secure: true });
    return new URL(returnTo).pathname;
  }

  return {
    // Koa answers its own failures; the promise never rejects.
    handler: (request, response) => void listen(request, response),
    getPendingLogin,
    complete: (request, response, outcome) =>
      answer(request, response, async ({ client, scopes }) => {
        checkOutcome(outcome, permittedClaims(client, scopes));
        const grant = new provider.Grant({ accountId: outcome.sub, clientId: client.clientId });
        grant.addOIDCScope([...scopes].join(' '));
        const grantId = await grant.save();
        await store.put(CLAIMS_TABLE, grantId, { ...outcome.claims }, after(LIFETIMES.Grant));
        const ts = Math.floor(now().getTime() / 1_000);
        const login = { accountId: outcome.sub, acr: CARD_PIN_ACR, amr: [...CARD_PIN_AMR], ts };
        return { login: { ...login, remember: false }, consent: { grantId } };
      }),
    refuse: (request, response) =>
      answer(request, response, async () => ({ error: 'access_denied' })),
  };
}

function checkOptions({ issuer, signingKeys, cookieKeys }: OpenIdOptions): void {
  if (!issuer.startsWith('https://') || new URL(issuer).origin !== issuer) {
    throw new TypeError('issuer is not an https origin');
  }
  if (cookieKeys.length === 0) throw new TypeError('no cookie keys');
  if (signingKeys.keys.length === 0) throw new TypeError('no signing keys');
  for (const { kty, crv, alg, kid } of signingKeys.keys) {
    if (kty !== 'EC' || crv !== 'P-256' || alg !== 'ES256' || !kid) {
      throw new TypeError('signing key is not for ES256 or has no kid');
    }
  }
}

/** The library judges a client when it is first asked for; a bad one should stop the start. */
function checkMetadata(provider: Provider, client: RegisteredClient): void {
  // The published types leave the constructor's parameter out.
  const Client = provider.Client as unknown as new (metadata: ClientMetadata) => object;
  try {
    new Client(clientMetadata(client));
  } catch (cause) {
    throw new TypeError(`client "${client.clientId}" is refused by oidc-provider`, { cause });
  }
}

function checkOutcome(outcome: LoginOutcome, permitted: ReadonlySet<string>): void {
  if (Object.keys(outcome.claims).every((claim) => permitted.has(claim))) return;
  throw new KidsIdError('INTERNAL', 'login outcome carries claims that nobody asked for');
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
