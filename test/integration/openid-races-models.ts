/**
 * Every model of oidc-provider, what may happen to one of it once only, and how the library itself
 * does that: it reads, waits, looks, and only then writes. TEST ONLY.
 */
import { randomUUID } from 'node:crypto';
import type Provider from 'oidc-provider';

/** How single use shows. */
export type Spending =
  /** Read, looked at, and marked used (helpers/grant_source.js, actions/authorization/respond.js). */
  | 'consumed'
  /** Written where nothing may be yet (models/replay_detection.js). */
  | 'inserted'
  /** Removed by the one request that answers it (helpers/interaction…: resume). */
  | 'destroyed';

/** The models that have an adapter. A library that gains one must be looked at again. */
export const MODELS: Readonly<Record<string, Spending | { readonly notSingle: string }>> = {
  AuthorizationCode: 'consumed',
  PushedAuthorizationRequest: 'consumed',
  ReplayDetection: 'inserted',
  Interaction: 'destroyed',
  // Grants that are off. The adapter serves them alike, so that turning one on opens no race.
  RefreshToken: 'consumed',
  DeviceCode: 'consumed',
  BackchannelAuthenticationRequest: 'consumed',
  PreAuthorizedCode: 'consumed',
  AccessToken: {
    notSingle: 'is used until it expires; what userinfo gives once is in sealed rows',
  },
  Grant: { notSingle: 'is read by each token that hangs on it, and goes with them' },
  ClientCredentials: { notSingle: 'is off; would be used until it expires' },
  InitialAccessToken: { notSingle: 'registers any number of clients, in development only' },
  RegistrationAccessToken: { notSingle: 'is used until the client changes it' },
  Session: { notSingle: 'is never kept: every login is card and PIN' },
  Client: { notSingle: 'is read from the operator’s files and never written' },
  BaseToken: { notSingle: 'is the class that tokens share, and never saved' },
};

/** The names of MODELS that are single, by how. */
export function modelsSpent(spending: Spending): string[] {
  return Object.keys(MODELS).filter((name) => MODELS[name] === spending);
}

interface Saved {
  readonly jti: string;
  readonly consumed?: unknown;
  readonly isValid: boolean;
  save(ttl?: number): Promise<string>;
  consume?(): Promise<void>;
  destroy(): Promise<void>;
}

interface Model {
  new (payload: object): Saved;
  readonly name: string;
  find(value: string, options?: object): Promise<Saved | undefined>;
}

/** The library's own class of a model; undefined for what has no adapter. */
export function findModel(provider: Provider, name: string): Model | undefined {
  const model: unknown = Reflect.get(provider, name, provider);
  return typeof model === 'function' && 'adapter' in model
    ? (model as unknown as Model)
    : undefined;
}

/** The names of every model of the library that has an adapter. */
export function listModels(provider: Provider): string[] {
  const members = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(provider) as object);
  return (
    Object.entries(members)
      // `app` is an old name of the provider itself, and says so on stderr when it is read.
      .filter(([name, { get }]) => get && name !== 'app' && findModel(provider, name))
      .map(([name]) => name)
  );
}

/** Something to be spent: `save` it with one provider, and let any spend it. Rejects or gives false when spent. */
export interface Spendable {
  save(): Promise<void>;
  spend(provider: Provider): Promise<boolean>;
}

/** One of a model that is single, and the library's way of spending it. */
export function createSpendable(provider: Provider, name: string): Spendable {
  const spending = MODELS[name];
  if (spending === 'inserted') return createReplay();
  if (spending === 'destroyed') return createInteraction(provider);
  return createConsumable(provider, name);
}

function createConsumable(provider: Provider, name: string): Spendable {
  let value = '';
  return {
    async save() {
      const Model = getModel(provider, name);
      const payload = { clientId: 'chat', grantId: randomUUID(), expiresIn: 60, userCode: value };
      value = await new Model({ ...payload, request: '{}' }).save(60);
    },
    async spend(other) {
      const found = await getModel(other, name).find(value, { ignoreExpiration: true });
      if (!found || found.consumed) return false;
      await found.consume?.();
      return true;
    },
  };
}

function createReplay(): Spendable {
  const jti = randomUUID();
  return {
    save: async () => {},
    spend: (provider) =>
      provider.ReplayDetection.unique('chat', jti, Math.floor(Date.now() / 1_000) + 60),
  };
}

function createInteraction(provider: Provider): Spendable {
  const uid = randomUUID();
  return {
    async save() {
      const Model = provider.Interaction as unknown as new (uid: string, payload: object) => Saved;
      const exp = Math.floor(Date.now() / 1_000) + 60;
      await new Model(uid, { params: {}, returnTo: 'https://gateway.example/auth/x', exp }).save(
        60,
      );
    },
    async spend(other) {
      const found = await getModel(other, 'Interaction').find(uid);
      if (!found) return false;
      await found.destroy();
      return true;
    },
  };
}

function getModel(provider: Provider, name: string): Model {
  const model = findModel(provider, name);
  if (!model) throw new TypeError(`no model ${name}`);
  return model;
}
