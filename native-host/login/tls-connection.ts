/**
 * One TLS connection to a gateway's origin: straight, or through the HTTP proxy that the environment names;
 * certificate checked against the system's roots and the CA of the gateway's own entry, one ALPN protocol, no
 * resumption. What is said over it is not here.
 */
import { readFileSync } from 'node:fs';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import {
  connect as connectTls,
  getCACertificates,
  type SecureVersion,
  type TLSSocket,
} from 'node:tls';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { Gateway } from '../gateways.ts';
import { BY_NAME } from './connect-by-name.ts';
import { findProxy, type Target, targetOf } from './proxy.ts';
import { openTunnel } from './proxy-tunnel.ts';

/** How long each step may take: the connection or the tunnel, then TLS. */
const STEP_TIMEOUT_MS = 10_000;

/** Failures of the network below TLS; all others are the other end's certificate or protocol. */
const NETWORK_CODES = new Set([
  ...['EACCES', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'ECONNABORTED'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH'],
  ...['ENETRESET', 'ENOTFOUND', 'EPERM', 'EPIPE', 'ETIMEDOUT'],
]);

/**
 * The roots for one gateway: the system's own store (what `--use-system-ca` would add to Node's, so the flag is not
 * needed), the bundled ones where a system has none, those of NODE_EXTRA_CA_CERTS, and the CA of the gateway's entry.
 * Launchers unset NODE_EXTRA_CA_CERTS, which costs 100 ms at each start: name the CA with `trust --ca` instead.
 * Reading the system's costs some 60 ms: done when a login starts, not before.
 * @throws {KidsIdError} GATEWAY_UNTRUSTED when the entry names a CA that cannot be read
 */
export function loadRoots(gateway: Gateway): string[] {
  const system = getCACertificates('system');
  const known = system.length > 0 ? system : getCACertificates('bundled');
  const roots = [...new Set([...known, ...getCACertificates('extra')])];
  if (gateway.certificateAuthority === undefined) return roots;
  try {
    return [...roots, readFileSync(gateway.certificateAuthority, 'utf8')];
  } catch (cause) {
    throw new KidsIdError('GATEWAY_UNTRUSTED', "gateway's CA cannot be read", { cause });
  }
}

/** What a connection shall be. */
export interface TlsConnectionOptions {
  readonly origin: string;
  readonly roots: string[];
  readonly alpn: string;
  readonly minVersion: SecureVersion;
  readonly signal: AbortSignal;
  /** Where proxies are named; this process's by default. */
  readonly env?: NodeJS.ProcessEnv;
  /** How long each step may take; 10 s by default. */
  readonly stepTimeoutMs?: number;
}

/**
 * Connects to an origin's host and port (443 where it names none). The caller destroys the socket.
 * @throws {KidsIdError} GATEWAY_UNREACHABLE when the network or a proxy fails (then with a ProxyError), or a step takes
 * longer than 10 s; GATEWAY_UNTRUSTED for a certificate, TLS version or ALPN protocol that is not as asked, or a
 * resumed session; the signal's reason when that is aborted
 */
export async function openTlsConnection(options: TlsConnectionOptions): Promise<TLSSocket> {
  const { signal, env = process.env, stepTimeoutMs: timeoutMs = STEP_TIMEOUT_MS } = options;
  const target = targetOf(options.origin);
  signal.throwIfAborted();
  const setting = findProxy(target, env);
  const transport = setting
    ? await openTunnel({ setting, target, timeoutMs, signal })
    : await openDirect(target, { timeoutMs, signal });
  return startTls(transport, { ...options, target, timeoutMs });
}

interface Step {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

function openDirect(target: Target, step: Step): Promise<Socket> {
  const socket = connectTcp({ ...target, ...BY_NAME });
  return settle(socket, 'connect', step);
}

async function startTls(
  transport: Socket,
  options: TlsConnectionOptions & { target: Target; timeoutMs: number },
): Promise<TLSSocket> {
  const { target, alpn } = options;
  const tls = connectTls({
    socket: transport,
    host: target.host,
    // RFC 6066 §3: server_name is never an address.
    ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
    ca: options.roots,
    ALPNProtocols: [alpn],
    minVersion: options.minVersion,
    maxVersion: 'TLSv1.3',
  });
  tls.once('close', () => transport.destroy());
  await settle(tls, 'secureConnect', options);
  if (tls.alpnProtocol === alpn && !tls.isSessionReused()) return tls;
  tls.destroy();
  throw new KidsIdError('GATEWAY_UNTRUSTED', 'connection of another protocol, or resumed');
}

/** Waits for a socket to be ready; it is destroyed when it is not. */
function settle<Kind extends Socket>(socket: Kind, event: string, step: Step): Promise<Kind> {
  const { promise, resolve, reject } = Promise.withResolvers<Kind>();
  const fail = (error: unknown) => {
    socket.destroy();
    reject(error);
  };
  const onAbort = () => fail(step.signal.reason);
  const timer = setTimeout(
    () => fail(new KidsIdError('GATEWAY_UNREACHABLE', 'gateway did not answer in time')),
    step.timeoutMs,
  );
  step.signal.addEventListener('abort', onAbort, { once: true });
  if (step.signal.aborted) onAbort();
  // Stays after the promise is settled: a socket that fails later must not end the process.
  socket.on('error', (cause) => fail(wrapSocketError(cause)));
  socket.once(event, () => resolve(socket));
  return promise.finally(() => {
    clearTimeout(timer);
    step.signal.removeEventListener('abort', onAbort);
  });
}

function wrapSocketError(cause: NodeJS.ErrnoException): KidsIdError {
  if (NETWORK_CODES.has(cause.code ?? '')) {
    return new KidsIdError('GATEWAY_UNREACHABLE', 'gateway cannot be reached', { cause });
  }
  return new KidsIdError('GATEWAY_UNTRUSTED', 'no TLS connection as the gateway has it', { cause });
}
