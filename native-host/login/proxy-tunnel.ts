/** A tunnel through an HTTP proxy (CONNECT, RFC 9110 §9.3.6). What is said through it is TLS, and not here. */
import { request as startRequest } from 'node:http';
import type { Socket } from 'node:net';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { BY_NAME } from './connect-by-name.ts';
import type { ProxySetting, Target } from './proxy.ts';

/**
 * What was wrong with a proxy, for people who mend it: `unusable` (not an `http://` one), `unreachable`, `silent` (no
 * answer in time), `credentials` (407: it wants a user name and password, or others), `refused` (any other answer
 * than 2xx), `malformed`.
 */
export const PROXY_FAILURES = [
  'unusable',
  'unreachable',
  'silent',
  'credentials',
  'refused',
  'malformed',
] as const;
export type ProxyFailure = (typeof PROXY_FAILURES)[number];

/** The cause of a GATEWAY_UNREACHABLE that a proxy is to blame for. Holds no address and no credentials. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly failure: ProxyFailure;
  /** The proxy's HTTP status, where it gave one. */
  readonly status: number | undefined;

  constructor(failure: ProxyFailure, status?: number) {
    super(`proxy: ${failure}`);
    this.failure = failure;
    this.status = status;
  }
}

/** What was wrong with the proxy, `undefined` where it was something else. */
export function findProxyFailure(error: unknown): ProxyError | undefined {
  let cause = error;
  while (cause instanceof Error) {
    if (cause instanceof ProxyError) return cause;
    cause = cause.cause;
  }
  return undefined;
}

const PROXY_AUTHENTICATION_REQUIRED = 407;

/**
 * Opens a tunnel to a target. The caller destroys the socket.
 * @throws {KidsIdError} GATEWAY_UNREACHABLE, with a {@link ProxyError}; the signal's reason
 */
export async function openTunnel(options: {
  setting: ProxySetting;
  target: Target;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<Socket> {
  const { setting } = options;
  try {
    if (setting.kind === 'unusable') throw new ProxyError('unusable');
    return await connectThrough(setting, options);
  } catch (cause) {
    if (!(cause instanceof ProxyError)) throw cause;
    throw new KidsIdError('GATEWAY_UNREACHABLE', 'no way through the proxy', { cause });
  }
}

function connectThrough(
  { proxy, authorization }: Extract<ProxySetting, { kind: 'http' }>,
  options: { target: Target; timeoutMs: number; signal: AbortSignal },
): Promise<Socket> {
  const { target, timeoutMs, signal } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const authority = authorityOf(target);
  const request = startRequest({
    method: 'CONNECT',
    host: proxy.host,
    port: proxy.port,
    ...BY_NAME,
    path: authority,
    agent: false,
    headers: {
      host: authority,
      ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
    },
  });
  const fail = (error: unknown) => {
    reject(error);
    request.destroy();
  };
  const onAbort = () => fail(signal.reason);
  const timer = setTimeout(() => fail(new ProxyError('silent')), timeoutMs);
  signal.addEventListener('abort', onAbort, { once: true });
  request.on('error', (error) => fail(judgeError(error)));
  // An answer to CONNECT comes as 'connect' whatever its status.
  request.once('connect', ({ statusCode: status = 0 }, socket, head) => {
    const failure = judgeAnswer(status, head);
    socket.on('error', () => undefined);
    if (failure) {
      socket.destroy();
      fail(failure);
    } else resolve(socket as Socket);
  });
  request.end();
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  });
}

/** The far end of a tunnel does not speak first in TLS: bytes behind the answer are not its own. */
function judgeAnswer(status: number, head: Uint8Array): ProxyError | undefined {
  if (status === PROXY_AUTHENTICATION_REQUIRED) return new ProxyError('credentials', status);
  if (status < 200 || status > 299) return new ProxyError('refused', status);
  return head.length === 0 ? undefined : new ProxyError('malformed', status);
}

/** Node's parser names what it cannot read HPE_…; the rest is the network, or a proxy that hung up. */
function judgeError(error: NodeJS.ErrnoException): ProxyError {
  return new ProxyError(error.code?.startsWith('HPE_') ? 'malformed' : 'unreachable');
}

function authorityOf({ host, port }: Target): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
