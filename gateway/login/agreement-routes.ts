/**
 * The agreement page and its answer (design §5), before the login page of the same interaction: a GET
 * and a form's POST, both with the interaction's cookie and ours.
 */
import { type Request, type Response, Router } from 'express';
import * as v from 'valibot';
import type { OpenId, PendingLogin } from '../oidc/provider.ts';
import { KidsIdError } from '../protocol/errors.ts';
import { type IdentityScope, identityScope } from '../protocol/fields.ts';
import { LOGIN_REQUEST_MAX_BYTES } from '../protocol/login-requests.ts';
import type { Store } from '../store/store.ts';
import { type Agreements, askedIdentity } from './agreement.ts';
import { renderAgreementPage, SCOPE_FIELD } from './agreement-page.ts';
import { languageOf, type SendErrorPage } from './error-pages.ts';
import { readForm } from './form-body.ts';
import { logRefusal, type RefusalLogger } from './log-refusal.ts';
import type { LoginChain } from './login-chain.ts';
import { checkOrigin, createLoginVisits, keepLanguage } from './login-visit.ts';

export interface AgreementRoutesDeps {
  readonly origin: string;
  readonly store: Store;
  readonly agreements: Agreements;
  readonly chain: LoginChain;
  readonly openId: OpenId;
  readonly logger: RefusalLogger;
  readonly sendErrorPage: SendErrorPage;
}

const PATH = '/login/:uid/agreement';

/** Creates the router for `/login/:uid/agreement`. */
export function createAgreementRoutes(deps: AgreementRoutesDeps): Router {
  const { agreements, chain } = deps;
  const router = Router({ strict: true, caseSensitive: true });
  const visits = createLoginVisits(deps);

  /** Answers as a page, also what went wrong: this is where a browser goes, not a script. */
  const answer =
    (work: (request: Request, response: Response, pending: PendingLogin) => Promise<void>) =>
    async (request: Request, response: Response) => {
      let pending: PendingLogin | undefined;
      response.set('cache-control', 'no-store');
      try {
        pending = await visits.find(request, response);
        await visits.enter(request, response);
        await work(request, response, pending);
      } catch (error) {
        logRefusal(deps.logger, error, { path: PATH, message: 'agreement refused' });
        await deps.sendErrorPage(request, response, error, pending);
      }
    };

  router.get(
    PATH,
    answer(async (request, response, pending) => {
      const asked = askedIdentity(pending);
      if (asked.length === 0) {
        response.redirect(303, keepLanguage(`/login/${pending.uid}`, request));
        return;
      }
      response
        .set('referrer-policy', 'same-origin')
        .type('html')
        .send(agreementPage(request, pending, asked));
    }),
  );

  router.post(
    PATH,
    answer(async (request, response, pending) => {
      checkOrigin(request, deps.origin);
      const { uid } = pending;
      const agreed = readAnswer(
        await readForm(request, LOGIN_REQUEST_MAX_BYTES),
        askedIdentity(pending),
      );
      await agreements.put(uid, agreed);
      // A card that is under way was told of another answer.
      await chain.dropTicket(uid);
      response.redirect(303, keepLanguage(`/login/${uid}`, request));
    }),
  );

  return router;
}

function agreementPage(
  request: Request,
  pending: PendingLogin,
  asked: readonly IdentityScope[],
): string {
  const { uid, client } = pending;
  return renderAgreementPage({
    language: languageOf(request, pending.language),
    site: client.site,
    asked,
    hasChildBasis: client.identity?.childBasis !== undefined,
    action: keepLanguage(`/login/${uid}/agreement`, request),
  });
}

/** The boxes that were ticked. None is an answer; one that was not on the page is not. */
function readAnswer(form: URLSearchParams, asked: readonly IdentityScope[]): IdentityScope[] {
  const fields = [...form];
  const isOurs = fields.every(
    ([name, value]) => name === SCOPE_FIELD && v.is(identityScope, value) && asked.includes(value),
  );
  const values = new Set(fields.map(([, value]) => value));
  if (!isOurs || values.size < fields.length) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'answer to another question');
  }
  return asked.filter((scope) => values.has(scope));
}
