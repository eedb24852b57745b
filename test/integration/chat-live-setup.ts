/**
 * For the tests of the example chat's live part: the chat on https in this process, with a clock that the test turns, and
 * children with a WebSocket each. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { createApp } from '../../examples/chat/app.ts';
import type { ServerMessage } from '../../examples/chat/live/live-messages.ts';
import { createLiveServer, type LiveServer } from '../../examples/chat/live/live-server.ts';
import type { Account } from '../../examples/chat/store/accounts.ts';
import { createVisit } from '../../examples/chat/visit.ts';
import type { WebCertificate } from '../kit/pki/test-pki.ts';
import { createTestChat, type NextVisitors, type TestChat } from '../unit/chat-setup.ts';
import { CHAT_ORIGIN } from './chat-setup.ts';

/** The chat, listening. */
export interface LiveWorld extends TestChat {
  readonly live: LiveServer;
  readonly port: number;
  readonly next: NextVisitors;
  /** Opens a session for this account, as a sign-in does. Returns the Cookie header. */
  openSession(account: Account): string;
  /** Connects a page; `undefined` leaves a header out. Resolves when it is open, rejects with the HTTP status. */
  connect(options: ConnectOptions): Promise<LivePage>;
  /** A child who came in, with an open page that has its history. */
  child(sub: string, options?: ChildOptions): Promise<LivePage & { readonly account: Account }>;
  close(): Promise<void>;
}

type ChildOptions = Parameters<TestChat['comeIn']>[1] & { language?: string };

interface ConnectOptions {
  readonly cookie?: string | undefined;
  readonly origin?: string | undefined;
  readonly path?: string;
}

type Received<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

/** One open page, by its socket. */
export interface LivePage {
  readonly socket: WebSocket;
  /** Everything that came so far. */
  readonly received: ServerMessage[];
  /** The Cookie header with which it connected. */
  readonly cookie: string | undefined;
  /** Takes the next message of this kind that was not taken yet, those of other kinds stay; waits for it. */
  take<T extends ServerMessage['type']>(type: T): Promise<Received<T>>;
  /** The close code, once the connection is over. */
  readonly closed: Promise<number>;
  send(message: unknown): void;
  /** Says something; returns the id. */
  say(text: string, id?: string): string;
  /** Sends something of which the answer is known, and waits for it: what came before it is there then. */
  settle(): Promise<void>;
}

/** Starts the chat on loopback. */
export async function startLiveWorld(
  web: WebCertificate,
  options: { file?: string; maxBufferedBytes?: number; maxConnections?: number } = {},
): Promise<LiveWorld> {
  const next: NextVisitors = {};
  const { file, ...limits } = options;
  const test = createTestChat({ next, ...(file !== undefined && { file }) });
  const { chat } = test;
  const server = createServer(
    { key: web.privateKeyPem, cert: web.certificatePem },
    createApp(chat),
  );
  const live = createLiveServer(chat, limits);
  server.on('upgrade', live.handleUpgrade);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;

  const openSession = ({ id, sub, band }: Account) => {
    const visit = createVisit({ child: { sub, room: band, accountId: id } });
    return `__Host-chat=${chat.sessions.open(visit)}`;
  };
  const connect = (how: ConnectOptions) => connectPage(port, how);
  return {
    ...test,
    live,
    port,
    next,
    openSession,
    connect,
    async child(sub, { language = 'en', ...how } = {}) {
      const account = test.comeIn(sub, how);
      const path = `/live?language=${language}`;
      const page = await connect({ cookie: openSession(account), origin: CHAT_ORIGIN, path });
      await page.take('history');
      return { ...page, account };
    },
    async close() {
      live.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      chat.store.close();
    },
  };
}

async function connectPage(
  port: number,
  { cookie, origin, path = '/live' }: ConnectOptions,
): Promise<LivePage> {
  const socket = new WebSocket(`wss://127.0.0.1:${port}${path}`, {
    headers: { ...(cookie !== undefined && { cookie }), ...(origin !== undefined && { origin }) },
  });
  const received: ServerMessage[] = [];
  const taken = new Set<ServerMessage>();
  const waiting = new Set<() => void>();
  const check = () => {
    for (const look of [...waiting]) look();
  };
  let isOver = false;
  const closed = new Promise<number>((resolve) => {
    socket.once('close', (code) => {
      isOver = true;
      resolve(code);
      check();
    });
  });
  socket.on('message', (data: Buffer) => {
    received.push(JSON.parse(data.toString('utf8')));
    check();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_req, res) => {
      res.resume();
      reject(new Error(String(res.statusCode)));
    });
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  const take = <T extends ServerMessage['type']>(type: T) =>
    new Promise<Received<T>>((resolve, reject) => {
      const look = () => {
        const message = received.find(
          (each): each is Received<T> => each.type === type && !taken.has(each),
        );
        if (!message && !isOver) return;
        waiting.delete(look);
        if (!message) return reject(new Error(`over before ${type}`));
        taken.add(message);
        resolve(message);
      };
      waiting.add(look);
      look();
    });
  const send = (message: unknown) => socket.send(JSON.stringify(message));
  return {
    socket,
    received,
    cookie,
    take,
    closed,
    send,
    say(text, id = randomUUID()) {
      send({ type: 'say', id, text });
      return id;
    },
    async settle() {
      // No account has this handle: the answer is that it is gone.
      const accountId = 'x'.repeat(22);
      send({ type: 'mute', accountId });
      assert.equal((await take('vanished')).accountId, accountId);
    },
  };
}
