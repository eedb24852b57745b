/** A registered client in oidc-provider's words (OpenID Connect Dynamic Client Registration §2). */
import type { ClientMetadata } from 'oidc-provider';
import { ageClaim } from './age-claims.ts';
import type { RegisteredClient } from './clients.ts';

/**
 * The client as the library knows it. Its `scope` is the allow-list of what it may ask, and its sector
 * is a name only: the document behind `sector_identifier_uri` is never fetched.
 */
export function clientMetadata(client: RegisteredClient): ClientMetadata {
  const { authentication } = client;
  return {
    client_id: client.clientId,
    client_name: client.site.name,
    redirect_uris: client.redirectUris,
    response_types: ['code'],
    response_modes: ['query'],
    grant_types: ['authorization_code'],
    scope: [
      'openid',
      ...client.ageThresholds.map(ageClaim),
      ...(client.identity?.scopes ?? []),
    ].join(' '),
    subject_type: 'pairwise',
    sector_identifier_uri: `https://${client.sector}/`,
    require_pushed_authorization_requests: client.par === 'required',
    // FAPI 2.0 Security Profile §5.3.2.1: tokens are bound to their client's key.
    dpop_bound_access_tokens: client.dpop === 'required' || client.profile === 'fapi2',
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    ...(client.backchannelLogoutUri && { backchannel_logout_uri: client.backchannelLogoutUri }),
    token_endpoint_auth_method:
      authentication.method === 'client_secret' ? 'client_secret_basic' : authentication.method,
    ...(authentication.method === 'client_secret' && {
      client_secret: authentication.secretHashes.join(' '),
    }),
    ...(authentication.method === 'private_key_jwt' && {
      jwks: authentication.jwks,
      token_endpoint_auth_signing_alg: 'ES256',
    }),
  };
}
