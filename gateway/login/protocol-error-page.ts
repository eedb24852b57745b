/** The page for what oidc-provider cannot send back to the site: its words go to the log, not to the person. */
import type { ClientRegistry } from '../oidc/clients.ts';
import { describeProtocolError } from '../oidc/error-codes.ts';
import type { OpenIdOptions } from '../oidc/provider.ts';
import { KidsIdError } from '../protocol/errors.ts';
import { pickLanguage } from '../texts/texts.ts';
import { HTTP_STATUS } from './http-status.ts';
import { renderMessagePage } from './message-page.ts';
import { siteOriginOf } from './site-origin.ts';
import type { KnownSite, WrongTurns } from './wrong-turns.ts';

type RenderError = OpenIdOptions['renderError'];
type Context = Parameters<RenderError>[0];

/**
 * Fits oidc-provider's `renderError`. The way back is the site that the login was for, else the one whose
 * registered name the request bears: never an address that came with the request.
 */
export function createProtocolErrorPage(deps: {
  wrongTurns: WrongTurns;
  clients: ClientRegistry;
}): RenderError {
  const { wrongTurns, clients } = deps;
  return async (context, _fields, error) => {
    const { code: mapped, protocolName } = describeProtocolError(error);
    const turn = await wrongTurns.describe(context.req, new KidsIdError(mapped, 'protocol error'));
    const { code, isAnswered } = turn;
    const site = turn.site ?? findSite(context, clients);
    const asked = turn.language ? [turn.language] : askedLanguages(context);
    const language = pickLanguage([...asked, ...context.acceptsLanguages()]);
    if (error instanceof KidsIdError) context.status = HTTP_STATUS[code];
    context.set('cache-control', 'no-store');
    context.type = 'html';
    context.body = renderMessagePage({
      language,
      code,
      isAnswered,
      ...(site && { backUrl: site.origin, siteName: site.name }),
      // Whoever comes a second time has made no mistake, and neither has the site.
      ...(protocolName && code.startsWith('SITE_') && { protocolName }),
    });
  };
}

function findSite({ oidc }: Context, clients: ClientRegistry): KnownSite | undefined {
  const client = oidc?.client && clients.find(oidc.client.clientId);
  return client && { name: client.site.name, origin: siteOriginOf(client) };
}

/** One of our four languages is picked by it; it is not shown. */
function askedLanguages({ oidc }: Context): readonly string[] {
  const locales = oidc?.params?.['ui_locales'];
  return typeof locales === 'string' ? locales.split(' ') : [];
}
