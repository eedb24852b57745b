/**
 * The library's settings, read once at start from the environment and files. Every problem is reported at once, so that an
 * operator does not mend them one start at a time.
 */
import type { JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The private key with which this site proves itself to the gateway: an ES256 JWK with a `kid` (RFC 7517). */
export type ClientKey = JsonWebKey & { readonly kid: string };

/** One registration at the gateway: the name under which its operator wrote this site down, and the key that proves it. */
export interface Client {
  readonly id: string;
  readonly key: ClientKey;
}

/** Checked settings. */
export interface Config {
  /** Address to listen on; this machine only, unless the environment says otherwise. */
  readonly host: string;
  /** TCP port to listen on; 0 lets the system choose. */
  readonly port: number;
  /** Origin under which browsers reach this site, e.g. `https://library.localhost:8446`. */
  readonly publicUrl: URL;
  /** The gateway's issuer identifier, e.g. `https://gateway.localhost:8443`. */
  readonly issuer: URL;
  /** The client with which children and parents sign in. */
  readonly readers: Client;
  /** The client with which librarians sign in. */
  readonly desk: Client;
  /** Path of the SQLite file; it is made if it is not there. */
  readonly databaseFile: string;
  /** PEM texts. Absent: plain http, for use behind a proxy that ends TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/**
 * Reads and checks the settings.
 *
 * @throws {Error} One line for each setting that is missing or wrong. No message quotes a key.
 */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  const { HOST, PORT, PUBLIC_URL, ISSUER, TLS_KEY_FILE, TLS_CERT_FILE } = environment;
  const problems: string[] = [];
  const attempt = <T>(name: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : 'cannot be read'}`);
      return undefined;
    }
  };
  const attemptClient = (idName: string, keyName: string): Client | undefined => {
    const id = attempt(idName, () => required(environment[idName]));
    const key = attempt(keyName, () => parseClientKey(readText(environment[keyName])));
    return id !== undefined && key ? { id, key } : undefined;
  };

  const port = attempt('PORT', () => parsePort(PORT));
  const publicUrl = attempt('PUBLIC_URL', () => parseOrigin(PUBLIC_URL));
  const issuer = attempt('ISSUER', () => parseHttpsUrl(ISSUER));
  const readers = attemptClient('CLIENT_ID', 'CLIENT_KEY_FILE');
  const desk = attemptClient('DESK_CLIENT_ID', 'DESK_CLIENT_KEY_FILE');
  const databaseFile = attempt('LIBRARY_DB', () => parseDatabaseFile(environment));
  const tls = attempt('TLS_KEY_FILE, TLS_CERT_FILE', () => readTls(TLS_KEY_FILE, TLS_CERT_FILE));
  if (readers && readers.id === desk?.id) problems.push('DESK_CLIENT_ID: is the same as CLIENT_ID');

  if (problems.length > 0 || !publicUrl || !issuer || !readers || !desk || !databaseFile) {
    throw new Error(`The library cannot start:\n  ${problems.join('\n  ')}`);
  }
  return {
    host: HOST || '127.0.0.1',
    port: port ?? 0,
    publicUrl,
    issuer,
    readers,
    desk,
    databaseFile,
    ...(tls && { tls }),
  };
}

/**
 * The path of the database, `LIBRARY_DB`: all that the commands need.
 *
 * @throws {Error} When it is not set.
 */
export function parseDatabaseFile({ LIBRARY_DB }: NodeJS.ProcessEnv): string {
  return required(LIBRARY_DB);
}

function required(value: string | undefined): string {
  if (!value) throw new Error('is not set');
  return value;
}

function parsePort(value: string | undefined): number {
  const text = required(value);
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Error('must be a port number');
  return port;
}

function parseHttpsUrl(value: string | undefined): URL {
  const url = URL.parse(required(value));
  // Cookies, tokens and the card login are only worth something over TLS, also while developing.
  if (url?.protocol !== 'https:') throw new Error('must be an https:// address');
  return url;
}

function parseOrigin(value: string | undefined): URL {
  const url = parseHttpsUrl(value);
  if (url.href !== `${url.origin}/`) throw new Error('must be an origin, without a path');
  return url;
}

function readText(path: string | undefined): string {
  try {
    return readFileSync(required(path), 'utf8');
  } catch (error) {
    if (!path) throw error;
    throw new Error('names a file that cannot be read', { cause: error });
  }
}

function parseClientKey(text: string): ClientKey {
  let jwk: unknown;
  try {
    jwk = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which is a private key.
    throw new Error('must hold a JSON Web Key');
  }
  if (!isClientKey(jwk)) {
    throw new Error('must hold a private JSON Web Key for ES256 (EC, P-256, with "d" and "kid")');
  }
  return jwk;
}

function isClientKey(value: unknown): value is ClientKey {
  if (typeof value !== 'object' || value === null) return false;
  const jwk: Record<string, unknown> = { ...value };
  const strings = [jwk['x'], jwk['y'], jwk['d'], jwk['kid']];
  return jwk['kty'] === 'EC' && jwk['crv'] === 'P-256' && strings.every(isNonEmptyString);
}

function isNonEmptyString(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function readTls(keyFile: string | undefined, certFile: string | undefined): Config['tls'] {
  if (!keyFile && !certFile) return undefined;
  if (!keyFile || !certFile) throw new Error('set both of them, or neither');
  return { key: readText(keyFile), cert: readText(certFile) };
}
