/** The moderators' pages. Whether somebody is a moderator is asked of the store at each request: letting one out works at once. */
import type { Express, Request, Response } from 'express';
import type { Chat } from '../chat.ts';
import type { Language } from '../language.ts';
import type { QueueItem } from '../moderation.ts';
import { nicknameOf } from '../nickname.ts';
import type { PageContext } from '../pages/layout.ts';
import {
  BAN_DAYS,
  type ModeratedMessage,
  moderatorSignInPage,
  notYetModeratorPage,
  type QueueEntry,
  queuePage,
} from '../pages/moderate.ts';
import { bansPage, logPage } from '../pages/moderate-lists.ts';
import { roomTexts } from '../pages/welcome.ts';
import { sendPage, tokenOf } from '../request.ts';
import { BAN_REASONS } from '../store/bans.ts';
import type { Message } from '../store/messages.ts';
import { textsFor } from '../texts/texts.ts';
import type { Visit } from '../visit.ts';
import { checkOwnForm, contextOf, fieldOf, parseId } from './context.ts';

/** More than this is not read in one go; the next ones follow when these are decided. */
const MAX_QUEUE = 20;
const MAX_LOG = 200;

/** A request of a moderator. */
interface ModeratorRequest {
  readonly visit: Visit;
  readonly moderatorId: number;
  readonly context: PageContext;
}

/** `/moderate` and below it. */
export function addModerationRoutes(app: Express, chat: Chat): void {
  const { moderation, store } = chat;

  app.get('/moderate', (req, res) => {
    const moderator = findModerator(chat, req, res);
    if (!moderator) return;
    const { context, visit } = moderator;
    const items = moderation.listQueue(MAX_QUEUE);
    const page = queuePage(context, {
      items: items.map((item) => describeItem(item, context.language)),
      total: store.reports.countOpen(),
      token: visit.forms.issue(),
      notice: describeDone(moderator, req),
    });
    sendPage(res, page);
  });
  app.get('/moderate/refused', (req, res) =>
    sendPage(res, moderatorSignInPage(contextOf(chat, req, res), { wasRefused: true })),
  );
  app.get('/moderate/bans', (req, res) => {
    const moderator = findModerator(chat, req, res);
    if (!moderator) return;
    const { context, visit } = moderator;
    const bans = store.bans.listHolding(chat.now()).map((ban) => {
      const account = store.accounts.find(ban.accountId);
      return { ...ban, nickname: account && nicknameOf(account.nickname, context.language) };
    });
    const view = { bans, token: visit.forms.issue(), notice: describeDone(moderator, req) };
    sendPage(res, bansPage(context, view));
  });
  app.get('/moderate/log', (req, res) => {
    const moderator = findModerator(chat, req, res);
    if (moderator) sendPage(res, logPage(moderator.context, store.log.list(MAX_LOG)));
  });

  addForm(app, chat, { path: '/moderate/hide', next: '/moderate' }, (moderatorId, req) =>
    moderation.hide(moderatorId, parseId(fieldOf(req, 'message')) ?? 0),
  );
  addForm(app, chat, { path: '/moderate/dismiss', next: '/moderate' }, (moderatorId, req) =>
    moderation.dismiss(moderatorId, parseId(fieldOf(req, 'message')) ?? 0),
  );
  addForm(app, chat, { path: '/moderate/ban', next: '/moderate' }, (moderatorId, req) => {
    const accountId = parseId(fieldOf(req, 'account')) ?? 0;
    const reason = BAN_REASONS.find((known) => known === fieldOf(req, 'reason'));
    const days = BAN_DAYS.find((known) => String(known ?? 'good') === fieldOf(req, 'days'));
    // A form that says nothing we offer must not become a ban for good.
    if (!reason || (days === undefined && fieldOf(req, 'days') !== 'good')) return false;
    return moderation.ban(moderatorId, { accountId, reason, ...(days !== undefined && { days }) });
  });
  addForm(app, chat, { path: '/moderate/lift', next: '/moderate/bans' }, (moderatorId, req) =>
    moderation.lift(moderatorId, parseId(fieldOf(req, 'ban')) ?? 0),
  );
}

/** The moderator who is asking; else the answer is the way in, or the code for the operator. */
function findModerator(chat: Chat, req: Request, res: Response): ModeratorRequest | undefined {
  const visit = chat.sessions.find(tokenOf(req));
  const context = contextOf(chat, req, res);
  if (!visit?.adult) {
    // Under the address of the sign-in: the language links must lead to a page that is there for everybody.
    const page = moderatorSignInPage({ ...context, path: '/moderate' }, { wasRefused: false });
    sendPage(res, page);
    return undefined;
  }
  const { sub } = visit.adult;
  const moderator = chat.store.moderators.findAdded(sub);
  if (moderator) return { visit, moderatorId: moderator.id, context };
  const { code } = chat.store.moderators.ask(sub, chat.now());
  sendPage(res.status(403), notYetModeratorPage({ ...context, path: '/moderate' }, code));
  return undefined;
}

/** A decision of a moderator. Sent twice, it is made once. */
function addForm(
  app: Express,
  chat: Chat,
  { path, next }: { readonly path: string; readonly next: string },
  act: (moderatorId: number, req: Request) => boolean,
): void {
  app.post(path, (req, res) => {
    if (!checkOwnForm(chat, req, res)) return;
    const moderator = findModerator(chat, req, res);
    if (!moderator) return;
    const isFresh = moderator.visit.forms.take(fieldOf(req, 'form'));
    const isDone = isFresh && act(moderator.moderatorId, req);
    res.redirect(303, isDone ? `${next}?done=1` : next);
  });
}

function describeDone({ context }: ModeratorRequest, req: Request): string | undefined {
  return req.query['done'] === undefined ? undefined : textsFor(context.language).modDone;
}

function describeItem(item: QueueItem, language: Language): QueueEntry {
  const { report, message, context, ban } = item;
  return {
    message: describeLine(message, language),
    roomName: roomTexts(message.room, textsFor(language)).name,
    around: context.map((line) => describeLine(line, language)),
    firstReportedAt: report.firstReportedAt,
    reporters: report.reporters,
    reasons: report.reasons,
    isAuthorBanned: ban !== undefined,
  };
}

function describeLine({ id, text, sentAt, hiddenAt, author }: Message, language: Language) {
  return {
    id,
    accountId: author.accountId,
    nickname: nicknameOf(author.nickname, language),
    text,
    sentAt,
    isHidden: hiddenAt !== undefined,
  } satisfies ModeratedMessage;
}
