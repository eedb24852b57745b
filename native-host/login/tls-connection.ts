/**
 * One TLS connection to a gateway's origin: certificate checked against the system's roots and the CA of the
 * gateway's own entry, one ALPN protocol, no resumption. What is said over it is not here.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { connect, getCACertificates, type SecureVersion, type TLSSocket } from 'node:tls';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import type { Gateway } from '../gateways.ts';
import { lookupHost } from './loopback-lookup.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const HTTPS_PORT = 443;

/** Failures of the network below TLS; all others are the other end's certificate or protocol. */
const NETWORK_CODES = new Set([
  ...['EACCES', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'ECONNABORTED'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH'],
  ...['ENETRESET', 'ENOTFOUND', 'EPERM', 'EPIPE', 'ETIMEDOUT'],
]);

/**
 * The roots for one gateway. Reading the system's costs some 60 ms: done when a login starts, not before.
 * @throws {KidsIdError} GATEWAY_UNTRUSTED when the entry names a CA that cannot be read
 */
export function loadRoots(gateway: Gateway): string[] {
  const system = getCACertificates('system');
  const roots = system.length > 0 ? system : getCACertificates('bundled');
  if (gateway.certificateAuthority === undefined) return roots;
  try {
    return [...roots, readFileSync(gateway.certificateAuthority, 'utf8')];
  } catch (cause) {
    throw new KidsIdError('GATEWAY_UNTRUSTED', "gateway's CA cannot be read", { cause });
  }
}

/**
 * Connects to an origin's host and port (443 where it names none). The caller destroys the socket.
 * @throws {KidsIdError} GATEWAY_UNREACHABLE when the network fails or takes longer than 10 s,
 * GATEWAY_UNTRUSTED for a certificate, TLS version or ALPN protocol that is not as asked, or a resumed
 * session; the signal's reason when that is aborted
 */
export function openTlsConnection(options: {
  origin: string;
  roots: string[];
  alpn: string;
  minVersion: SecureVersion;
  signal: AbortSignal;
}): Promise<TLSSocket> {
  const { hostname, port } = new URL(options.origin);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  options.signal.throwIfAborted();
  const socket = connect({
    host,
    port: port === '' ? HTTPS_PORT : Number(port),
    // RFC 6066 §3: server_name is never an address.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    lookup: lookupHost,
    ca: options.roots,
    ALPNProtocols: [options.alpn],
    minVersion: options.minVersion,
    maxVersion: 'TLSv1.3',
  });
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const fail = (error: unknown) => {
    socket.destroy();
    reject(error);
  };
  const onAbort = () => fail(options.signal.reason);
  const timer = setTimeout(
    () => fail(new KidsIdError('GATEWAY_UNREACHABLE', 'gateway did not answer in time')),
    CONNECT_TIMEOUT_MS,
  );
  options.signal.addEventListener('abort', onAbort, { once: true });
  // Stays after the promise is settled: a socket that fails later must not end the process.
  socket.on('error', (cause) => fail(wrapTlsError(cause)));
  socket.once('secureConnect', () => {
    if (socket.alpnProtocol === options.alpn && !socket.isSessionReused()) resolve(socket);
    else fail(new KidsIdError('GATEWAY_UNTRUSTED', 'connection of another protocol, or resumed'));
  });
  return promise.finally(() => {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', onAbort);
  });
}

function wrapTlsError(cause: NodeJS.ErrnoException): KidsIdError {
  if (NETWORK_CODES.has(cause.code ?? '')) {
    return new KidsIdError('GATEWAY_UNREACHABLE', 'gateway cannot be reached', { cause });
  }
  return new KidsIdError('GATEWAY_UNTRUSTED', 'no TLS connection as the gateway has it', { cause });
}
