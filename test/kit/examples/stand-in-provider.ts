/** What every OpenID Provider has in common that stands in a gateway's place for the examples. TEST ONLY. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Configuration, Provider } from 'oidc-provider';

/** A site's client: authorization code, `private_key_jwt`. */
export interface StandInClient {
  readonly id: string;
  /** Its key pair; the provider gets the public half. */
  readonly key: JWK;
  readonly redirectUri: string;
}

const CARD_PIN = 'urn:kids-id:acr:card-pin';

/** Pushed requests and PKCE demanded, ES256 throughout, a signing key of its own; the rest is the caller's. */
export async function configureStandIn(
  clients: readonly StandInClient[],
  own: Pick<Configuration, 'findAccount' | 'ttl'>,
): Promise<Configuration> {
  const signing = await generateKeyPair('ES256', { extractable: true });
  const signingKey = { ...(await exportJWK(signing.privateKey)), alg: 'ES256', use: 'sig' };
  return {
    ...own,
    jwks: { keys: [signingKey as never] },
    cookies: { keys: ['TEST ONLY'] },
    acrValues: [CARD_PIN, 'urn:kids-id:acr:card-present'],
    claims: {
      openid: ['sub', 'acr', 'age_over_6', 'age_over_13', 'age_over_18'],
      age_over_9: ['age_over_9'],
    },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    enabledJWA: { clientAuthSigningAlgValues: ['ES256'] },
    features: {
      devInteractions: { enabled: false },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    },
    clients: clients.map(({ id, key: { d: _private, ...publicKey }, redirectUri }) => ({
      client_id: id,
      redirect_uris: [redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      id_token_signed_response_alg: 'ES256',
      jwks: { keys: [publicKey as never] },
    })),
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  };
}

/** Ends the interaction of a request with a login, and everything granted that was asked for. */
export async function letIn(
  provider: Provider,
  [req, res]: readonly [IncomingMessage, ServerResponse],
  { accountId, acr = CARD_PIN }: { readonly accountId: string; readonly acr?: string },
): Promise<void> {
  const { params } = await provider.interactionDetails(req, res);
  const grant = new provider.Grant({ accountId, clientId: String(params['client_id']) });
  grant.addOIDCScope(String(params['scope']));
  await provider.interactionFinished(req, res, {
    login: { accountId, acr, remember: false },
    consent: { grantId: await grant.save() },
  });
}
