/**
 * An HTTP server in front of anything that answers, an OCSP responder or a file, which fails on
 * demand. TEST ONLY. What is wrong inside an answer (signer, dates, nonce) is not made here.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * `held`: no answer before {@link FaultServer.release}; `dead`: the connection is closed;
 * `cut-off`: the connection ends in the middle of the body; `short`: half the body, called whole;
 * `huge`: the body and then zero bytes without end; `trickle`: one byte a second; `loop`: a redirect
 * to itself.
 */
export type Fault =
  | 'none'
  | 'held'
  | 'dead'
  | 'cut-off'
  | 'short'
  | 'huge'
  | 'trickle'
  | 'http-500'
  | 'loop'
  | 'garbage'
  | 'empty';

/** What the server would say if nothing were wrong. */
export type Upstream = (request: {
  path: string;
  body: Uint8Array;
  contentType: string | undefined;
}) => Promise<{ contentType: string; body: Uint8Array }>;

export interface FaultServer {
  /** `http://127.0.0.1:<port>/` */
  readonly url: string;
  /** How many requests came in. */
  readonly requestCount: number;
  setFault(fault: Fault): void;
  /** Resolves when so many requests have come in since the start. */
  waitForRequests(count: number): Promise<void>;
  /** Answers what was held, rightly. */
  release(): void;
  stop(): Promise<void>;
}

const MAX_REQUEST_BYTES = 16_384;
const TRICKLE_MS = 1000;

/** Starts a server on loopback, on a free port, without a fault. */
export async function startFaultServer(upstream: Upstream): Promise<FaultServer> {
  let fault: Fault = 'none';
  let requestCount = 0;
  const timers = new Set<NodeJS.Timeout>();
  const held: (() => void)[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const current = fault;
      const answer = await upstream({
        path: request.url ?? '',
        body: await readBody(request),
        contentType: request.headers['content-type'],
      });
      response.setHeader('content-type', answer.contentType);
      const send = () => void response.end(answer.body);
      if (current === 'held') held.push(send);
      requestCount += 1;
      for (const { count, resolve } of waiting) if (requestCount >= count) resolve();
      if (current === 'none') return send();
      if (current === 'held') return;
      const timer = fail({ fault: current, request, response, body: answer.body });
      if (timer) timers.add(timer);
    })().catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    get requestCount() {
      return requestCount;
    },
    setFault(next) {
      fault = next;
    },
    waitForRequests(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (requestCount >= count) resolve();
      else waiting.push({ count, resolve });
      return promise;
    },
    release() {
      for (const send of held.splice(0)) send();
    },
    stop() {
      for (const timer of timers) clearInterval(timer);
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** An upstream that passes requests on to another server. */
export function forwardTo(url: string): Upstream {
  return async ({ body, contentType }) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType ?? '' },
      body: Uint8Array.from(body),
    });
    return {
      contentType: response.headers.get('content-type') ?? '',
      body: new Uint8Array(await response.arrayBuffer()),
    };
  };
}

function fail(options: {
  fault: Fault;
  request: IncomingMessage;
  response: ServerResponse;
  body: Uint8Array;
}): NodeJS.Timeout | undefined {
  const { fault, request, response, body } = options;
  const half = body.subarray(0, body.length >> 1);
  switch (fault) {
    case 'dead':
      request.socket.destroy();
      return undefined;
    case 'cut-off':
      response.setHeader('content-length', body.length);
      response.write(half, () => request.socket.destroy());
      return undefined;
    case 'short':
      response.end(half);
      return undefined;
    case 'huge':
      sendWithoutEnd(response, body);
      return undefined;
    case 'trickle':
      return trickle(response, body);
    case 'loop':
      response.writeHead(307, { location: request.url }).end();
      return undefined;
    case 'garbage':
      response.end(Buffer.alloc(500, 0xa5));
      return undefined;
    case 'empty':
      response.end();
      return undefined;
    default:
      response.writeHead(500).end();
      return undefined;
  }
}

function sendWithoutEnd(response: ServerResponse, body: Uint8Array): void {
  const zeros = Buffer.alloc(65_536);
  const more = (): void => {
    while (!response.destroyed && response.write(zeros));
  };
  response.on('drain', more);
  response.write(body);
  more();
}

function trickle(response: ServerResponse, body: Uint8Array): NodeJS.Timeout {
  let at = 0;
  const next = (): void => void response.write(body.subarray(at, ++at));
  next();
  return setInterval(next, TRICKLE_MS);
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_REQUEST_BYTES) throw new RangeError('request too large');
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}
