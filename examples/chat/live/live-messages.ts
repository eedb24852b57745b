/**
 * What the chat's page and its server say to each other over the WebSocket `/live`: one JSON object in each text frame,
 * at most 2 KiB from the page. The page's script (public/) knows the same messages by these names.
 */

/** Frames from a page above this many bytes end the connection: 300 characters of text fit with room to spare. */
export const MAX_FRAME_BYTES = 2_048;

/** What a page may say. Exactly these members, none more. */
export type ClientMessage =
  /** `id` is a UUID of the page's own making. Sent again with the same `id`, the text is stored once. */
  | { readonly type: 'say'; readonly id: string; readonly text: string }
  | { readonly type: 'report'; readonly messageId: number; readonly reason: ReportReason }
  | { readonly type: 'mute' | 'unmute'; readonly accountId: string };

/** What a child may say is not right about a message. */
export const REPORT_REASONS = ['unkind', 'private', 'scary'] as const;

export type ReportReason = (typeof REPORT_REASONS)[number];

/** One line of the chat, as one reader gets it. */
export interface LiveMessage {
  /** Grows with time; the same for every reader. */
  readonly id: number;
  /** Who said it: the account's handle, 22 characters. Never the `sub`. */
  readonly accountId: string;
  /** In the reader's language. */
  readonly nickname: string;
  /** Plain text, as the child wrote it: put it on a page as text, never as HTML. */
  readonly text: string;
  /** ISO 8601, UTC. */
  readonly sentAt: string;
  /** The page's own UUID; only on the reader's own messages, so that a line on its way is not shown twice. */
  readonly clientId?: string;
}

/** Somebody who is in the room now. */
export interface Person {
  readonly accountId: string;
  readonly nickname: string;
  /** True when the reader has muted this child. */
  readonly muted: boolean;
}

/**
 * Why a text was not taken. `agreement`: no parent agreed yet. `rate`: too many at once, try again in some seconds.
 * `trouble`: it could not be stored; the page may send it again with the same `id`.
 */
export type RefusalReason =
  | 'agreement'
  | 'digits'
  | 'empty'
  | 'link'
  | 'long'
  | 'mail'
  | 'rate'
  | 'trouble'
  | 'word';

/**
 * Why the server ends the connection. Only after `stopping`, `slow` and `reset` should the page connect again by itself.
 * `session`: left, or idle too long. `tabs`: too many pages open. `reset`: the child started all over, on another page.
 * `flood`, `malformed`: this page misbehaves.
 */
export type ClosedReason =
  | 'banned'
  | 'flood'
  | 'malformed'
  | 'reset'
  | 'session'
  | 'slow'
  | 'stopping'
  | 'tabs';

/** What the server says. */
export type ServerMessage =
  /** Comes first, and again after an `unmute`: the last messages of the room, oldest first. Replaces what is shown. */
  | {
      readonly type: 'history';
      readonly messages: readonly LiveMessage[];
      /** The reader's own handle and name. */
      readonly you: { readonly accountId: string; readonly nickname: string };
    }
  | ({ readonly type: 'message' } & LiveMessage)
  /** The text is on the server's disk. Comes again when the same `id` is sent again. */
  | { readonly type: 'said'; readonly id: string; readonly messageId: number }
  | { readonly type: 'refused'; readonly id: string; readonly reason: RefusalReason }
  | { readonly type: 'reported'; readonly messageId: number }
  /** Too many reports within the hour: show the way to a grown-up instead. */
  | { readonly type: 'report-refused'; readonly messageId: number }
  | { readonly type: 'muted'; readonly accountId: string }
  | { readonly type: 'unmuted'; readonly accountId: string }
  /** Take this line away. */
  | { readonly type: 'hidden'; readonly messageId: number }
  /** Take every line of this account away: it was reset, or is not there any more. */
  | { readonly type: 'vanished'; readonly accountId: string }
  /** The account's name is another from now on, on older lines too. */
  | { readonly type: 'renamed'; readonly accountId: string; readonly nickname: string }
  /** Who is in the room: at most {@link MAX_PEOPLE_SHOWN} of `total`, by nickname. */
  | { readonly type: 'presence'; readonly people: readonly Person[]; readonly total: number }
  /** The last message of a connection. */
  | { readonly type: 'closed'; readonly reason: ClosedReason };

/** A list of more is no use to a child, and costs a large room dearly. */
export const MAX_PEOPLE_SHOWN = 100;

/** The frame is not a message of a page. Its text says nothing about the content. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

/**
 * Reads a text frame of a page.
 *
 * @throws {MalformedMessage} When it is anything but one of the messages above, with exactly its members.
 */
export function parseClientMessage(frame: string): ClientMessage {
  const members = parseObject(frame);
  const { type } = members;
  switch (type) {
    case 'say': {
      checkMembers(members, ['type', 'id', 'text']);
      const { id, text } = members;
      if (typeof id !== 'string' || !UUID.test(id)) throw new MalformedMessage('id is no UUID');
      if (typeof text !== 'string') throw new MalformedMessage('text is no string');
      return { type, id: id.toLowerCase(), text };
    }
    case 'report': {
      checkMembers(members, ['type', 'messageId', 'reason']);
      const { messageId } = members;
      const reason = REPORT_REASONS.find((known) => known === members['reason']);
      if (reason === undefined) throw new MalformedMessage('reason is unknown');
      if (typeof messageId !== 'number' || !Number.isSafeInteger(messageId) || messageId < 1) {
        throw new MalformedMessage('messageId is no number of a message');
      }
      return { type, messageId, reason };
    }
    case 'mute':
    case 'unmute': {
      checkMembers(members, ['type', 'accountId']);
      const { accountId } = members;
      if (typeof accountId !== 'string' || !HANDLE.test(accountId)) {
        throw new MalformedMessage('accountId is no handle');
      }
      return { type, accountId };
    }
    default:
      throw new MalformedMessage('type is unknown');
  }
}

/** RFC 9562 §4, any version: `crypto.randomUUID()` makes them. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const HANDLE = /^[\w-]{22}$/;

function parseObject(frame: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    // The parser's own message quotes what a child wrote.
    throw new MalformedMessage('the frame is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedMessage('the frame is no object');
  }
  return { ...value };
}

function checkMembers(members: Record<string, unknown>, expected: readonly string[]): void {
  const names = Object.keys(members);
  if (names.length !== expected.length || !expected.every((name) => names.includes(name))) {
    throw new MalformedMessage('a member is missing, or one too many');
  }
}
