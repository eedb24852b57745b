/** The page for what oidc-provider cannot send back to the site: its words go to the log, not to the person. */
import { errors } from 'oidc-provider';
import type { OpenIdOptions } from '../oidc/provider.ts';
import { pickLanguage } from '../texts/texts.ts';
import { renderMessagePage } from './message-page.ts';

/** Fits oidc-provider's `renderError`. */
export const renderProtocolError: OpenIdOptions['renderError'] = (context, _fields, error) => {
  const code = error instanceof errors.SessionNotFound ? 'LOGIN_EXPIRED' : 'SITE_REQUEST_INVALID';
  const language = pickLanguage(context.acceptsLanguages());
  context.type = 'html';
  context.body = renderMessagePage({ language, code });
};
