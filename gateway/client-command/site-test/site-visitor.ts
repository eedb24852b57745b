/**
 * A browser reduced to cookies and requests, that goes to a site under test. `*.localhost` is this
 * machine (RFC 6761 §6.3); the site's certificate is checked.
 */
import { lookup as systemLookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { getCACertificates } from 'node:tls';

const DEADLINE_MS = 10_000;
const MAX_BODY_BYTES = 1_048_576;
const MAX_HOPS = 10;

/** What came back for one address. */
export interface Visit {
  readonly url: URL;
  readonly status: number;
  readonly location: URL | undefined;
  readonly text: string;
  /** The worst status on the way here. */
  readonly worstStatus: number;
}

export interface Visitor {
  /** One request; follows nothing. */
  get(url: URL): Promise<Visit>;
  /** Follows redirects until a page, or an address for which `stopAt` holds, which is not asked for. */
  follow(url: URL, stopAt: (url: URL) => boolean): Promise<Visit>;
  /** The same browser as it is now: what happens to one does not happen to the other. */
  copy(): Visitor;
}

/** The site cannot be reached, or not within 10 s. */
export class VisitError extends Error {
  override readonly name = 'VisitError';
}

type Cookies = Map<string, Map<string, string>>;

/** Opens a browser without cookies. `ca` is trusted beside the system's authorities. */
export function openVisitor(options: { ca?: string }, cookies: Cookies = new Map()): Visitor {
  async function get(url: URL): Promise<Visit> {
    const jar = cookies.get(url.hostname) ?? new Map<string, string>();
    cookies.set(url.hostname, jar);
    const response = await exchange(url, jar, options.ca);
    for (const line of response.headers['set-cookie'] ?? []) keepCookie(jar, line);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    const isRedirect = status >= 300 && status < 400 && location !== undefined;
    const target = isRedirect ? (URL.parse(location, url.href) ?? undefined) : undefined;
    return { url, status, location: target, text: await readText(response), worstStatus: status };
  }

  return {
    get,
    async follow(start, stopAt) {
      let worstStatus = 0;
      let url = start;
      for (let hops = 0; hops < MAX_HOPS; hops += 1) {
        const visit = await get(url);
        worstStatus = Math.max(worstStatus, visit.status);
        if (!visit.location) return { ...visit, worstStatus };
        url = visit.location;
        if (stopAt(url)) return { ...visit, url, worstStatus };
      }
      throw new VisitError(`${start.origin}${start.pathname} redirects without an end`);
    },
    copy: () => openVisitor(options, structuredClone(cookies)),
  };
}

function exchange(
  url: URL,
  jar: ReadonlyMap<string, string>,
  ca: string | undefined,
): Promise<IncomingMessage> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const common: RequestOptions = {
    headers: { accept: 'text/html,*/*', ...(cookie && { cookie }) },
    lookup: lookupLocalhost,
    signal: AbortSignal.timeout(DEADLINE_MS),
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      const code = 'code' in cause ? String(cause.code) : cause.name;
      reject(new VisitError(`${url.origin} cannot be reached (${code})`, { cause }));
    };
    const outgoing =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...common, ...(ca && { ca: [...getCACertificates(), ca] }) }, resolve)
        : httpRequest(url, common, resolve);
    outgoing.on('error', fail);
    outgoing.end();
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      const data = Buffer.from(chunk);
      bytes += data.length;
      if (bytes > MAX_BODY_BYTES) throw new VisitError('a page is larger than 1 MiB');
      chunks.push(data);
    }
  } catch (cause) {
    if (cause instanceof VisitError) throw cause;
    throw new VisitError('a page broke off', { cause });
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Path and Domain are left out: a site under test is one host. */
function keepCookie(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';');
  const [, name, value] = /^\s*([^=]+?)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
  if (name === undefined || value === undefined) return;
  const isGone = attributes.some((attribute) => {
    const [, key, text = ''] = /^\s*([^=]+)=(.*)$/.exec(attribute) ?? [];
    if (/^max-age$/i.test(key ?? '')) return Number(text) <= 0;
    return /^expires$/i.test(key ?? '') && Date.parse(text) < Date.now();
  });
  if (isGone) jar.delete(name);
  else jar.set(name, value);
}

const lookupLocalhost: LookupFunction = (hostname, options, callback) => {
  const name = /\.localhost$/i.test(hostname) ? '127.0.0.1' : hostname;
  systemLookup(name, options, callback);
};
