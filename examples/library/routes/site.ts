/** What all routes share: who is asking, in which language, whether a form is ours, and how a page is sent. */
import express, {
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { PageContext } from '../pages/layout.ts';
import { errorPage, stalePage } from '../pages/messages.ts';
import { civilDateOf } from '../rules/calendar.ts';
import { findCookie, SESSION_COOKIE_OPTIONS, type Sessions } from '../session.ts';
import type { SignIns } from '../sign-in.ts';
import type { Store } from '../store/store.ts';
import { findLanguage, LANGUAGES, type Language } from '../texts/texts.ts';
import { type Notice, SESSION_COOKIE, type Visit } from '../visit.ts';

/** Everything a route may need. */
export interface Site {
  /** Origin under which browsers reach this site. */
  readonly publicUrl: URL;
  readonly signIns: SignIns;
  readonly sessions: Sessions<Visit>;
  readonly library: Store;
  /** The clock. */
  readonly now: () => Date;
}

const LANGUAGE_COOKIE = '__Host-library-language';

const MAX_FORM_BYTES = 8_192;

/** The session's token, as the browser sent it. */
export function tokenOf(req: Request): string | undefined {
  return findCookie(req.headers.cookie, SESSION_COOKIE);
}

/** Gives the browser its session. */
export function setSession(res: Response, token: string): void {
  res.cookie(SESSION_COOKIE, token, SESSION_COOKIE_OPTIONS);
}

/** Ends the browser's session, and takes the cookie away. */
export function endSession(site: Site, req: Request, res: Response): void {
  site.sessions.close(tokenOf(req));
  res.clearCookie(SESSION_COOKIE, SESSION_COOKIE_OPTIONS);
}

/** Keeps a language chosen by `?lang=`, whatever is answered: a redirect leads to a page without it. */
export function keepLanguage(req: Request, res: Response, next: NextFunction): void {
  const chosen = findLanguage(req.query['lang']);
  if (chosen) res.cookie(LANGUAGE_COOKIE, chosen, SESSION_COOKIE_OPTIONS);
  next();
}

/** The language chosen by `?lang=` now or before, else the browser's own. */
export function languageOf(req: Request): Language {
  return (
    findLanguage(req.query['lang']) ??
    findLanguage(findCookie(req.headers.cookie, LANGUAGE_COOKIE)) ??
    findLanguage(req.acceptsLanguages(...LANGUAGES)) ??
    'nl'
  );
}

/** What the page is told about the request. What was just done is told once: it goes along with this page. */
export function contextOf(site: Site, req: Request): PageContext {
  const visit = site.sessions.find(tokenOf(req));
  const notice = visit?.notice;
  if (visit) delete visit.notice;
  return {
    language: languageOf(req),
    // One slash only: a link to //elsewhere would leave the site.
    path: req.path.replace(/^\/+/, '/'),
    query: plainQueryOf(req),
    today: civilDateOf(site.now()),
    visitor: visitorOf(site, visit),
    notice,
    createToken: () => site.library.forms.createToken(),
  };
}

/** The reader of this request; undefined: there is none, and the browser was sent elsewhere. */
export function findReader(
  site: Site,
  req: Request,
  res: Response,
): { readonly visit: Visit; readonly sub: string } | undefined {
  const visit = site.sessions.find(tokenOf(req));
  if (visit?.readerSub !== undefined) return { visit, sub: visit.readerSub };
  sendAway(site, req, res, '/');
  return undefined;
}

/** Who of the staff asks; undefined: nobody, and the browser was sent elsewhere. Looked up anew each time. */
export function findStaff(
  site: Site,
  req: Request,
  res: Response,
): { readonly visit: Visit; readonly staffId: number } | undefined {
  const visit = site.sessions.find(tokenOf(req));
  const sub = visit?.staffSub;
  const staff = sub === undefined ? undefined : site.library.staff.find(sub);
  if (visit && staff) return { visit, staffId: staff.id };
  sendAway(site, req, res, '/desk');
  return undefined;
}

/** Has this told on the next page. */
export function setNotice(visit: Visit, tone: Notice['tone'], ...lines: readonly string[]): void {
  visit.notice = { tone, lines };
}

/** Sends a page; nothing keeps a copy of it. */
export function sendPage(res: Response, page: string): void {
  res.set('Cache-Control', 'no-store').type('html').send(page);
}

/** Lets through what our own pages sent, and nothing else. */
export function guardOrigin(site: Site): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    if (isFromOurPages(req, site.publicUrl)) return next();
    sendPage(res.status(403), errorPage(contextOf(site, req)));
  };
}

/** For every form: from our own pages, and not too big. */
export function guardPost(site: Site): RequestHandler[] {
  return [guardOrigin(site), express.urlencoded({ extended: false, limit: MAX_FORM_BYTES })];
}

/**
 * Does what a form asks for, once however often it is sent; undefined: the form is too old, and a page says so.
 *
 * @param form.form Which form, with what it is about: a number that served one thing serves no other.
 * @param form.backTo Path of the page where the form is.
 */
export function doOnce<T>(
  site: Site,
  req: Request,
  res: Response,
  { form, backTo }: { readonly form: string; readonly backTo: string },
  action: () => T,
): { readonly result: T } | undefined {
  const outcome = site.library.forms.once({ token: fieldOf(req, 'form'), form }, action);
  if (outcome.kind === 'done') return { result: outcome.result };
  sendPage(res.status(409), stalePage(contextOf(site, req), backTo));
  return undefined;
}

/** A field of a form, as text; empty when it is not there, or there twice. */
export function fieldOf(req: Request, name: string): string {
  const body: unknown = req.body;
  const value = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
  return typeof value === 'string' ? value : '';
}

/** An id in a path or a field; NaN, which no row has, when it is none. */
export function idOf(text: unknown): number {
  return typeof text === 'string' && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : Number.NaN;
}

/**
 * Whether a request was sent by our own page. SameSite=Lax keeps other sites out already; sister hosts count as the same
 * site, so that is not enough. Browsers that send no Sec-Fetch-Site send Origin.
 */
export function isFromOurPages(req: Request, publicUrl: URL): boolean {
  const site = req.get('sec-fetch-site');
  return site === undefined ? req.get('origin') === publicUrl.origin : site === 'same-origin';
}

/** To the page that says "you are logged out", when there was a session; else to the door. */
function sendAway(site: Site, req: Request, res: Response, door: string): void {
  const token = tokenOf(req);
  if (token === undefined || site.sessions.find(token)) {
    res.redirect(303, door);
    return;
  }
  endSession(site, req, res);
  res.redirect(303, '/away');
}

function visitorOf(site: Site, visit: Visit | undefined): PageContext['visitor'] {
  if (visit?.readerSub !== undefined) return 'reader';
  if (visit?.staffSub === undefined) return 'nobody';
  return site.library.staff.find(visit.staffSub) ? 'staff' : 'applicant';
}

/** For links to the same page in another language: what was asked of it, without the language. */
function plainQueryOf(req: Request): Record<string, string> {
  const entries = Object.entries(req.query).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== 'lang',
  );
  return Object.fromEntries(entries);
}
