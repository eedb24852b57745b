/**
 * What a browser is told that asks for a login which cannot go on: whether it was answered, is another
 * browser's or has waited too long, and the way back to its site. Only what to say is decided here;
 * what is allowed is decided by the cookies.
 */
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import type { ClientRegistry } from '../oidc/clients.ts';
import { ANSWERED_TABLE, type PendingLogin } from '../oidc/provider.ts';
import { type ErrorCode, errorCodeOf } from '../protocol/errors.ts';
import { LANGUAGES, type Language } from '../protocol/fields.ts';
import type { Store } from '../store/store.ts';
import { isBound } from './browser-cookie.ts';
import { siteOriginOf } from './site-origin.ts';

const TABLE = 'login-site';
/** Longer than a login: a page that was left open should still know where to go. Names no person. */
const REMEMBERED_SECONDS = 1_800;
const LOGIN_PATH = /^\/(?:login|auth)\/([A-Za-z0-9_-]{1,64})(?:[/?]|$)/;

const siteRow = v.strictObject({
  clientId: v.string(),
  language: v.optional(v.picklist(LANGUAGES)),
});

/** Where a login's way back leads: its site as registered. */
export interface KnownSite {
  readonly name: string;
  readonly origin: string;
}

/** Why a login cannot go on, and what is known of it. */
export interface WrongTurn {
  readonly code: ErrorCode;
  /** It was completed or given up, minutes ago at most. */
  readonly isAnswered: boolean;
  readonly site?: KnownSite;
  /** The language that the site asked for. */
  readonly language?: Language;
}

export interface WrongTurns {
  /** Keeps, for half an hour, which site a login is for. */
  remember(login: PendingLogin): Promise<void>;
  /**
   * Describes what became of the login that the request's path names. Never rejects: with a store that
   * is gone there is still a page to show, which knows less.
   */
  describe(request: Pick<IncomingMessage, 'url'>, error: unknown): Promise<WrongTurn>;
}

/** Creates it over the gateway's store and clients. */
export function createWrongTurns(deps: {
  store: Store;
  clients: ClientRegistry;
  now: () => Date;
}): WrongTurns {
  const { store, clients, now } = deps;

  /** `isGone`: the site was known, and is not registered any more. */
  async function findSite(
    uid: string,
  ): Promise<Pick<WrongTurn, 'site' | 'language'> & { isGone: boolean }> {
    const row = await store.find(TABLE, uid);
    if (!row) return { isGone: false };
    const { clientId, language } = v.parse(siteRow, row);
    const client = clients.find(clientId);
    return {
      isGone: !client,
      ...(client && { site: { name: client.site.name, origin: siteOriginOf(client) } }),
      ...(language && { language }),
    };
  }

  async function describe(uid: string | undefined, code: ErrorCode): Promise<WrongTurn> {
    if (uid === undefined) return { code, isAnswered: false };
    const isLost = code === 'LOGIN_EXPIRED' || code === 'LOGIN_OTHER_BROWSER';
    const isAnswered = isLost && (await store.find(ANSWERED_TABLE, uid)) !== undefined;
    // It waits still, and so does its site: then it is the cookies that do not fit, not the time.
    const { isGone, ...known } = await findSite(uid);
    const isElsewhere =
      code === 'LOGIN_EXPIRED' && !isAnswered && !isGone && (await isBound(store, uid));
    return {
      ...known,
      code: isElsewhere ? 'LOGIN_OTHER_BROWSER' : code,
      isAnswered,
    };
  }

  return {
    remember({ uid, client: { clientId }, language }) {
      const expiresAt = new Date(now().getTime() + REMEMBERED_SECONDS * 1_000);
      return store.put(TABLE, uid, { clientId, ...(language && { language }) }, expiresAt);
    },
    async describe(request, error) {
      const code = errorCodeOf(error);
      try {
        return await describe(LOGIN_PATH.exec(request.url ?? '')?.[1], code);
      } catch {
        return { code, isAnswered: false };
      }
    },
  };
}
