/**
 * What oidc-provider keeps between requests, in our store. The library itself reads, waits, and then
 * writes; so single use of codes, pushed requests, client assertions and interactions is decided
 * here, by the store's conditional writes. Identifiers are secrets and are stored as hashes.
 */
import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import Provider, {
  type Adapter,
  type AdapterFactory,
  type AdapterPayload,
  errors,
} from 'oidc-provider';
import type { JsonObject, Store } from '../store/store.ts';
import { clientMetadata } from './client-metadata.ts';
import type { ClientRegistry } from './clients.ts';
import { type ClientRegistration, currentRegistration } from './dynamic-registration.ts';
import { LIFETIMES } from './lifetimes.ts';

export interface AdapterDeps {
  readonly store: Store;
  readonly clients: ClientRegistry;
  readonly now: () => Date;
  /** How long an interaction may take: a pushed request is remembered that much longer. */
  readonly interactionSeconds: number;
  readonly registration?: ClientRegistration | undefined;
}

/** The factory that oidc-provider takes: one adapter for each of its models. */
export function createAdapter(deps: AdapterDeps): AdapterFactory {
  return (model) => {
    if (model === 'Client') return createClientAdapter(deps);
    if (model === 'Session') return forgetfulAdapter;
    return createModelAdapter(model, deps);
  };
}

/** How much longer than its lifetime a row is kept, to know what comes a second time. */
function extraSecondsOf(model: string, deps: AdapterDeps): number {
  // The library looks at a pushed request again when the interaction ends, to see whether it was used;
  // its own 60 s are judged by the `exp` inside.
  if (model === 'PushedAuthorizationRequest') return deps.interactionSeconds;
  // As long as a token lives that a code gave, the code that comes again takes it back.
  return model === 'AuthorizationCode' ? LIFETIMES.AccessToken : 0;
}

function createModelAdapter(model: string, deps: AdapterDeps): Adapter {
  const { store } = deps;
  const table = tableOf(model);
  const extraSeconds = extraSecondsOf(model, deps);

  return {
    async upsert(id, payload, expiresIn) {
      if (expiresIn === undefined) throw new TypeError('row without a lifetime');
      const { jti: _, ...value } = payload;
      const row = value as unknown as JsonObject;
      const expiresAt = new Date(deps.now().getTime() + (expiresIn + extraSeconds) * 1_000);
      const { grantId } = payload;
      if (model !== 'ReplayDetection') {
        return store.put(table, hashId(id), row, expiresAt, { ...(grantId && { group: grantId }) });
      }
      if (await store.insert(table, hashId(id), row, expiresAt)) return;
      throw isDpopProof(id)
        ? new errors.InvalidDpopProof('DPoP proof used before')
        : new errors.InvalidClientAuth('client assertion used before');
    },
    async find(id) {
      // Whether it was used before is decided by the write alone, with one error for each kind.
      if (model === 'ReplayDetection') return undefined;
      const row = await store.find(table, hashId(id));
      if (!row || (model === 'AuthorizationCode' && (await isSpent(id, row)))) return undefined;
      return { ...row, jti: id } as AdapterPayload;
    },
    async consume(id) {
      if (await store.consume(table, hashId(id))) return;
      if (model === 'AuthorizationCode') await revokeGrantOf(store, id);
      throw model === 'PushedAuthorizationRequest'
        ? new errors.InvalidRequestUri('request_uri was already used')
        : new errors.InvalidGrant('already consumed');
    },
    async destroy(id) {
      if (model !== 'Interaction') return store.remove(table, hashId(id));
      // An interaction is destroyed by its resume, of which there may be one.
      if (await store.take(table, hashId(id))) return;
      throw new errors.SessionNotFound('interaction session not found');
    },
    revokeByGrantId: (grantId) => store.removeGroup(table, grantId),
    findByUid: findNothing,
    findByUserCode: findNothing,
  };

  /** A code that was used takes back what it gave, also when its own 30 s are over. */
  async function isSpent(id: string, { consumed, exp }: JsonObject): Promise<boolean> {
    if (consumed !== undefined) await revokeGrantOf(store, id);
    return consumed !== undefined || Number(exp) * 1_000 <= deps.now().getTime();
  }
}

/**
 * Both are remembered under a hash of the client and their own name, so that an entry is the request's
 * client assertion, or else its DPoP proof.
 */
function isDpopProof(id: string): boolean {
  const { params } = Provider.ctx?.oidc ?? {};
  const assertion = params?.['client_assertion'];
  if (!params) return false;
  if (typeof assertion !== 'string') return true;
  const { iss, jti } = decodeJwt(assertion);
  return createHash('sha256').update(`${iss}${jti}`).digest('base64url') !== id;
}

/**
 * Takes back what a code gave (RFC 6749 §4.1.2). The claims of the login stay: of several requests at
 * once the first, which won, may not have read them yet, and it removes them itself.
 */
async function revokeGrantOf(store: Store, code: string): Promise<void> {
  const row = await store.find(tableOf('AuthorizationCode'), hashId(code));
  const grantId = row?.['grantId'];
  if (typeof grantId !== 'string') return;
  await store.removeGroup(tableOf('AccessToken'), grantId);
  await store.removeGroup(tableOf('AuthorizationCode'), grantId);
  await store.remove(tableOf('Grant'), hashId(grantId));
}

/** What the library keeps of a client that registers itself. */
type ClientPayload = AdapterPayload & { readonly client_secret?: string };

function createClientAdapter({ clients, registration }: AdapterDeps): Adapter {
  return {
    ...forgetfulAdapter,
    async upsert(clientId, { client_secret: secret }: ClientPayload) {
      registration?.register(clientId, currentRegistration(), secret);
    },
    async find(clientId) {
      const client = clients.find(clientId);
      return client && clientMetadata(client);
    },
  };
}

/** No session outlives its request: every login is card and PIN (design §4). */
const forgetfulAdapter: Adapter = {
  upsert: findNothing,
  find: findNothing,
  findByUid: findNothing,
  findByUserCode: findNothing,
  consume: findNothing,
  destroy: findNothing,
  revokeByGrantId: findNothing,
};

async function findNothing(): Promise<undefined> {
  return undefined;
}

function tableOf(model: string): string {
  return `openid:${model}`;
}

function hashId(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
