/** What every route needs of a request and an answer: the session, the language, whose form it is. */
import type { Request, Response } from 'express';
import { findLanguage, LANGUAGES, type Language } from './language.ts';
import { findCookie, SESSION_COOKIE_OPTIONS } from './session.ts';
import { SESSION_COOKIE } from './visit.ts';

const LANGUAGE_COOKIE = '__Host-chat-language';

/** The token of the request's session, if it brought one. */
export function tokenOf(req: Request): string | undefined {
  return findCookie(req.headers.cookie, SESSION_COOKIE);
}

/** Gives the browser the token of its session. */
export function setSession(res: Response, token: string): void {
  res.cookie(SESSION_COOKIE, token, SESSION_COOKIE_OPTIONS);
}

/** Takes the token out of the browser. */
export function clearSession(res: Response): void {
  res.clearCookie(SESSION_COOKIE, SESSION_COOKIE_OPTIONS);
}

/** The language of the page: chosen by `?lang=` and kept in a cookie, else the browser's own, else Dutch. */
export function languageOf(req: Request, res: Response): Language {
  const chosen = findLanguage(req.query['lang']);
  if (chosen) res.cookie(LANGUAGE_COOKIE, chosen, SESSION_COOKIE_OPTIONS);
  return (
    chosen ??
    findLanguage(findCookie(req.headers.cookie, LANGUAGE_COOKIE)) ??
    findLanguage(req.acceptsLanguages(...LANGUAGES)) ??
    'nl'
  );
}

/** Sends a page that nobody keeps. */
export function sendPage(res: Response, page: string): void {
  res.set('Cache-Control', 'no-store').type('html').send(page);
}

/**
 * Whether a form was sent by our own page. SameSite=Lax keeps other sites out already; sister hosts count as the same
 * site, so that is not enough. Browsers that send no Sec-Fetch-Site send Origin.
 */
export function isFromOurPages(req: Request, publicUrl: URL): boolean {
  const site = req.get('sec-fetch-site');
  return site === undefined ? req.get('origin') === publicUrl.origin : site === 'same-origin';
}
