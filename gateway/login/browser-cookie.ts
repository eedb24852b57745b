/**
 * The cookie of our own that ties an interaction to one browser (design §2): `__Host-` keeps sibling
 * subdomains and plain http from planting one, which oidc-provider's path-scoped cookies cannot.
 * Only its hash is stored.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { KidsIdError } from '../protocol/errors.ts';
import type { Store } from '../store/store.ts';

const COOKIE = '__Host-kids-id';
const LIFETIME_SECONDS = 600;
const TABLE = 'browser';

/** Values set on a response before the browser could send them back. */
const issued = new WeakMap<IncomingMessage, string>();

/** SHA-256 of a secret in base64url: what is stored and compared in its place. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** 256 random bits in base64url. */
export function createSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** At /auth: keeps the browser's cookie or makes one, and lets it last from now. */
export function ensureBrowserCookie(request: IncomingMessage, response: ServerResponse): void {
  const value = findCookie(request) ?? createSecret();
  issued.set(request, value);
  response.appendHeader(
    'set-cookie',
    `${COOKIE}=${value}; Path=/; Max-Age=${LIFETIME_SECONDS}; Secure; HttpOnly; SameSite=Lax`,
  );
}

/** When an interaction starts: remembers which browser it belongs to. */
export async function bindInteraction(options: {
  store: Store;
  request: IncomingMessage;
  uid: string;
  now: Date;
}): Promise<void> {
  const value = issued.get(options.request);
  if (!value) throw new TypeError('interaction started without ensureBrowserCookie');
  const expiresAt = new Date(options.now.getTime() + LIFETIME_SECONDS * 1_000);
  await options.store.put(TABLE, options.uid, { cookie: hashSecret(value) }, expiresAt);
}

/** Tells whether an interaction waits still, in whatever browser. */
export async function isBound(store: Store, uid: string): Promise<boolean> {
  return (await store.find(TABLE, uid)) !== undefined;
}

/**
 * Checks that a request comes from the browser that started the interaction, and returns the hash
 * of its cookie. Asked at the login page, ticket, completion and resume.
 * @throws {KidsIdError} LOGIN_EXPIRED without such an interaction, LOGIN_OTHER_BROWSER otherwise.
 */
export async function checkBrowser(options: {
  store: Store;
  request: IncomingMessage;
  uid: string;
}): Promise<string> {
  const bound = await options.store.find(TABLE, options.uid);
  if (!bound) throw new KidsIdError('LOGIN_EXPIRED', 'no such login any more');
  const value = findCookie(options.request);
  const cookie = value && hashSecret(value);
  if (!cookie || cookie !== bound['cookie']) {
    throw new KidsIdError('LOGIN_OTHER_BROWSER', 'login belongs to another browser');
  }
  return cookie;
}

/** The value of our cookie, as {@link checkBrowser} reads it: what only this browser knows. */
export function browserSecretOf(request: IncomingMessage): string | undefined {
  return findCookie(request);
}

/**
 * The cookie, when there is exactly one of that name and it has our form. Only spaces and tabs stand
 * between pairs (RFC 6265 §4.2.1): `trim()` would also take a no-break space off a name, which a
 * sibling subdomain may plant, because to a browser that name has no `__Host-` prefix.
 */
function findCookie(request: IncomingMessage): string | undefined {
  const values = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.replace(/^[ \t]+/, ''))
    .filter((pair) => pair.startsWith(`${COOKIE}=`))
    .map((pair) => pair.slice(COOKIE.length + 1));
  const [value] = values;
  return values.length === 1 && value && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined;
}
