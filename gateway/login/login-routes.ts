/**
 * The login page and its three requests (design §2, steps 2, 3, 11–13). Every one of them needs the
 * interaction's cookie and ours; the POSTs are same-origin JSON.
 */
import { type Request, type Response, Router } from 'express';
import * as v from 'valibot';
import { disclosureOf } from '../oidc/admission.ts';
import type { RegisteredClient } from '../oidc/clients.ts';
import type { OpenId, PendingLogin } from '../oidc/provider.ts';
import { errorCodeOf, KidsIdError } from '../protocol/errors.ts';
import { LANGUAGES, type Language } from '../protocol/fields.ts';
import { completeRequest, LOGIN_REQUEST_MAX_BYTES } from '../protocol/login-requests.ts';
import type { Store } from '../store/store.ts';
import { pickLanguage } from '../texts/texts.ts';
import { checkBrowser } from './browser-cookie.ts';
import { HTTP_STATUS } from './http-status.ts';
import { readJson, sendError, sendJson } from './json-exchange.ts';
import { logRefusal, type RefusalLogger } from './log-refusal.ts';
import type { LoginChain } from './login-chain.ts';
import { renderLoginPage } from './login-page.ts';
import { renderMessagePage } from './message-page.ts';

export interface LoginRoutesDeps {
  readonly origin: string;
  readonly store: Store;
  readonly chain: LoginChain;
  readonly openId: OpenId;
  readonly logger: RefusalLogger;
  /** A source of revocation is down: logins may take longer, or end in REVOCATION_UNKNOWN. */
  readonly isCheckingHard: () => boolean;
}

const emptyBody = v.strictObject({});

/** Creates the router for `/login/:uid` and what is below it. */
export function createLoginRoutes(deps: LoginRoutesDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });

  /** The login that the library's cookie names, which must be the one in the path. */
  async function findLogin(request: Request, response: Response): Promise<PendingLogin> {
    const pending = await deps.openId.getPendingLogin(request, response);
    if (pending.uid === request.params['uid']) return pending;
    throw new KidsIdError('LOGIN_EXPIRED', 'another login');
  }

  /** The login at hand: the library's cookie and ours must both name it. */
  async function enter(request: Request, response: Response) {
    const pending = await findLogin(request, response);
    const { uid } = pending;
    return { pending, cookie: await checkBrowser({ store: deps.store, request, uid }) };
  }

  router.get('/login/:uid', async (request, response) => {
    let pending: PendingLogin | undefined;
    try {
      pending = await findLogin(request, response);
      await checkBrowser({ store: deps.store, request, uid: pending.uid });
      response
        .set('cache-control', 'no-store')
        .type('html')
        .send(loginPage(request, pending, deps.isCheckingHard()));
    } catch (error) {
      logRefusal(deps.logger, error, { path: '/login/:uid', message: 'login page refused' });
      sendMessagePage(request, response, error, pending);
    }
  });

  const post = (path: string, handle: (request: Request, response: Response) => Promise<object>) =>
    router.post(path, (request, response) => {
      handle(request, response).then(
        (body) => sendJson(response, body),
        (error: unknown) => {
          logRefusal(deps.logger, error, { path, message: 'login request refused' });
          sendError(response, errorCodeOf(error));
        },
      );
    });

  post('/login/:uid/ticket', async (request, response) => {
    checkOrigin(request, deps.origin);
    await readJson(request, emptyBody, LOGIN_REQUEST_MAX_BYTES);
    const { pending, cookie } = await enter(request, response);
    const { uid, client, scopes } = pending;
    const grant = { uid, cookie, clientId: client.clientId, scopes: [...scopes] };
    return { ticket: await deps.chain.issueTicket(grant) };
  });

  post('/login/:uid/complete', async (request, response) => {
    checkOrigin(request, deps.origin);
    const body = await readJson(request, completeRequest, LOGIN_REQUEST_MAX_BYTES);
    const { pending, cookie } = await enter(request, response);
    const at = { uid: pending.uid, cookie };
    const outcome = await deps.chain.redeemCompletion(body.completionCode, at);
    return { location: await deps.openId.complete(request, response, outcome) };
  });

  post('/login/:uid/cancel', async (request, response) => {
    checkOrigin(request, deps.origin);
    await readJson(request, emptyBody, LOGIN_REQUEST_MAX_BYTES);
    await enter(request, response);
    return { location: await deps.openId.refuse(request, response) };
  });

  return router;
}

/**
 * Shows an error as a page of its own. Where the login it is about is known, in that login's language and
 * with a way back to its site.
 */
export function sendMessagePage(
  request: Request,
  response: Response,
  error: unknown,
  login?: PendingLogin,
): void {
  const code = errorCodeOf(error);
  const language = languageOf(request, login);
  const backUrl = login && siteOriginOf(login.client);
  response
    .status(HTTP_STATUS[code])
    .set('cache-control', 'no-store')
    .type('html')
    .send(renderMessagePage({ language, code, ...(backUrl && { backUrl }) }));
}

/** A browser sends Origin with every POST; another site's page, or none, has no business here. */
function checkOrigin(request: Request, origin: string): void {
  if (request.headers.origin !== origin) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'request of another origin');
  }
}

function loginPage(request: Request, login: PendingLogin, isCheckingHard: boolean): string {
  const { uid, client, scopes } = login;
  return renderLoginPage({
    language: languageOf(request, login),
    site: client.site,
    disclosure: disclosureOf(client, scopes),
    uid,
    siteOrigin: siteOriginOf(client),
    isCheckingHard,
  });
}

/** A site's start page: the origin of the first address that its registration names. */
function siteOriginOf({ redirectUris: [first] }: RegisteredClient): string {
  if (first === undefined) throw new TypeError('client without a redirect URI');
  return new URL(first).origin;
}

/** What the visitor chose with `?lang=`, else what the site asked for, else what the browser prefers. */
function languageOf(request: Request, login: PendingLogin | undefined): Language {
  const chosen = LANGUAGES.find((language) => language === request.query['lang']);
  return chosen ?? login?.language ?? pickLanguage(request.acceptsLanguages());
}
