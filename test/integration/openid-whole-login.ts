/** A login from request to tokens, and what may go wrong on its way. TEST ONLY. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as relyingParty from 'openid-client';
import { createBrowser, locationOf, logIn, type Person } from './openid-browser.ts';
import { CALLBACK, createRelyingParty, type Server, startLogin } from './openid-setup.ts';

/** A value that our own cookie may have. */
export const BROWSER_SECRET = 'B'.repeat(43);

/** A browser that has our own cookie, as /auth would have set it. */
export function createBoundBrowser(server: Server) {
  const browser = createBrowser(server);
  browser.jar.set('/ __Host-kids-id', {
    name: '__Host-kids-id',
    value: BROWSER_SECRET,
    path: '/',
  });
  return browser;
}

/** A login of one client, from a pushed request to its tokens. */
export async function logInWhole(
  server: Server,
  options: {
    clientId?: string;
    authentication?: relyingParty.ClientAuth;
    parameters?: Record<string, string>;
    person?: Person;
    dpop?: relyingParty.DPoPHandle;
  } = {},
) {
  const { clientId, authentication, parameters, person, dpop } = options;
  const config = await createRelyingParty(server, clientId, authentication);
  const { url, checks } = await startLogin(config, parameters);
  const callback = await logIn(createBoundBrowser(server), url, person);
  const redeemOptions = dpop && { DPoP: dpop };
  const tokens = await relyingParty.authorizationCodeGrant(
    config,
    callback,
    checks,
    undefined,
    redeemOptions,
  );
  return { config, callback, checks, tokens, claims: tokens.claims() ?? assert.fail('no claims') };
}

/** The error that a pushed request is refused with, and the reason given. */
export async function pushError(
  config: relyingParty.Configuration,
  parameters: Record<string, string>,
): Promise<{ error: string; reason: string }> {
  const failure = await startLogin(config, parameters).then(
    () => assert.fail('request was taken'),
    (reason: unknown) => reason,
  );
  assert.ok(failure instanceof relyingParty.ResponseBodyError, String(failure));
  return { error: failure.error, reason: failure.error_description ?? '' };
}

/** What the callback gets at once, before anybody is asked for a card. */
export async function callbackAtOnce(
  server: Server,
  config: relyingParty.Configuration,
  parameters: Record<string, string>,
): Promise<URLSearchParams> {
  const { url, checks } = await startLogin(config, parameters);
  const callback = locationOf(await createBrowser(server).send(url));
  assert.equal(callback.origin + callback.pathname, CALLBACK);
  assert.equal(callback.searchParams.get('state'), checks.expectedState);
  assert.equal(callback.searchParams.get('iss'), server.issuer);
  return callback.searchParams;
}

/** SHA-256 in base64url, as a client's file keeps a secret. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
