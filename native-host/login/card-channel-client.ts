/**
 * The host's end of the card channel: JSON over HTTP/1.1, every request on one TLS 1.3 connection that was
 * opened for this login. That connection is never replaced: when it is gone, the login is over.
 */
import { Agent, type IncomingMessage, request as startRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import {
  CARD_CHANNEL,
  CARD_CHANNEL_ALPN,
  CARD_CHANNEL_MAX_BYTES,
  type CardPath,
  type CardReply,
  type CardRequest,
  cardError,
} from '../../gateway/protocol/card-channel.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { parseJsonMessage } from '../../gateway/protocol/message.ts';
import { openTlsConnection } from './tls-connection.ts';

/** A card channel. Requests are sent one after another. */
export interface CardChannelClient {
  /** The one connection, for its exporter and cipher suite. */
  readonly socket: TLSSocket;
  /** Aborted, with GATEWAY_UNREACHABLE, when the connection is gone. */
  readonly lost: AbortSignal;
  /**
   * Sends a request and returns the gateway's reply.
   * @throws {KidsIdError} the gateway's own code; GATEWAY_UNREACHABLE when the connection is gone or the deadline
   * is over; MESSAGE_MALFORMED, MESSAGE_TOO_LARGE for a reply that is not as agreed
   */
  post<Path extends CardPath>(
    path: Path,
    body: CardRequest<Path>,
    options?: { timeoutMs: number },
  ): Promise<CardReply<Path>>;
  close(): void;
}

const REQUEST_TIMEOUT_MS = 10_000;
const OK = 200;

/**
 * Opens the channel to a gateway's origin.
 * @throws {KidsIdError} see openTlsConnection
 */
export async function openCardChannel(options: {
  origin: string;
  roots: string[];
  signal: AbortSignal;
}): Promise<CardChannelClient> {
  const socket = await openTlsConnection({
    ...options,
    alpn: CARD_CHANNEL_ALPN,
    minVersion: 'TLSv1.3',
  });
  // Heartbeats are small and single: each must leave at once.
  socket.setNoDelay(true);
  const agent = new OneSocketAgent(socket);
  const lost = new AbortController();
  socket.once('close', () => lost.abort(connectionGone()));
  const { host } = new URL(options.origin);
  let last: Promise<unknown> = Promise.resolve();
  return {
    socket,
    lost: lost.signal,
    post(path, body, { timeoutMs } = { timeoutMs: REQUEST_TIMEOUT_MS }) {
      const send = () => sendRequest({ agent, host, path, body, timeoutMs });
      const reply = last.then(send, send);
      last = reply.catch(() => undefined);
      return reply.then((bytes) => parseReply(path, bytes));
    },
    close() {
      agent.destroy();
      socket.destroy();
    },
  };
}

/** Gives out the one connection once, and keeps it between requests; there is never a second. */
class OneSocketAgent extends Agent {
  #unused: TLSSocket | undefined;

  constructor(socket: TLSSocket) {
    super({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 });
    this.#unused = socket;
  }

  override createConnection(): Duplex {
    const socket = this.#unused;
    this.#unused = undefined;
    if (!socket || socket.destroyed) {
      throw connectionGone();
    }
    return socket;
  }
}

function connectionGone(): KidsIdError {
  return new KidsIdError('GATEWAY_UNREACHABLE', "the login's connection is gone");
}

interface HttpReply {
  readonly status: number | undefined;
  readonly body: Uint8Array;
}

async function sendRequest(options: {
  agent: OneSocketAgent;
  host: string;
  path: CardPath;
  body: object;
  timeoutMs: number;
}): Promise<HttpReply> {
  const body = Buffer.from(JSON.stringify(options.body));
  if (body.length > CARD_CHANNEL_MAX_BYTES) {
    throw new KidsIdError('MESSAGE_TOO_LARGE', 'request over its limit');
  }
  const deadline = AbortSignal.timeout(options.timeoutMs);
  try {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = startRequest({
      agent: options.agent,
      method: 'POST',
      path: options.path,
      headers: {
        host: options.host,
        'content-type': 'application/json',
        'content-length': body.length,
      },
      signal: deadline,
    });
    request.on('error', reject).on('response', resolve).end(body);
    const response = await promise;
    return { status: response.statusCode, body: await readBody(response) };
  } catch (cause) {
    if (cause instanceof KidsIdError) throw cause;
    throw new KidsIdError('GATEWAY_UNREACHABLE', 'connection to the gateway failed', { cause });
  }
}

async function readBody(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += (chunk as Buffer).length;
    if (length > CARD_CHANNEL_MAX_BYTES) {
      response.destroy();
      throw new KidsIdError('MESSAGE_TOO_LARGE', 'reply over its limit');
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function parseReply<Path extends CardPath>(path: Path, reply: HttpReply): CardReply<Path> {
  if (reply.status !== OK) {
    const { code } = parseJsonMessage(cardError, reply.body, CARD_CHANNEL_MAX_BYTES);
    throw new KidsIdError(code, 'gateway refused');
  }
  // One path has one schema: TypeScript cannot see that the two generics move together.
  const schema = CARD_CHANNEL[path].reply;
  return parseJsonMessage(schema, reply.body, CARD_CHANNEL_MAX_BYTES) as CardReply<Path>;
}
