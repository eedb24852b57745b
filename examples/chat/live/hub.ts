/** Who is in which room now, and what they are told. It knows no sockets and stores nothing. */
import type { Language } from '../language.ts';
import { nicknameOf } from '../nickname.ts';
import type { Child } from '../sign-in.ts';
import type { Author, Message } from '../store/messages.ts';
import {
  type ClosedReason,
  type LiveMessage,
  MAX_PEOPLE_SHOWN,
  type Person,
  type ServerMessage,
} from './live-messages.ts';

/** One open page of a child. */
export interface Guest {
  readonly room: Child['room'];
  readonly language: Language;
  /** Changes with the account: see {@link Hub.rename}. */
  self: Author;
  /** Ids of the accounts that this child does not want to read. */
  mutedIds: ReadonlySet<number>;
  send(message: ServerMessage): void;
  /** Says why, and ends the connection. It leaves the hub by itself. */
  end(reason: ClosedReason): void;
}

export interface Hub {
  join(guest: Guest): void;
  leave(guest: Guest): void;
  guests(): Iterable<Guest>;
  /** The open pages of an account, oldest first. */
  guestsOf(accountId: number): Guest[];
  /** Who is in a room, each account once, as this reader sees them. */
  people(room: Child['room'], reader: Reader): Person[];
  /** Shows a new message to everybody in its room who did not mute its author. */
  show(message: Message): void;
  /** Takes a message away from everybody's page. */
  hide(message: Pick<Message, 'id' | 'room'>): void;
  /** Takes all messages of an account away; `handle` is the one by which pages knew it. */
  vanish(handle: string): void;
  /** Tells that an account has another name or handle now. */
  rename(self: Author): void;
  /** Notes whom an account muted by now. */
  setMutes(accountId: number, mutedIds: readonly number[]): void;
  /** Ends all connections of an account. */
  cutOff(accountId: number, reason: ClosedReason): void;
  /** Tells the rooms in which somebody came or went since the last time: many changes at once are told once. */
  tellPresence(): void;
}

/** For whom something is written. */
export type Reader = Pick<Guest, 'language' | 'mutedIds' | 'self'>;

/** Creates a hub without guests. */
export function createHub(): Hub {
  const guests = new Set<Guest>();
  const changedRooms = new Set<Child['room']>();
  const guestsIn = (room: Child['room']) => [...guests].filter((guest) => guest.room === room);
  const guestsOf = (accountId: number) =>
    [...guests].filter(({ self }) => self.accountId === accountId);
  const people = (room: Child['room'], reader: Reader) =>
    describePeople(
      guestsIn(room).map(({ self }) => self),
      reader,
    );
  const tellPresenceTo = (guest: Guest) => {
    const everybody = people(guest.room, guest);
    const shown = everybody.slice(0, MAX_PEOPLE_SHOWN);
    guest.send({ type: 'presence', people: shown, total: everybody.length });
  };

  return {
    join(guest) {
      guests.add(guest);
      changedRooms.add(guest.room);
      tellPresenceTo(guest);
    },
    leave(guest) {
      if (guests.delete(guest)) changedRooms.add(guest.room);
    },
    guests: () => [...guests],
    guestsOf,
    people,
    show(message) {
      for (const guest of guestsIn(message.room)) {
        if (guest.mutedIds.has(message.author.accountId)) continue;
        guest.send({ type: 'message', ...describeMessage(message, guest) });
      }
    },
    hide({ id, room }) {
      for (const guest of guestsIn(room)) guest.send({ type: 'hidden', messageId: id });
    },
    vanish(handle) {
      for (const guest of [...guests]) guest.send({ type: 'vanished', accountId: handle });
    },
    rename(self) {
      for (const guest of guestsOf(self.accountId)) {
        guest.self = self;
        changedRooms.add(guest.room);
      }
      for (const guest of [...guests]) {
        const nickname = nicknameOf(self.nickname, guest.language);
        guest.send({ type: 'renamed', accountId: self.handle, nickname });
      }
    },
    setMutes(accountId, mutedIds) {
      for (const guest of guestsOf(accountId)) guest.mutedIds = new Set(mutedIds);
    },
    cutOff(accountId, reason) {
      for (const guest of guestsOf(accountId)) guest.end(reason);
    },
    tellPresence() {
      const rooms = [...changedRooms];
      changedRooms.clear();
      for (const guest of rooms.flatMap(guestsIn)) tellPresenceTo(guest);
    },
  };
}

/** A message as one reader's page gets it. */
export function describeMessage(message: Message, { language, self }: Reader): LiveMessage {
  const { id, clientId, text, sentAt, author } = message;
  return {
    id,
    accountId: author.handle,
    nickname: nicknameOf(author.nickname, language),
    text,
    sentAt: sentAt.toISOString(),
    ...(author.accountId === self.accountId && { clientId }),
  };
}

/** Each account once, by nickname. */
function describePeople(present: readonly Author[], { language, mutedIds }: Reader): Person[] {
  const accounts = new Map(present.map((author) => [author.accountId, author]));
  return [...accounts.values()]
    .map(({ accountId, handle, nickname }) => ({
      accountId: handle,
      nickname: nicknameOf(nickname, language),
      muted: mutedIds.has(accountId),
    }))
    .sort((a, b) => a.nickname.localeCompare(b.nickname, language));
}
