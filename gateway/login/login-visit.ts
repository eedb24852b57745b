/** A browser's visit to one login: which login, whose browser, and from which page. */
import type { Request, Response } from 'express';
import type { OpenId, PendingLogin } from '../oidc/provider.ts';
import { KidsIdError } from '../protocol/errors.ts';
import { LANGUAGES } from '../protocol/fields.ts';
import type { Store } from '../store/store.ts';
import { checkBrowser } from './browser-cookie.ts';

/** What visits are judged by. */
export interface LoginVisits {
  /**
   * The login that the library's cookie names, which must be the one in the path.
   * @throws {KidsIdError} LOGIN_EXPIRED
   */
  find(request: Request, response: Response): Promise<PendingLogin>;
  /**
   * The login at hand: the library's cookie and ours must both name it.
   * @throws {KidsIdError} LOGIN_EXPIRED, LOGIN_OTHER_BROWSER
   */
  enter(request: Request, response: Response): Promise<{ pending: PendingLogin; cookie: string }>;
}

/** Creates them over the provider and the store of our own cookie. */
export function createLoginVisits(deps: { openId: OpenId; store: Store }): LoginVisits {
  async function find(request: Request, response: Response): Promise<PendingLogin> {
    const pending = await deps.openId.getPendingLogin(request, response);
    if (pending.uid === request.params['uid']) return pending;
    throw new KidsIdError('LOGIN_EXPIRED', 'another login');
  }
  return {
    find,
    async enter(request, response) {
      const pending = await find(request, response);
      const { uid } = pending;
      return { pending, cookie: await checkBrowser({ store: deps.store, request, uid }) };
    },
  };
}

/**
 * A browser sends Origin with every POST; another site's page, or none, has no business here.
 * @throws {KidsIdError} MESSAGE_MALFORMED
 */
export function checkOrigin(request: Request, origin: string): void {
  if (request.headers.origin !== origin) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'request of another origin');
  }
}

/** A path of ours that keeps the language that the visitor chose. */
export function keepLanguage(path: string, request: Request): string {
  const language = LANGUAGES.find((known) => known === request.query['lang']);
  return language ? `${path}?lang=${language}` : path;
}
