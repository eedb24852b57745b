/** A site's request to sign in, judged as the gateway would judge it (OpenID Connect Core §3.1.2.1). */
import { isAgeScope } from '../../oidc/age-claims.ts';
import type { RegisteredClient } from '../../oidc/clients.ts';

export interface AuthorizationRequest {
  readonly redirectUri: URL;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly codeChallenge: string;
  readonly acrValues: string | undefined;
  readonly maxAge: string | undefined;
  readonly isPushed: boolean;
}

/** The gateway would refuse this request: no answer can be tried. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
}

/**
 * Reads a request's parameters.
 * @throws {RequestRefused} with what the gateway would refuse, and what to do.
 */
export function readAuthorizationRequest(
  parameters: URLSearchParams,
  client: RegisteredClient,
  { isPushed }: { isPushed: boolean },
): AuthorizationRequest {
  const get = (name: string) => {
    if (parameters.getAll(name).length > 1) {
      throw new RequestRefused(`the site sends "${name}" twice (RFC 6749 §3.1)`);
    }
    return parameters.get(name) ?? undefined;
  };
  const refuseUnless = (isRight: boolean, why: string) => {
    if (!isRight) throw new RequestRefused(why);
  };
  refuseUnless(get('client_id') === client.clientId, `its client_id is not ${client.clientId}`);
  refuseUnless(get('response_type') === 'code', 'its response_type is not "code"');
  refuseUnless(
    get('code_challenge_method') === 'S256',
    'it sends no PKCE challenge with the method S256 (RFC 7636)',
  );
  const codeChallenge = get('code_challenge') ?? '';
  refuseUnless(/^[\w-]{43}$/.test(codeChallenge), 'its code_challenge is not a SHA-256');
  const redirectUri = get('redirect_uri') ?? '';
  refuseUnless(
    client.redirectUris.includes(redirectUri),
    'its redirect_uri is not registered, character by character; "client show" lists what is',
  );
  refuseUnless(
    isPushed || client.par === 'optional',
    'it sends its request through the browser, and its registration says par: required (RFC 9126)',
  );
  const scopes = (get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  refuseUnless(scopes.includes('openid'), 'its scope has no "openid"');
  const unknown = scopes.find((scope) => !isRegistered(scope, client));
  refuseUnless(unknown === undefined, `it asks a scope that is not registered: ${unknown}`);
  return {
    redirectUri: new URL(redirectUri),
    scopes,
    state: get('state'),
    nonce: get('nonce'),
    codeChallenge,
    acrValues: get('acr_values'),
    maxAge: get('max_age'),
    isPushed,
  };
}

function isRegistered(scope: string, client: RegisteredClient): boolean {
  if (scope === 'openid') return true;
  if (isAgeScope(scope)) return client.ageThresholds.some((age) => scope === `age_over_${age}`);
  return (client.identity?.scopes ?? []).some((known) => known === scope);
}
