/**
 * RP-initiated log-out (OpenID Connect RP-Initiated Logout 1.0). We keep no session that could end: the
 * site hears it on its back channel, and the person goes back to the site or reads a page. The library's
 * own endpoint keeps its question to the person in a session, with an inline script; so this is ours.
 */
import { decodeJwt } from 'jose';
import type Provider from 'oidc-provider';
import { type Client, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { BackChannelLogout } from './back-channel-logout.ts';
import type { ConfigurationOptions } from './configuration.ts';
import type { Logger } from './events.ts';

/** Where sites send the browser to log out. */
export const LOGOUT_PATH = '/logout';

const MAX_BODY_BYTES = 16_384;
const PARAMETERS: readonly string[] = [
  'id_token_hint',
  'logout_hint',
  'client_id',
  'post_logout_redirect_uri',
  'state',
  'ui_locales',
];

type Guard = Parameters<Provider['use']>[0];
type Context = Parameters<Guard>[0];

/** What the page after a log-out says. */
export interface LoggedOutPage {
  /** As `accept-language` and `ui_locales` have it, best first. */
  readonly languages: readonly string[];
  /** The site, when the request said which. */
  readonly clientId?: string;
  /** Where to go on: an address that the site registered for this. */
  readonly backUrl?: string;
}

export interface LogoutDeps {
  readonly provider: Provider;
  readonly backChannel: BackChannelLogout;
  readonly renderError: ConfigurationOptions['renderError'];
  /** A whole page, as HTML. */
  readonly renderLoggedOut: (page: LoggedOutPage) => string;
  readonly logger: Logger;
}

/** Creates the guard that answers GET and POST of {@link LOGOUT_PATH}. */
export function createLogoutGuard(deps: LogoutDeps): Guard {
  return async (context, next) => {
    if (context.path !== LOGOUT_PATH) return next();
    context.set('cache-control', 'no-store');
    if (context.method !== 'GET' && context.method !== 'POST') {
      context.status = 405;
      context.set('allow', 'GET, POST');
      return;
    }
    try {
      await logOut(context, deps);
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      const { error: code, error_description: reason } = error;
      deps.logger.info({ event: 'end_session.error', error: code, reason }, 'openid refusal');
      context.status = error.statusCode;
      const out = { error: code, ...(reason !== undefined && { error_description: reason }) };
      await deps.renderError(context as KoaContextWithOIDC, out, error);
    }
  };
}

async function logOut(context: Context, deps: LogoutDeps): Promise<void> {
  const parameters = await readParameters(context);
  const { id_token_hint: hint, post_logout_redirect_uri: target, state } = parameters;
  const { client, sub } = await identify(deps.provider, hint, parameters['client_id']);
  if (client && target !== undefined && !client.postLogoutRedirectUriAllowed(target)) {
    throw new errors.InvalidRequest('post_logout_redirect_uri not registered');
  }
  const clientId = client?.clientId;
  deps.logger.info({ event: 'end_session.success', clientId }, 'openid step');
  if (clientId !== undefined && sub !== undefined) await deps.backChannel.tell(clientId, sub);
  const backUrl = client && target !== undefined ? withState(target, state) : undefined;
  // Without a hint anybody may have sent the person here: where to go on is theirs to choose (§2).
  if (backUrl !== undefined && sub !== undefined) {
    context.status = 303;
    return context.redirect(backUrl);
  }
  const asked = (parameters['ui_locales'] ?? '').split(' ').filter(Boolean);
  context.type = 'html';
  context.body = deps.renderLoggedOut({
    languages: [...asked, ...[context.acceptsLanguages()].flat().filter((tag) => tag !== '*')],
    ...(clientId !== undefined && { clientId }),
    ...(backUrl !== undefined && { backUrl }),
  });
}

/** Who asks, and for whom; the person only where an ID token of ours, expired or not, names them. */
async function identify(
  provider: Provider,
  hint: string | undefined,
  clientId: string | undefined,
): Promise<{ client?: Client; sub?: string }> {
  if (hint === undefined) {
    if (clientId === undefined) return {};
    const client = await provider.Client.find(clientId);
    if (!client) throw new errors.InvalidClient('client is invalid', 'client not found');
    return { client };
  }
  const audience = audienceOf(hint);
  if (clientId !== undefined && clientId !== audience) {
    throw new errors.InvalidRequest('client_id does not match the provided id_token_hint');
  }
  const client = await provider.Client.find(audience);
  if (!client)
    throw new errors.InvalidClient('unrecognized id_token_hint audience', 'client not found');
  const { payload } = await provider.IdToken.validate(hint, client).catch((cause: unknown) => {
    throw new errors.InvalidRequest('could not validate id_token_hint', undefined, { cause });
  });
  return { client, sub: String(payload['sub']) };
}

function audienceOf(hint: string): string {
  let audience: unknown;
  try {
    audience = decodeJwt(hint).aud;
  } catch (cause) {
    throw new errors.InvalidRequest('could not decode id_token_hint', undefined, { cause });
  }
  if (typeof audience !== 'string')
    throw new errors.InvalidRequest('id_token_hint names no client');
  return audience;
}

function withState(target: string, state: string | undefined): string {
  if (state === undefined) return target;
  const url = new URL(target);
  url.searchParams.set('state', state);
  return url.href;
}

/** Each at most once (RFC 6749 §3.1); what is not known is ignored, and so is an empty one. */
async function readParameters(context: Context) {
  const isForm = context.method === 'POST';
  const given = new URLSearchParams(isForm ? await readForm(context) : context.querystring);
  const parameters: Record<string, string | undefined> = {};
  for (const name of PARAMETERS) {
    const values = given.getAll(name);
    if (values.length > 1)
      throw new errors.InvalidRequest(`'${name}' parameter must not be provided twice`);
    if (values[0]) parameters[name] = values[0];
  }
  return parameters;
}

async function readForm(context: Context): Promise<string> {
  if (!context.is('urlencoded')) {
    throw new errors.InvalidRequest('only application/x-www-form-urlencoded is taken');
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of context.req as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new errors.InvalidRequest('request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
