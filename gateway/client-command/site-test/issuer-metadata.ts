/** What the test issuer says of itself: what the gateway says, as far as one site needs it. */
import { ageClaim } from '../../oidc/age-claims.ts';
import type { RegisteredClient } from '../../oidc/clients.ts';

/** The discovery document (OpenID Connect Discovery §3, RFC 9207 §3, RFC 9126 §5). */
export function describeIssuer(origin: string, client: RegisteredClient): object {
  const ages = client.ageThresholds.map(ageClaim);
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/auth`,
    pushed_authorization_request_endpoint: `${origin}/par`,
    token_endpoint: `${origin}/token`,
    userinfo_endpoint: `${origin}/userinfo`,
    jwks_uri: `${origin}/jwks`,
    require_pushed_authorization_requests: client.par === 'required',
    authorization_response_iss_parameter_supported: true,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['ES256'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: [
      'private_key_jwt',
      'client_secret_basic',
      'client_secret_post',
      'none',
    ],
    token_endpoint_auth_signing_alg_values_supported: ['ES256'],
    dpop_signing_alg_values_supported: ['ES256'],
    acr_values_supported: ['urn:kids-id:acr:card-pin'],
    scopes_supported: ['openid', ...ages, ...(client.identity?.scopes ?? [])],
    claims_supported: ['sub', 'iss', 'acr', 'amr', 'auth_time', ...ages],
  };
}
