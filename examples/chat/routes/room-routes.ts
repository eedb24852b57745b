/** The room, and what can be done in it without a script. The same is done over the WebSocket by live/answer-frame.ts. */
import { randomUUID } from 'node:crypto';
import type { Express, Request, Response } from 'express';
import type { Chat } from '../chat.ts';
import { describeMessage, type Reader } from '../live/hub.ts';
import { type ClientMessage, MalformedMessage, parseClientMessage } from '../live/live-messages.ts';
import { nicknameOf } from '../nickname.ts';
import { errorPage } from '../pages/door.ts';
import { notOkPage, thanksPage } from '../pages/not-ok.ts';
import { type RoomView, roomPage } from '../pages/room.ts';
import { sendPage } from '../request.ts';
import { HISTORY_LENGTH } from '../rules/limits.ts';
import { authorOf } from '../store/accounts.ts';
import { fillIn, textsFor } from '../texts/texts.ts';
import { type ChildRequest, checkOwnForm, fieldOf, findChild, parseId } from './context.ts';

/** `/room`, and the forms that lead there. */
export function addRoomRoutes(app: Express, chat: Chat): void {
  const { conversation, store } = chat;

  app.get('/room', (req, res) => {
    const child = findChild(chat, req, res);
    if (!child) return;
    const done = describeMuted(chat, child, req.query['muted']);
    sendRoom(chat, res, child, { nextId: randomUUID(), ...(done !== undefined && { done }) });
  });

  app.post('/room/say', (req, res) => {
    const child = findSender(chat, req, res);
    if (!child) return;
    const message = parseForm(req, res, child, {
      type: 'say',
      id: fieldOf(req, 'id'),
      text: fieldOf(req, 'text'),
    });
    if (message?.type !== 'say') return;
    const outcome = conversation.say(child.account, message);
    if (outcome.kind === 'said') return res.redirect(303, '/room');
    // The same id again: if it was stored after all, it is there once.
    const refused = { text: message.text, reason: outcome.reason };
    sendRoom(chat, res.status(422), child, { nextId: message.id, refused });
  });

  app.get('/room/not-ok', (req, res) => {
    const child = findChild(chat, req, res);
    if (!child) return;
    const message = store.messages.find(parseId(req.query['message']) ?? 0);
    const isThere = message?.room === child.account.band && !message.hiddenAt;
    if (!isThere || message.author.accountId === child.account.id)
      return res.redirect(303, '/room');
    const { forms } = child.visit;
    const view = {
      message: describeMessage(message, readerOf(chat, child)),
      tokens: { report: forms.issue(), mute: forms.issue() },
    };
    sendPage(res, notOkPage(child.context, view));
  });

  app.post('/room/report', (req, res) => {
    const child = findSender(chat, req, res);
    if (!child) return;
    const messageId = parseId(fieldOf(req, 'message'));
    const reason = fieldOf(req, 'reason');
    const report = parseForm(req, res, child, { type: 'report', messageId, reason });
    if (report?.type !== 'report') return;
    if (!child.visit.forms.take(fieldOf(req, 'form'))) return res.redirect(303, '/room/thanks');
    const outcome = conversation.report(child.account, report);
    res.redirect(303, outcome === 'too-many' ? '/room/thanks?many=1' : '/room/thanks');
  });
  app.get('/room/thanks', (req, res) => {
    const child = findChild(chat, req, res);
    if (child) sendPage(res, thanksPage(child.context, req.query['many'] === undefined));
  });

  app.post('/room/mute', (req, res) => {
    const child = findSender(chat, req, res);
    if (!child) return;
    const mute = parseForm(req, res, child, { type: 'mute', accountId: fieldOf(req, 'account') });
    if (mute?.type !== 'mute') return;
    if (child.visit.forms.take(fieldOf(req, 'form'))) {
      conversation.mute(child.account, mute.accountId);
    }
    res.redirect(303, `/room?muted=${mute.accountId}`);
  });
}

function findSender(chat: Chat, req: Request, res: Response): ChildRequest | undefined {
  return checkOwnForm(chat, req, res) ? findChild(chat, req, res) : undefined;
}

/** What a form says, held to the same rules as a frame of the WebSocket; a form that our page did not make is an error. */
function parseForm(
  req: Request,
  res: Response,
  { context }: ChildRequest,
  fields: Readonly<Record<string, unknown>>,
): ClientMessage | undefined {
  try {
    return parseClientMessage(JSON.stringify(fields));
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    sendPage(res.status(400), errorPage({ ...context, path: req.path }));
    return undefined;
  }
}

function sendRoom(
  chat: Chat,
  res: Response,
  child: ChildRequest,
  view: Pick<RoomView, 'done' | 'nextId' | 'refused'>,
): void {
  const { account, context } = child;
  const reader = readerOf(chat, child);
  const room = account.band;
  const last = chat.store.messages.listLast({ room, readerId: account.id, count: HISTORY_LENGTH });
  const people = chat.hub.people(room, reader);
  const page = roomPage(
    // The page that shows a refused text has the form's address; the language links lead to the room.
    { ...context, path: '/room' },
    {
      ...view,
      room,
      you: { accountId: account.handle, nickname: nicknameOf(account.nickname, context.language) },
      mayWrite: account.parentAgreedOn !== undefined,
      messages: last.map((message) => describeMessage(message, reader)),
      people,
      total: people.length,
      now: chat.now(),
    },
  );
  sendPage(res, page);
}

function readerOf(chat: Chat, { account, context }: ChildRequest): Reader {
  const muted = chat.store.mutes.list(account.id);
  return {
    language: context.language,
    self: authorOf(account),
    mutedIds: new Set(muted.map(({ accountId }) => accountId)),
  };
}

/** The sentence after muting somebody, when it is so. */
function describeMuted(chat: Chat, child: ChildRequest, handle: unknown): string | undefined {
  const muted = chat.store.mutes.list(child.account.id).find((other) => other.handle === handle);
  if (!muted) return undefined;
  const t = textsFor(child.context.language);
  const nickname = nicknameOf(muted.nickname, child.context.language);
  return fillIn(t.muteDone, { nickname, me: t.me });
}
