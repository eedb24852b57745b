/** A gateway with the clients that RFC 9700's attacks need. TEST ONLY. */
import assert from 'node:assert/strict';
import { type ConformanceGateway, openConformanceGateway } from './conformance-gateway.ts';
import type { Changes, Checks, Differently, RawClient } from './raw-client.ts';

/** The origin whose pages may speak for `app`. */
export const APP_ORIGIN = 'https://app.localhost';

/**
 * `site` may send plain requests, `strict` has to push them, `app` is public, and `evil` belongs to
 * somebody else.
 */
export function openSecurityGateway(): Promise<ConformanceGateway> {
  return openConformanceGateway([
    { clientId: 'site', par: 'optional' },
    { clientId: 'strict' },
    {
      clientId: 'app',
      par: 'optional',
      authentication: { method: 'none', origin: APP_ORIGIN },
    },
    { clientId: 'evil', par: 'optional' },
  ]);
}

/** A code of `client` by a request that is pushed, and what redeems it. */
export async function getCode(
  at: ConformanceGateway,
  client: RawClient,
  parameters: Changes = {},
): Promise<{ callback: URL; checks: Checks }> {
  const { path, checks } = await client.begin(parameters);
  const callback = await at.logIn(path);
  assert.ok(callback.searchParams.get('code'), callback.href);
  return { callback, checks };
}

/** The tokens of a whole login, by bearer unless `how` brings a proof. */
export async function getTokens(
  at: ConformanceGateway,
  client: RawClient,
  how: Differently = { proof: null },
) {
  const { callback, checks } = await getCode(at, client);
  const { status, json, text } = await client.redeem(callback, checks, how);
  assert.equal(status, 200, text);
  const { access_token, id_token, token_type } = json;
  return {
    callback,
    checks,
    type: token_type,
    accessToken: String(access_token),
    idToken: String(id_token),
  };
}

/** An error to the client itself, in JSON, that says so and gives nothing. */
export function assertError(
  reply: { status: number; json: Changes; text: string },
  errors: string | readonly string[],
): void {
  assert.ok(reply.status === 400 || reply.status === 401, `${reply.status} ${reply.text}`);
  assert.ok([errors].flat().includes(String(reply.json['error'])), reply.text);
  assert.equal(reply.json['access_token'] ?? reply.json['id_token'], undefined);
}
