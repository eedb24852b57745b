/** Carries one frame of a child's page to the conversation, and the outcome back. */
import type { Chat } from '../chat.ts';
import { nicknameOf } from '../nickname.ts';
import { HISTORY_LENGTH } from '../rules/limits.ts';
import type { Account } from '../store/accounts.ts';
import { describeMessage, type Guest } from './hub.ts';
import { type ClientMessage, MalformedMessage, parseClientMessage } from './live-messages.ts';

/** A page of which it can be said whether its session goes on. */
export interface Page extends Guest {
  /** Says that the session is in use. False: it is over. */
  use(): boolean;
}

/** Answers a frame. One that is no message ends the connection: our own page sends none. */
export function answerFrame(chat: Chat, page: Page, frame: string): void {
  const message = findMessage(frame);
  if (!message) {
    page.end('malformed');
    return;
  }
  const account = chat.store.accounts.find(page.self.accountId);
  if (page.use() && account) answerMessage(chat, { page, account, message });
  else page.end('session');
}

function findMessage(frame: string): ClientMessage | undefined {
  try {
    return parseClientMessage(frame);
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}

function answerMessage(
  chat: Chat,
  { page, account, message }: { page: Page; account: Account; message: ClientMessage },
): void {
  const { conversation } = chat;
  switch (message.type) {
    case 'say': {
      const { id } = message;
      const outcome = conversation.say(account, message);
      if (outcome.kind === 'said') {
        page.send({ type: 'said', id, messageId: outcome.message.id });
      } else {
        page.send({ type: 'refused', id, reason: outcome.reason });
      }
      return;
    }
    case 'report': {
      const { messageId } = message;
      const answer = REPORT_ANSWERS[conversation.report(account, message)];
      page.send({ type: answer, messageId });
      return;
    }
    case 'mute':
    case 'unmute': {
      const { type, accountId } = message;
      // Nobody mutes themselves.
      const isOwn = accountId === page.self.handle;
      const isDone = !isOwn && conversation[type](account, accountId);
      if (isDone) page.send({ type: `${type}d`, accountId });
      else page.send({ type: isOwn ? 'unmuted' : 'vanished', accountId });
      if (isDone && type === 'unmute') sendHistory(chat, page);
      return;
    }
  }
}

const REPORT_ANSWERS = {
  gone: 'hidden',
  reported: 'reported',
  'too-many': 'report-refused',
} as const;

/** Sends the last messages of the page's room, without those of whom the child muted. */
export function sendHistory({ store }: Chat, page: Guest): void {
  const { self, room, language } = page;
  const last = store.messages.listLast({ room, readerId: self.accountId, count: HISTORY_LENGTH });
  page.send({
    type: 'history',
    messages: last.map((message) => describeMessage(message, page)),
    you: { accountId: self.handle, nickname: nicknameOf(self.nickname, language) },
  });
}
