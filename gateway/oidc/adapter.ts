/**
 * What oidc-provider keeps between requests, in our store. The library itself reads, waits, and then
 * writes; so single use of codes, pushed requests, client assertions and interactions is decided
 * here, by the store's conditional writes. Identifiers are secrets and are stored as hashes.
 */
import { createHash } from 'node:crypto';
import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider';
import type { JsonObject, Store } from '../store/store.ts';
import { clientMetadata } from './client-metadata.ts';
import type { ClientRegistry } from './clients.ts';

export interface AdapterDeps {
  readonly store: Store;
  readonly clients: ClientRegistry;
  readonly now: () => Date;
  /** How long an interaction may take: a pushed request is remembered that much longer. */
  readonly interactionSeconds: number;
}

/** The factory that oidc-provider takes: one adapter for each of its models. */
export function createAdapter(deps: AdapterDeps): AdapterFactory {
  return (model) => {
    if (model === 'Client') return createClientAdapter(deps.clients);
    if (model === 'Session') return forgetfulAdapter;
    return createModelAdapter(model, deps);
  };
}

function createModelAdapter(model: string, deps: AdapterDeps): Adapter {
  const { store } = deps;
  const table = tableOf(model);
  // The library looks at a pushed request again when the interaction ends, to see whether it was used;
  // its own 60 s are judged by the `exp` inside.
  const extraSeconds = model === 'PushedAuthorizationRequest' ? deps.interactionSeconds : 0;

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
      // Only client assertions come here; DPoP proofs would want another class.
      throw new errors.InvalidClientAuth('client assertion used before');
    },
    async find(id) {
      const row = await store.find(table, hashId(id));
      return row && ({ ...row, jti: id } as AdapterPayload);
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

function createClientAdapter(clients: ClientRegistry): Adapter {
  return {
    ...forgetfulAdapter,
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
