/**
 * The login page and its three requests (design §2, steps 2, 3, 11–13). Every one of them needs the
 * interaction's cookie and ours; the POSTs are same-origin JSON.
 */
import { type Request, type Response, Router } from 'express';
import * as v from 'valibot';
import { disclosureOf } from '../oidc/admission.ts';
import type { OpenId, PendingLogin } from '../oidc/provider.ts';
import { errorCodeOf, KidsIdError } from '../protocol/errors.ts';
import { LANGUAGES, type Language } from '../protocol/fields.ts';
import { completeRequest, LOGIN_REQUEST_MAX_BYTES } from '../protocol/login-requests.ts';
import type { Store } from '../store/store.ts';
import { pickLanguage } from '../texts/texts.ts';
import { checkBrowser } from './browser-cookie.ts';
import { HTTP_STATUS } from './http-status.ts';
import { readJson, sendError, sendJson } from './json-exchange.ts';
import type { LoginChain } from './login-chain.ts';
import { renderLoginPage } from './login-page.ts';
import { renderMessagePage } from './message-page.ts';

export interface LoginRoutesDeps {
  readonly origin: string;
  readonly store: Store;
  readonly chain: LoginChain;
  readonly openId: OpenId;
  readonly logger: { info(fields: object, message: string): void };
}

const emptyBody = v.strictObject({});

/** Creates the router for `/login/:uid` and what is below it. */
export function createLoginRoutes(deps: LoginRoutesDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });

  /** The login at hand: the library's cookie and ours must both name it. */
  async function enter(request: Request, response: Response) {
    const pending = await deps.openId.getPendingLogin(request, response);
    const { uid } = pending;
    if (uid !== request.params['uid']) throw new KidsIdError('LOGIN_EXPIRED', 'another login');
    return { pending, cookie: await checkBrowser({ store: deps.store, request, uid }) };
  }

  router.get('/login/:uid', async (request, response) => {
    try {
      const { pending } = await enter(request, response);
      response.set('cache-control', 'no-store').type('html').send(loginPage(request, pending));
    } catch (error) {
      sendMessagePage(request, response, error);
    }
  });

  const post = (path: string, handle: (request: Request, response: Response) => Promise<object>) =>
    router.post(path, (request, response) => {
      handle(request, response).then(
        (body) => sendJson(response, body),
        (error: unknown) => {
          const code = errorCodeOf(error);
          deps.logger.info({ code, path }, 'login request refused');
          sendError(response, code);
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

/** Shows an error as a page of its own, in the visitor's language. */
export function sendMessagePage(request: Request, response: Response, error: unknown): void {
  const code = errorCodeOf(error);
  const language = pickLanguage(request.acceptsLanguages());
  response
    .status(HTTP_STATUS[code])
    .set('cache-control', 'no-store')
    .type('html')
    .send(renderMessagePage({ language, code }));
}

/** A browser sends Origin with every POST; another site's page, or none, has no business here. */
function checkOrigin(request: Request, origin: string): void {
  if (request.headers.origin !== origin) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'request of another origin');
  }
}

function loginPage(request: Request, { uid, client, scopes, language }: PendingLogin): string {
  return renderLoginPage({
    language: chosenLanguage(request) ?? language ?? pickLanguage(request.acceptsLanguages()),
    site: client.site,
    disclosure: disclosureOf(client, scopes),
    uid,
  });
}

/** `?lang=`, when it is one of ours. */
function chosenLanguage(request: Request): Language | undefined {
  return LANGUAGES.find((language) => language === request.query['lang']);
}
