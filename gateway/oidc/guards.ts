/**
 * What oidc-provider leaves open: it matches paths loosely, builds URLs from the Host header, resumes
 * whatever interaction its cookie names, and can leave a session behind. Each gap is closed here.
 */
import type Provider from 'oidc-provider';
import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { COOKIE_NAMES } from './configuration.ts';
import { DISCOVERY_PATHS } from './discovery.ts';
import { LOGOUT_PATH } from './logout.ts';

const PATHS: readonly string[] = [
  '/auth',
  '/par',
  '/token',
  '/userinfo',
  '/jwks',
  LOGOUT_PATH,
  ...DISCOVERY_PATHS,
];
const RESUME_PATH = /^\/auth\/([A-Za-z0-9_-]{1,64})$/;

type Guard = Parameters<Provider['use']>[0];

/** Adds the guards in front of the library's own routes, and `more` of them behind these. */
export function addGuards(
  provider: Provider,
  renderError: NonNullable<Configuration['renderError']>,
  more: readonly Guard[],
  morePaths: readonly string[] = [],
): void {
  provider.use(checkHost(new URL(provider.issuer).host));
  provider.use(checkPath(new Set([...PATHS, ...morePaths])));
  provider.use(checkResume(renderError));
  for (const guard of more) provider.use(guard);
  provider.on('interaction.ended', forgetSession);
}

/** RFC 9110 §15.5.20: nothing we answer may be made from a name that is not ours. */
function checkHost(host: string): Guard {
  return async (context, next) => {
    if (context.host === host) return next();
    context.status = 421;
  };
}

/** The library takes `/AUTH/` for `/auth`; checks in front of it would not. */
function checkPath(paths: ReadonlySet<string>): Guard {
  return async (context, next) => {
    const isOurs = paths.has(context.path) || RESUME_PATH.test(context.path);
    // HEAD would use up what userinfo gives once, and show none of it.
    const isUseless = context.path === '/userinfo' && context.method === 'HEAD';
    if (isOurs && !isUseless) return next();
    context.status = isOurs ? 405 : 404;
  };
}

/**
 * The interaction that is resumed is the one in the path: the library looks at its cookie only, and
 * whoever checks the browser in front of us looks at the path (design §2, "a cookie of our own").
 */
function checkResume(renderError: NonNullable<Configuration['renderError']>): Guard {
  return async (context, next) => {
    const uid = RESUME_PATH.exec(context.path)?.[1];
    if (!uid || context.cookies.get(COOKIE_NAMES.resume, { signed: true }) === uid) return next();
    const error = new errors.SessionNotFound('interaction of another login');
    context.status = error.statusCode;
    const { error: code, error_description } = error;
    await renderError(context as KoaContextWithOIDC, { error: code, error_description }, error);
  };
}

/** A destroyed session is neither saved nor sent as a cookie; the request at hand still sees it. */
function forgetSession({ oidc }: KoaContextWithOIDC): void {
  if (oidc.session) Object.assign(oidc.session, { destroyed: true });
}
