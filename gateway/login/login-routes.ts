/**
 * The login page and its three requests (design §2, steps 2, 3, 11–13). Every one of them needs the
 * interaction's cookie and ours; the POSTs are same-origin JSON.
 */
import { type Request, type Response, Router } from 'express';
import * as v from 'valibot';
import { disclosureOf } from '../oidc/admission.ts';
import type { OpenId, PendingLogin } from '../oidc/provider.ts';
import { errorCodeOf, KidsIdError } from '../protocol/errors.ts';
import { completeRequest, LOGIN_REQUEST_MAX_BYTES } from '../protocol/login-requests.ts';
import type { Store } from '../store/store.ts';
import { type Agreements, askedIdentity, checkAgreed, findAgreedScopes } from './agreement.ts';
import { languageOf, type SendErrorPage } from './error-pages.ts';
import { readJson, sendError, sendJson } from './json-exchange.ts';
import { logRefusal, type RefusalLogger } from './log-refusal.ts';
import type { LoginChain } from './login-chain.ts';
import { renderLoginPage } from './login-page.ts';
import { checkOrigin, createLoginVisits, keepLanguage } from './login-visit.ts';
import { siteOriginOf } from './site-origin.ts';
import type { WrongTurns } from './wrong-turns.ts';

export interface LoginRoutesDeps {
  readonly origin: string;
  readonly store: Store;
  readonly chain: LoginChain;
  readonly agreements: Agreements;
  readonly openId: OpenId;
  readonly logger: RefusalLogger;
  /** A source of revocation is down: logins may take longer, or end in REVOCATION_UNKNOWN. */
  readonly isCheckingHard: () => boolean;
  readonly wrongTurns: WrongTurns;
  readonly sendErrorPage: SendErrorPage;
}

const emptyBody = v.strictObject({});

/** Creates the router for `/login/:uid` and what is below it. */
export function createLoginRoutes(deps: LoginRoutesDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });

  const visits = createLoginVisits(deps);

  router.get('/login/:uid', async (request, response) => {
    let pending: PendingLogin | undefined;
    try {
      pending = await visits.find(request, response);
      await visits.enter(request, response);
      await deps.wrongTurns.remember(pending);
      response.set('cache-control', 'no-store');
      const scopes = await findAgreedScopes(deps.agreements, pending);
      if (!scopes) {
        response.redirect(303, keepLanguage(`/login/${pending.uid}/agreement`, request));
        return;
      }
      const isCheckingHard = deps.isCheckingHard();
      response.type('html').send(loginPage(request, pending, { scopes, isCheckingHard }));
    } catch (error) {
      logRefusal(deps.logger, error, { path: '/login/:uid', message: 'login page refused' });
      await deps.sendErrorPage(request, response, error, pending);
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
    const { pending, cookie } = await visits.enter(request, response);
    const { uid, client } = pending;
    const scopes = await findAgreedScopes(deps.agreements, pending);
    if (!scopes) throw new KidsIdError('MESSAGE_MALFORMED', 'ticket before the agreement');
    const grant = { uid, cookie, clientId: client.clientId, scopes: [...scopes] };
    return { ticket: await deps.chain.issueTicket(grant) };
  });

  post('/login/:uid/complete', async (request, response) => {
    checkOrigin(request, deps.origin);
    const body = await readJson(request, completeRequest, LOGIN_REQUEST_MAX_BYTES);
    const { pending, cookie } = await visits.enter(request, response);
    const at = { uid: pending.uid, cookie };
    const outcome = await deps.chain.redeemCompletion(body.completionCode, at);
    checkAgreed(outcome, await findAgreedScopes(deps.agreements, pending), pending);
    const location = await deps.openId.complete(request, response, outcome);
    await deps.agreements.remove(pending.uid);
    return { location };
  });

  post('/login/:uid/cancel', async (request, response) => {
    checkOrigin(request, deps.origin);
    await readJson(request, emptyBody, LOGIN_REQUEST_MAX_BYTES);
    const { pending } = await visits.enter(request, response);
    const location = await deps.openId.refuse(request, response);
    await deps.agreements.remove(pending.uid);
    return { location };
  });

  return router;
}

function loginPage(
  request: Request,
  login: PendingLogin,
  now: { scopes: ReadonlySet<string>; isCheckingHard: boolean },
): string {
  const { uid, client } = login;
  const isAsked = askedIdentity(login).length > 0;
  return renderLoginPage({
    language: languageOf(request, login.language),
    site: client.site,
    disclosure: disclosureOf(client, now.scopes),
    uid,
    siteOrigin: siteOriginOf(client),
    isCheckingHard: now.isCheckingHard,
    ...(isAsked && { agreementPath: keepLanguage(`/login/${uid}/agreement`, request) }),
  });
}
