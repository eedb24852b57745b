/**
 * The ways in: a child, a parent who agrees, a moderator. They answer by redirects only: no code stays in the address bar,
 * and a reload repeats nothing.
 *
 * They are reached by links and not by forms: Chromium holds a form's redirects against form-action, which would then have
 * to name the gateway.
 */
import type { Express, Request, Response } from 'express';
import type { Chat } from '../chat.ts';
import { languageOf, setSession, tokenOf } from '../request.ts';
import { CALLBACK_PATHS, describeProblem, type SignIn } from '../sign-in.ts';
import { createVisit, type Purpose, type Visit } from '../visit.ts';

const MAX_PENDING_SIGN_INS = 5;

/**
 * | address             | for                                            | ends at                                             |
 * | ------------------- | ---------------------------------------------- | --------------------------------------------------- |
 * | `/login`            | a child                                        | `/welcome`, `/refused`, `/banned`, `/full`          |
 * | `/parent/login`     | a parent, in the visit of a child who is in    | `/parent/done`, `/parent/refused`                   |
 * | `/moderate/login`   | a moderator                                    | `/moderate`, `/moderate/refused`                    |
 *
 * Everything that goes wrong ends at `/error`.
 */
export function addSignInRoutes(app: Express, chat: Chat): void {
  const { sessions, signIns } = chat;

  app.get('/login', async (req, res) => {
    const visit = sessions.find(tokenOf(req));
    if (visit?.child) return res.redirect(303, '/welcome');
    await start(chat, { req, res, purpose: 'child', visit });
  });
  app.get('/parent/login', async (req, res) => {
    const visit = sessions.find(tokenOf(req));
    if (!visit?.child) return res.redirect(303, '/');
    await start(chat, { req, res, purpose: 'parent', visit });
  });
  app.get('/moderate/login', async (req, res) => {
    const visit = sessions.find(tokenOf(req));
    if (visit?.adult) return res.redirect(303, '/moderate');
    await start(chat, { req, res, purpose: 'moderator', visit });
  });

  app.get(CALLBACK_PATHS.children, async (req, res) => {
    const answer = takeAnswer(chat, req);
    // Not begun in this browser, or answered before. When the child is in (the Back button), there is nothing to do.
    if (answer?.pending?.purpose !== 'child') {
      return res.redirect(303, answer?.visit.child ? '/welcome' : '/error');
    }
    await finish(
      signIns.children,
      { answer: { ...answer, pending: answer.pending }, res },
      (child) => {
        const entrance = chat.children.enter(child);
        const visit =
          entrance.kind === 'in'
            ? createVisit({ child: { ...child, accountId: entrance.account.id } })
            : createVisit({ outside: entrance });
        renewSession(chat, { req, res, visit });
        return entrance.kind === 'in' ? '/welcome' : `/${entrance.kind}`;
      },
    );
  });

  app.get(CALLBACK_PATHS.adults, async (req, res) => {
    const answer = takeAnswer(chat, req);
    const { pending, visit } = answer ?? {};
    if (!answer || !pending || pending.purpose === 'child') {
      return res.redirect(303, visit?.adult ? '/moderate' : '/error');
    }
    await finish(signIns.adults, { answer: { ...answer, pending }, res }, (adult) => {
      if (pending.purpose === 'moderator') {
        renewSession(chat, { req, res, visit: createVisit({ adult }) });
        return '/moderate';
      }
      // The child may have left meanwhile: then there is nobody to agree for.
      const child = sessions.find(tokenOf(req))?.child;
      if (!child) return '/';
      chat.children.agree(child.accountId);
      return '/parent/done';
    });
  });
}

/** Where a sign-in ends that the gateway, or this site, refused. */
const REFUSED_PAGES: Readonly<Record<Purpose, string>> = {
  child: '/refused',
  parent: '/parent/refused',
  moderator: '/moderate/refused',
};

async function start(
  chat: Chat,
  {
    req,
    res,
    purpose,
    visit: known,
  }: { req: Request; res: Response; purpose: Purpose; visit: Visit | undefined },
): Promise<void> {
  let visit = known;
  if (!visit) {
    visit = createVisit();
    setSession(res, chat.sessions.open(visit));
  }
  const signIn = purpose === 'child' ? chat.signIns.children : chat.signIns.adults;
  try {
    const { url, pending } = await signIn.start(languageOf(req, res));
    for (const state of visit.pendingSignIns.keys()) {
      if (visit.pendingSignIns.size < MAX_PENDING_SIGN_INS) break;
      visit.pendingSignIns.delete(state);
    }
    visit.pendingSignIns.set(pending.state, { ...pending, purpose });
    res.redirect(303, url.href);
  } catch (error) {
    console.error(`A sign-in could not be started: ${describeProblem(error)}`);
    res.redirect(303, '/error');
  }
}

/** What the browser brought back, and the sign-in of its visit to which it is the answer. */
interface Answer {
  readonly visit: Visit;
  readonly parameters: URLSearchParams;
  readonly pending: ReturnType<Visit['pendingSignIns']['get']>;
}

/** Finds and forgets the pending sign-in in one step, before anything is awaited: of two answers at once one is looked at. */
function takeAnswer(chat: Chat, req: Request): Answer | undefined {
  const visit = chat.sessions.find(tokenOf(req));
  if (!visit) return undefined;
  const parameters = new URL(req.originalUrl, chat.publicUrl).searchParams;
  const pending = visit.pendingSignIns.get(parameters.get('state') ?? '');
  if (pending) visit.pendingSignIns.delete(pending.state);
  return { visit, parameters, pending };
}

/** Finishes a sign-in; `admit` returns where to go. */
async function finish<T>(
  signIn: SignIn<T>,
  { answer, res }: { answer: Answer & { pending: NonNullable<Answer['pending']> }; res: Response },
  admit: (visitor: T) => string,
): Promise<void> {
  const { parameters, pending } = answer;
  try {
    const outcome = await signIn.finish(parameters, pending);
    if (outcome.kind === 'admitted') return res.redirect(303, admit(outcome.visitor));
    if (outcome.by === 'site') {
      console.warn('The gateway let in a login that this site refuses: check its registration');
    }
    res.redirect(303, REFUSED_PAGES[pending.purpose]);
  } catch (error) {
    console.error(`A sign-in failed: ${describeProblem(error)}`);
    res.redirect(303, '/error');
  }
}

/** A new token for whoever signed in: one that somebody planted before is worth nothing now. */
function renewSession(
  chat: Chat,
  { req, res, visit }: { req: Request; res: Response; visit: Visit },
): void {
  chat.sessions.close(tokenOf(req));
  setSession(res, chat.sessions.open(visit));
}
