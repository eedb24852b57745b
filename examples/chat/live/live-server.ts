/**
 * The WebSocket `/live` (RFC 6455): lets in a page of ours with a child's session, keeps the connection as long as the
 * session, and carries messages between it and the conversation.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Chat } from '../chat.ts';
import { findLanguage } from '../language.ts';
import { FRAME_RATE } from '../rules/limits.ts';
import { createRate } from '../rules/rate.ts';
import { findCookie } from '../session.ts';
import { describeProblem } from '../sign-in.ts';
import { type Account, authorOf } from '../store/accounts.ts';
import { SESSION_COOKIE, type Visit } from '../visit.ts';
import { answerFrame, type Page, sendHistory } from './answer-frame.ts';
import type { Guest } from './hub.ts';
import { type ClosedReason, MAX_FRAME_BYTES, type ServerMessage } from './live-messages.ts';

/** What `/live` needs beside the chat; the numbers are there for tests. */
interface LiveOptions {
  /** Open connections in all; above it new ones are sent away. */
  readonly maxConnections?: number;
  /** A reader this far behind is cut off, so that memory stays bounded. */
  readonly maxBufferedBytes?: number;
}

export interface LiveServer {
  /** For the `upgrade` event of a server of node:http or node:https. */
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /**
   * What time brings: ends connections whose session is over or whose page does not answer, asks the others whether they
   * are there, tells who came and went. To be called every second.
   */
  tick(): void;
  /** Tells every page that the server stops, and closes the connections. New ones are sent away. */
  close(): void;
}

/** More tabs than this are no child's. */
const MAX_CONNECTIONS_PER_ACCOUNT = 5;

const MAX_CONNECTIONS = 5_000;
const MAX_BUFFERED_BYTES = 256 * 1_024;
const PING_INTERVAL_MS = 30_000;

/** How long a page may take to answer the end of its connection (RFC 6455 §7.1.1). */
const CLOSE_TIMEOUT_MS = 2_000;

/** RFC 6455 §7.4.1 and its private range, §7.4.2. A page goes by the `closed` message. */
const CLOSE_CODES: Readonly<Record<ClosedReason, number>> = {
  banned: 4003,
  flood: 1008,
  malformed: 1008,
  reset: 1012,
  session: 4001,
  slow: 1013,
  stopping: 1012,
  tabs: 4009,
};

/** An open connection: a guest with a socket. */
interface Connection extends Page {
  readonly visit: Visit;
  readonly socket: WebSocket;
  pingedAt: Date;
  hasAnswered: boolean;
}

/** Creates the WebSocket server; it gets its connections from a web server by `handleUpgrade`. */
export function createLiveServer(chat: Chat, options: LiveOptions = {}): LiveServer {
  const { hub, sessions, now } = chat;
  const { maxConnections = MAX_CONNECTIONS, maxBufferedBytes = MAX_BUFFERED_BYTES } = options;
  const connections = new Set<Connection>();
  const frameRate = createRate<Connection>({ ...FRAME_RATE, now });
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  let isStopping = false;

  sessions.onEnd((visit) => {
    for (const connection of [...connections])
      if (connection.visit === visit) connection.end('session');
  });

  const leave = (connection: Connection) => {
    connections.delete(connection);
    hub.leave(connection);
  };

  const accept = (socket: WebSocket, admission: Admission) => {
    const connection = createConnection(chat, { socket, admission, maxBufferedBytes, leave });
    connections.add(connection);
    socket.on('error', () => leave(connection)); // ws closes the socket by itself: a frame too long, no UTF-8
    socket.on('close', () => leave(connection));
    socket.on('pong', () => {
      connection.hasAnswered = true;
    });
    socket.on('message', (data: Buffer, isBinary) => {
      // A frame that was on its way while the connection was being ended.
      if (!connections.has(connection)) return;
      if (!frameRate.take(connection)) return connection.end('flood');
      if (isBinary) return connection.end('malformed');
      try {
        answerFrame(chat, connection, data.toString('utf8'));
      } catch (error) {
        // The disk is full, or another program holds the file: the page gets no answer, the others go on.
        console.error(`A frame could not be answered: ${describeProblem(error)}`);
      }
    });
    sendHistory(chat, connection);
    hub.join(connection);
    const [oldest, ...others] = hub.guestsOf(connection.self.accountId);
    if (others.length >= MAX_CONNECTIONS_PER_ACCOUNT) oldest?.end('tabs');
  };

  return {
    handleUpgrade(req, socket, head) {
      socket.on('error', () => socket.destroy());
      try {
        const admission = isStopping || connections.size >= maxConnections ? 503 : admit(chat, req);
        if (typeof admission === 'number') return refuse(socket, admission);
        server.handleUpgrade(req, socket, head, (webSocket) => accept(webSocket, admission));
      } catch (error) {
        console.error(`A connection failed: ${describeProblem(error)}`);
        refuse(socket, 500);
      }
    },
    tick() {
      sessions.sweep();
      for (const connection of [...connections]) checkAlive(connection, now());
      hub.tellPresence();
      frameRate.sweep();
      chat.conversation.sweep();
    },
    close() {
      isStopping = true;
      for (const connection of [...connections]) connection.end('stopping');
      server.close();
    },
  };
}

/** Who may connect. */
interface Admission {
  readonly visit: Visit;
  readonly token: string | undefined;
  readonly account: Account;
  readonly language: Guest['language'];
}

/** Checks the upgrade: address, Origin, session, ban. Returns the HTTP status for whoever may not connect. */
function admit(chat: Chat, req: IncomingMessage): Admission | number {
  const url = URL.parse(req.url ?? '', chat.publicUrl.href);
  if (url?.pathname !== '/live') return 404;
  // Browsers hold WebSockets to no same-origin policy, but say whose page it is (RFC 6455 §10.2).
  if (req.headers.origin !== chat.publicUrl.origin) return 403;
  const token = findCookie(req.headers.cookie, SESSION_COOKIE);
  // Not a use of the session: pages connect again by themselves.
  const visit = chat.sessions.peek(token);
  const account = visit?.child && chat.store.accounts.find(visit.child.accountId);
  if (!visit || !account) return 401;
  if (chat.store.bans.findHolding(account.sub, chat.now())) return 403;
  return {
    visit,
    token,
    account,
    language: findLanguage(url.searchParams.get('language')) ?? 'nl',
  };
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function createConnection(
  chat: Chat,
  options: {
    readonly socket: WebSocket;
    readonly admission: Admission;
    readonly maxBufferedBytes: number;
    readonly leave: (connection: Connection) => void;
  },
): Connection {
  const { socket, admission, maxBufferedBytes, leave } = options;
  const { visit, token, account, language } = admission;
  const mutes = chat.store.mutes.list(account.id);
  const connection: Connection = {
    visit,
    socket,
    room: account.band,
    language,
    self: authorOf(account),
    mutedIds: new Set(mutes.map(({ accountId }) => accountId)),
    pingedAt: chat.now(),
    hasAnswered: true,
    use: () => chat.sessions.find(token) !== undefined,
    send(message) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > maxBufferedBytes) return connection.end('slow');
      sendMessage(socket, message);
    },
    end(reason) {
      leave(connection);
      // What it does not read would only wait in memory, the farewell as well.
      if (reason === 'slow') return socket.terminate();
      if (socket.readyState === socket.OPEN) sendMessage(socket, { type: 'closed', reason });
      socket.close(CLOSE_CODES[reason], reason);
      setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
    },
  };
  return connection;
}

function sendMessage(socket: WebSocket, message: ServerMessage): void {
  socket.send(JSON.stringify(message));
}

/** A page that did not answer the last ping is gone, though nobody closed the connection: a lid shut, a cable pulled. */
function checkAlive(connection: Connection, now: Date): void {
  if (now.getTime() - connection.pingedAt.getTime() < PING_INTERVAL_MS) return;
  if (!connection.hasAnswered) {
    connection.socket.terminate();
    return;
  }
  connection.pingedAt = now;
  connection.hasAnswered = false;
  connection.socket.ping();
}
