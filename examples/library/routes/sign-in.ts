/**
 * To the gateway and back. All of it answers by redirects only: no code stays in the address bar, and a reload repeats
 * nothing. A card that is read in somebody else's session (a child's) is only remembered; the next page asks.
 */
import type { Express, Request, Response } from 'express';
import { deskRefusedPage } from '../pages/desk.ts';
import { awayPage, errorPage, goodbyePage, refusedPage } from '../pages/messages.ts';
import { describeProblem, type SignIn, type SignInOutcome } from '../sign-in.ts';
import { textsFor } from '../texts/texts.ts';
import { type Purpose, rememberSignIn, takeSignIn, type Visit } from '../visit.ts';
import {
  contextOf,
  endSession,
  findReader,
  findStaff,
  guardPost,
  idOf,
  languageOf,
  type Site,
  sendPage,
  setNotice,
  setSession,
  tokenOf,
} from './site.ts';

/** Adds everything that begins or ends a session. */
export function addSignInRoutes(app: Express, site: Site): void {
  addStarts(app, site);
  const { readers, desk } = site.signIns;
  app.get('/callback', (req, res) => finish(site, { signIn: readers, isDesk: false }, req, res));
  app.get('/desk/callback', (req, res) => finish(site, { signIn: desk, isDesk: true }, req, res));
  addEnds(app, site);
}

/**
 * Reached by links and not by forms: Chromium holds a form's redirects against form-action, which would then have to
 * name the gateway.
 */
function addStarts(app: Express, site: Site): void {
  const { readers, desk } = site.signIns;
  app.get('/login', async (req, res) => {
    const visit = site.sessions.find(tokenOf(req));
    const returnTo = ownPathOf(req.query['to']);
    if (visit?.readerSub !== undefined) {
      res.redirect(303, returnTo);
      return;
    }
    await start(site, { signIn: readers, purpose: { for: 'reader', returnTo } }, req, res);
  });
  app.get('/desk/login', async (req, res) => {
    await start(site, { signIn: desk, purpose: { for: 'desk' } }, req, res);
  });
  app.get('/family/add/card', async (req, res) => {
    if (!findReader(site, req, res)) return;
    await start(site, { signIn: readers, purpose: { for: 'child' } }, req, res);
  });
  app.get('/desk/members/:id/card/read', async (req, res, next) => {
    if (!findStaff(site, req, res)) return;
    const memberId = idOf(req.params.id);
    if (!site.library.members.find(memberId)) return next();
    await start(site, { signIn: readers, purpose: { for: 'member-card', memberId } }, req, res);
  });
}

function addEnds(app: Express, site: Site): void {
  const { sessions } = site;
  // Without a one-use number: logging out twice is logging out.
  app.post('/logout', guardPost(site), (req: Request, res: Response) => {
    endSession(site, req, res);
    res.redirect(303, '/goodbye');
  });
  app.post('/still-here', guardPost(site), (req: Request, res: Response) => {
    res.status(sessions.find(tokenOf(req)) ? 204 : 403).end();
  });
  app.get('/goodbye', (req, res) => sendPage(res, goodbyePage(contextOf(site, req))));
  app.get('/away', (req, res) => {
    // The page left by itself: whoever comes back to this computer finds nobody signed in.
    endSession(site, req, res);
    sendPage(res, awayPage(contextOf(site, req)));
  });
  app.get('/refused', (req, res) => sendPage(res, refusedPage(contextOf(site, req))));
  app.get('/desk/refused', (req, res) => sendPage(res, deskRefusedPage(contextOf(site, req))));
  app.get('/error', (req, res) => sendPage(res, errorPage(contextOf(site, req))));
}

async function start(
  site: Site,
  { signIn, purpose }: { readonly signIn: SignIn; readonly purpose: Purpose },
  req: Request,
  res: Response,
): Promise<void> {
  let visit = site.sessions.find(tokenOf(req));
  if (!visit) {
    visit = { waiting: new Map() };
    setSession(res, site.sessions.open(visit));
  }
  try {
    const { url, pending } = await signIn.start(languageOf(req));
    rememberSignIn(visit, { pending, purpose });
    res.redirect(303, url.href);
  } catch (error) {
    console.error(`A sign-in could not be started: ${describeProblem(error)}`);
    res.redirect(303, '/error');
  }
}

async function finish(
  site: Site,
  { signIn, isDesk }: { readonly signIn: SignIn; readonly isDesk: boolean },
  req: Request,
  res: Response,
): Promise<void> {
  const visit = site.sessions.find(tokenOf(req));
  const parameters = new URL(req.originalUrl, site.publicUrl).searchParams;
  const waiting = takeSignIn(visit, parameters.get('state'));
  // Not begun in this browser, for the other door, or answered before. The Back button of who is in leads on.
  if (!visit || !waiting || (waiting.purpose.for === 'desk') !== isDesk) {
    res.redirect(303, placeOf(visit) ?? '/error');
    return;
  }
  try {
    const outcome = await signIn.finish(parameters, waiting.pending);
    if (outcome.kind === 'refused') {
      refuse(visit, { outcome, purpose: waiting.purpose }, req, res);
      return;
    }
    admit(site, { visit, sub: outcome.sub, purpose: waiting.purpose }, req, res);
  } catch (error) {
    console.error(`A sign-in failed: ${describeProblem(error)}`);
    fail(visit, waiting.purpose, req, res);
  }
}

function admit(
  site: Site,
  {
    visit,
    sub,
    purpose,
  }: { readonly visit: Visit; readonly sub: string; readonly purpose: Purpose },
  req: Request,
  res: Response,
): void {
  const { sessions } = site;
  switch (purpose.for) {
    case 'reader':
    case 'desk': {
      // A new token for who signed in: one that somebody planted before is worth nothing now.
      sessions.close(tokenOf(req));
      const who = purpose.for === 'desk' ? { staffSub: sub } : { readerSub: sub };
      setSession(res, sessions.open({ waiting: new Map(), ...who }));
      res.redirect(303, purpose.for === 'desk' ? '/desk' : purpose.returnTo);
      return;
    }
    case 'child':
    case 'member-card': {
      visit.cardInHand = { sub, purpose, readAt: site.now() };
      res.redirect(303, `${pathOf(purpose)}/confirm`);
      return;
    }
  }
}

function refuse(
  visit: Visit,
  {
    outcome,
    purpose,
  }: {
    readonly outcome: Extract<SignInOutcome, { kind: 'refused' }>;
    readonly purpose: Purpose;
  },
  req: Request,
  res: Response,
): void {
  if (outcome.by === 'site') {
    console.warn('The gateway let in a login that this site refuses: check its registration');
  }
  if (purpose.for === 'reader') {
    res.redirect(303, '/refused');
    return;
  }
  if (purpose.for === 'desk') {
    res.redirect(303, '/desk/refused');
    return;
  }
  const t = textsFor(languageOf(req));
  setNotice(visit, 'wrong', t.refusedTitle, t.refusedLead);
  res.redirect(303, pathOf(purpose));
}

function fail(visit: Visit, purpose: Purpose, req: Request, res: Response): void {
  if (purpose.for === 'reader' || purpose.for === 'desk') {
    res.redirect(303, '/error');
    return;
  }
  const t = textsFor(languageOf(req));
  setNotice(visit, 'wrong', t.errorTitle, t.errorLead);
  res.redirect(303, pathOf(purpose));
}

/** Where a card is asked for that is read in somebody else's session. */
function pathOf(purpose: Extract<Purpose, { for: 'child' | 'member-card' }>): string {
  return purpose.for === 'child' ? '/family/add' : `/desk/members/${purpose.memberId}/card`;
}

function placeOf(visit: Visit | undefined): string | undefined {
  if (visit?.readerSub !== undefined) return '/my';
  return visit?.staffSub === undefined ? undefined : '/desk';
}

/** Where to go after signing in: only to pages of ours that ask for it. */
function ownPathOf(to: unknown): string {
  return typeof to === 'string' && /^\/titles\/\d{1,15}$/.test(to) ? to : '/my';
}
