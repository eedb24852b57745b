/** Errors as pages of their own: in the login's language and with a way back to its site, where these are known. */
import type { Request, Response } from 'express';
import type { PendingLogin } from '../oidc/provider.ts';
import { LANGUAGES, type Language } from '../protocol/fields.ts';
import { pickLanguage } from '../texts/texts.ts';
import { HTTP_STATUS } from './http-status.ts';
import { renderMessagePage } from './message-page.ts';
import { siteOriginOf } from './site-origin.ts';
import type { WrongTurns } from './wrong-turns.ts';

/** Sends an error's page. `login`: the login at hand, for whoever has got that far. */
export type SendErrorPage = (
  request: Request,
  response: Response,
  error: unknown,
  login?: PendingLogin,
) => Promise<void>;

/** Creates the sender. */
export function createErrorPages(wrongTurns: WrongTurns): SendErrorPage {
  return async (request, response, error, login) => {
    const turn = await wrongTurns.describe({ url: request.originalUrl }, error);
    const { code, isAnswered } = turn;
    const site = login
      ? { name: login.client.site.name, origin: siteOriginOf(login.client) }
      : turn.site;
    const language = languageOf(request, login?.language ?? turn.language);
    response
      .status(HTTP_STATUS[code])
      .set('cache-control', 'no-store')
      .type('html')
      .send(
        renderMessagePage({
          language,
          code,
          isAnswered,
          languageLinks: request.method === 'GET' && request.path.startsWith('/login/'),
          ...(site && { backUrl: site.origin, siteName: site.name }),
        }),
      );
  };
}

/** What the visitor chose with `?lang=`, else what the site asked for, else what the browser prefers. */
export function languageOf(request: Request, asked: Language | undefined): Language {
  const chosen = LANGUAGES.find((language) => language === request.query['lang']);
  return chosen ?? asked ?? pickLanguage(request.acceptsLanguages());
}
