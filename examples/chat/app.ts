/**
 * The chat's pages and addresses. A visitor goes `/` → `/login` → the gateway → `/callback` → `/welcome`.
 */
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import { nicknameFor } from './nickname.ts';
import {
  errorPage,
  goodbyePage,
  homePage,
  notFoundPage,
  type PageContext,
  refusedPage,
  welcomePage,
} from './pages.ts';
import { findCookie, SESSION_COOKIE, SESSION_COOKIE_OPTIONS, type Sessions } from './session.ts';
import { type Child, describeProblem, type PendingSignIn, type SignIn } from './sign-in.ts';
import { findLanguage, LANGUAGES, type Language } from './texts.ts';

/** What the server remembers about one browser. */
export interface Visit {
  /** Sign-ins under way, by their `state`: a visitor may have two tabs. */
  readonly pendingSignIns: Map<string, PendingSignIn>;
  /** Who signed in; absent before that. */
  readonly child?: Child;
}

const MAX_PENDING_SIGN_INS = 5;

const LANGUAGE_COOKIE = '__Host-chat-language';

interface AppOptions {
  /** Origin under which browsers reach this site. */
  readonly publicUrl: URL;
  readonly signIn: SignIn;
  readonly sessions: Sessions<Visit>;
}

/** Builds the site; it listens nowhere yet. */
export function createApp(options: AppOptions): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(setSecurityHeaders);
  app.use(express.static(join(import.meta.dirname, 'public'), { maxAge: '1h' }));
  addSignIn(app, options);
  addPages(app, options);
  app.use((req, res) => sendPage(res.status(404), notFoundPage(contextOf(req, res))));
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
    console.error(`A page failed: ${describeProblem(error)}`);
    sendPage(res.status(500), errorPage(contextOf(req, res)));
  });
  return app;
}

/** `/login` and `/callback`. Both answer by redirects only: no code stays in the address bar, and a reload repeats nothing. */
function addSignIn(app: express.Express, { publicUrl, signIn, sessions }: AppOptions): void {
  // Reached by a link and not by a form: Chromium holds a form's redirects against form-action, which would then have to
  // name the gateway.
  app.get('/login', async (req, res) => {
    let visit = sessions.find(tokenOf(req));
    if (visit?.child) return res.redirect(303, '/welcome');
    if (!visit) {
      visit = { pendingSignIns: new Map() };
      setSession(res, sessions.open(visit));
    }
    try {
      const { url, pending } = await signIn.start(contextOf(req, res).language);
      rememberPending(visit.pendingSignIns, pending);
      res.redirect(303, url.href);
    } catch (error) {
      console.error(`A sign-in could not be started: ${describeProblem(error)}`);
      res.redirect(303, '/error');
    }
  });

  app.get('/callback', async (req, res) => {
    const token = tokenOf(req);
    const visit = sessions.find(token);
    const parameters = new URL(req.originalUrl, publicUrl).searchParams;
    const pending = takePending(visit, parameters.get('state'));
    // Not begun in this browser, or answered before. When the child is in (the Back button), there is nothing to do.
    if (!pending) return res.redirect(303, visit?.child ? '/welcome' : '/error');
    try {
      const outcome = await signIn.finish(parameters, pending);
      if (outcome.kind === 'refused') {
        if (outcome.by === 'site') {
          console.warn('The gateway let in a login that this site refuses: check its registration');
        }
        return res.redirect(303, '/refused');
      }
      // A new token for the signed-in visitor: one that somebody planted before is worth nothing now.
      sessions.close(token);
      setSession(res, sessions.open({ pendingSignIns: new Map(), child: outcome.child }));
      res.redirect(303, '/welcome');
    } catch (error) {
      console.error(`A sign-in failed: ${describeProblem(error)}`);
      res.redirect(303, '/error');
    }
  });
}

function addPages(app: express.Express, { publicUrl, sessions }: AppOptions): void {
  app.get('/', (req, res) => {
    if (sessions.find(tokenOf(req))?.child) return res.redirect(303, '/welcome');
    sendPage(res, homePage(contextOf(req, res)));
  });

  app.get('/welcome', (req, res) => {
    const child = sessions.find(tokenOf(req))?.child;
    if (!child) return res.redirect(303, '/');
    const context = contextOf(req, res);
    const nickname = nicknameFor(child.sub, context.language);
    sendPage(res, welcomePage(context, { nickname, room: child.room }));
  });

  app.post('/logout', (req, res) => {
    if (!isFromOurPages(req, publicUrl)) {
      sendPage(res.status(403), errorPage(contextOf(req, res)));
      return;
    }
    sessions.close(tokenOf(req));
    res.clearCookie(SESSION_COOKIE, SESSION_COOKIE_OPTIONS);
    res.redirect(303, '/goodbye');
  });

  app.get('/refused', (req, res) => sendPage(res, refusedPage(contextOf(req, res))));
  app.get('/error', (req, res) => sendPage(res, errorPage(contextOf(req, res))));
  app.get('/goodbye', (req, res) => sendPage(res, goodbyePage(contextOf(req, res))));
}

/** No script runs here at all, nothing is loaded from elsewhere, and nobody can frame the site. */
function setSecurityHeaders(_req: Request, res: Response, next: NextFunction): void {
  res.set({
    'Content-Security-Policy':
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'Strict-Transport-Security': 'max-age=31536000',
    'X-Content-Type-Options': 'nosniff',
  });
  next();
}

function sendPage(res: Response, page: string): void {
  res.set('Cache-Control', 'no-store').type('html').send(page);
}

/** The page's address and language: chosen by `?lang=` and kept in a cookie, else the browser's own. */
function contextOf(req: Request, res: Response): PageContext {
  const chosen = findLanguage(req.query['lang']);
  if (chosen) {
    res.cookie(LANGUAGE_COOKIE, chosen, SESSION_COOKIE_OPTIONS);
  }
  const language: Language =
    chosen ??
    findLanguage(findCookie(req.headers.cookie, LANGUAGE_COOKIE)) ??
    findLanguage(req.acceptsLanguages(...LANGUAGES)) ??
    'nl';
  return { language, path: req.path };
}

function tokenOf(req: Request): string | undefined {
  return findCookie(req.headers.cookie, SESSION_COOKIE);
}

function setSession(res: Response, token: string): void {
  res.cookie(SESSION_COOKIE, token, SESSION_COOKIE_OPTIONS);
}

function rememberPending(pendingSignIns: Visit['pendingSignIns'], pending: PendingSignIn): void {
  for (const state of pendingSignIns.keys()) {
    if (pendingSignIns.size < MAX_PENDING_SIGN_INS) break;
    pendingSignIns.delete(state);
  }
  pendingSignIns.set(pending.state, pending);
}

/** Finds and forgets in one step, before anything is awaited: of two answers at once one is looked at. */
function takePending(visit: Visit | undefined, state: string | null): PendingSignIn | undefined {
  const pending = state === null ? undefined : visit?.pendingSignIns.get(state);
  if (pending) visit?.pendingSignIns.delete(pending.state);
  return pending;
}

/**
 * Whether a form was sent by our own page. SameSite=Lax keeps other sites out already; sister hosts count as the same
 * site, so that is not enough. Browsers that send no Sec-Fetch-Site send Origin.
 */
function isFromOurPages(req: Request, publicUrl: URL): boolean {
  const site = req.get('sec-fetch-site');
  return site === undefined ? req.get('origin') === publicUrl.origin : site === 'same-origin';
}
