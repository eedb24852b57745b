/**
 * Which HTTP proxy the environment names for a connection: HTTPS_PROXY and NO_PROXY, as curl and Go read them. The
 * desktop's own settings and proxy scripts (PAC) are not read.
 */
import { isIP } from 'node:net';

/** Where a connection goes: a host name or address without brackets, and a port. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * A proxy as it is set. Only `http://` ones are used: the tunnel through them is TLS from end to end all the same.
 * `https://` and `socks5://` ones, and what is no URL, are `unusable`: nothing goes past a proxy that is set.
 */
export type ProxySetting =
  | {
      readonly kind: 'http';
      readonly proxy: Target;
      /** Value of Proxy-Authorization (RFC 7617); never logged, never shown. */
      readonly authorization: string | undefined;
    }
  | { readonly kind: 'unusable' };

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

/** Host and port of an origin; 443 where it names none. */
export function targetOf(origin: string): Target {
  const { hostname, port } = new URL(origin);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? HTTPS_PORT : Number(port),
  };
}

/**
 * Finds the proxy for a target, `undefined` where none is set or NO_PROXY names the target. The lower-case variable
 * wins; a value without a scheme is an `http://` one. Names of this machine never go through a proxy.
 */
export function findProxy(target: Target, env: NodeJS.ProcessEnv): ProxySetting | undefined {
  const setting = (env['https_proxy'] ?? env['HTTPS_PROXY'] ?? '').trim();
  if (setting === '' || isLoopback(target.host)) return undefined;
  if (isExempt(target, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  return parseProxy(setting);
}

/** `localhost`, every name under it (RFC 6761 §6.3), and the loopback addresses. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost' || host.endsWith('.localhost');
}

/**
 * Entries are parted by commas or spaces: `*` is every host; `host` is it and all names under it; `.suffix` and
 * `*.suffix` are all names under it; an address is itself; `:port` behind any of them limits it to that port.
 */
function isExempt(target: Target, list: string): boolean {
  const entries = list.toLowerCase().split(/[\s,]+/);
  return entries.some((entry) => entry !== '' && isNamedBy(target, entry));
}

function isNamedBy({ host, port }: Target, entry: string): boolean {
  const { name, onlyPort } = splitPort(entry);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (name === '*') return true;
  const suffix = name.replace(/^\*?\./, '.');
  if (suffix.startsWith('.')) return host.endsWith(suffix);
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

function splitPort(entry: string): { name: string; onlyPort: number | undefined } {
  if (isIP(entry) === 6) return { name: entry, onlyPort: undefined };
  const [, name = entry, port] = /^(.*?)(?::(\d{1,5}))?$/.exec(entry) ?? [];
  return {
    name: name.replace(/^\[(.*)\]$/, '$1'),
    onlyPort: port === undefined ? undefined : Number(port),
  };
}

function parseProxy(setting: string): ProxySetting {
  const text = setting.includes('://') ? setting : `http://${setting}`;
  const url = URL.parse(text);
  if (url?.protocol !== 'http:') return { kind: 'unusable' };
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? HTTP_PORT : Number(url.port);
  try {
    return { kind: 'http', proxy: { host, port }, authorization: basicCredentials(url) };
  } catch {
    return { kind: 'unusable' };
  }
}

/** @throws {URIError} for a stray `%` */
function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
