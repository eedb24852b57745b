/**
 * The table "The login ended so → your site gets" of docs/RELYING-PARTIES.md: each row is played against the
 * real gateway, and a row without a play, or a play without a row, fails.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { generateKeyPair, SignJWT } from 'jose';
import { createLoginSteps, type OpenLogin } from '../kit/gateway/login-steps.ts';
import { openRawBrowser } from '../kit/gateway/raw-browser.ts';
import type { RawCard } from '../kit/gateway/raw-host.ts';
import { startTestGateway } from '../kit/gateway/test-gateway.ts';
import { visitWithCard } from '../kit/interop/raw-visit.ts';
import { trustAuthority } from '../kit/interop/run-example.ts';
import { agree, type IdentityScene, startIdentityScene } from './identity-setup.ts';

const GUIDE = join(import.meta.dirname, '../../docs/RELYING-PARTIES.md');
const INTERACTION_MS = 600_000;

/** What happened, and what the site got: the words of the table's two columns. */
type Play = readonly [
  happened: RegExp,
  gets: RegExp,
  play: (scene: IdentityScene) => Promise<void>,
];

const PLAYS: readonly Play[] = [
  [
    /^card and PIN verified/,
    /`code`: redeem it/,
    async (scene) => {
      const { callback } = await visitChat(scene, await scene.steps.cardOf('emma'));
      const claims = await scene.steps.relyingParty.finish(callback.href);
      assert.equal(claims['age_over_13'], false);
    },
  ],
  [
    /^the person does not agree/,
    /`code`, with fewer scopes/,
    async (scene) => {
      const card = await scene.cardOf('karel');
      const login = await scene.logIn({
        party: scene.parties.club,
        scope: 'openid profile birthdate',
        agreed: ['birthdate'],
        card,
      });
      assert.equal(login.tokens['scope'], 'openid birthdate');
      assert.deepEqual(Object.keys(login.userInfo).sort(), ['birthdate', 'sub']);
    },
  ],
  [
    /^outside your age rule/,
    /`access_denied`/,
    async (scene) => {
      // Amal turned 13; of the person whose year alone is known the gateway cannot tell.
      for (const name of ['karel', 'amal']) {
        const { callback, refusedWith } = await visitChat(scene, await scene.steps.cardOf(name));
        assert.equal(refusedWith, 'AGE_OUTSIDE');
        assertDenied(callback);
      }
    },
  ],
  [
    /^under 13, and you ask for an identity scope/,
    /`access_denied`/,
    async (scene) => {
      const login = await scene.open(scene.parties.club, 'openid profile');
      await agree(login, ['profile']);
      const { body } = await scene.prove(login, await scene.cardOf('emma'));
      assert.equal(body['code'], 'CONSENT_UNDER_AGE');
      assertDenied(await giveUp(login));
    },
  ],
  [
    /^cancelled; PIN wrong or blocked/,
    /`access_denied`/,
    async (scene) => {
      assertDenied((await visitChat(scene, undefined)).callback);
      for (const name of ['milan', 'julie', 'wout']) {
        assertDenied((await visitChat(scene, await scene.steps.cardOf(name))).callback);
      }
    },
  ],
  [
    /^the person closed the page/,
    /^nothing/,
    async () => {
      let offsetMs = 0;
      const gateway = await startTestGateway({ now: () => new Date(Date.now() + offsetMs) });
      try {
        const { browser, page } = await (await createLoginSteps(gateway)).openLogin();
        offsetMs = INTERACTION_MS + 1_000;
        const late = await browser.get(page);
        assert.equal(late.headers['location'], undefined);
        assert.match(late.text, /data-code="LOGIN_EXPIRED"/);
      } finally {
        await gateway.stop();
      }
    },
  ],
  [
    /^cookies lost/,
    /^nothing/,
    async ({ gateway, steps }) => {
      const { page } = await steps.openLogin();
      const other = await openRawBrowser(gateway).get(page);
      assert.equal(other.headers['location'], undefined);
      assert.match(other.text, /data-code="LOGIN_/);
    },
  ],
  [
    /^a scope that is not registered/,
    /`invalid_scope`/,
    ({ steps }) => assertPushFails(steps, { scope: 'openid age_over_18' }, 'invalid_scope'),
  ],
  [
    /^wrong redirect URI/,
    /`invalid_request`/,
    async ({ steps }) => {
      const wrong = [
        { redirect_uri: 'https://elsewhere.example/callback' },
        { code_challenge_method: 'plain' },
        { code_challenge: '', code_challenge_method: '' },
        { response_type: 'token' },
      ];
      for (const parameters of wrong) await assertPushFails(steps, parameters, 'invalid_request');
    },
  ],
  [
    /^unknown client, wrong or used client assertion/,
    /`invalid_client`/,
    async ({ gateway }) => {
      const body = { client_id: 'nobody', response_type: 'code' };
      const { status, error } = await post(gateway.origin, '/par', body);
      assert.deepEqual([status, error], [401, 'invalid_client']);
      const { privateKey } = await generateKeyPair('ES256');
      const assertion = await new SignJWT({ jti: 'one' })
        .setProtectedHeader({ alg: 'ES256', kid: gateway.clientKey['kid'] ?? '' })
        .setIssuer('chat')
        .setSubject('chat')
        .setAudience(gateway.origin)
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(privateKey);
      const wrong = { ...body, client_id: 'chat', client_assertion: assertion, ...ASSERTION_TYPE };
      assert.equal((await post(gateway.origin, '/par', wrong)).error, 'invalid_client');
    },
  ],
  [
    /^only other `acr_values`/,
    /`unmet_authentication_requirements`/,
    async (scene) => {
      const parameters = { acr_values: 'urn:example:other' };
      const { callback } = await visitChat(scene, undefined, parameters);
      assert.equal(callback.searchParams.get('error'), 'unmet_authentication_requirements');
    },
  ],
  [
    /^`prompt=none`/,
    /`login_required`/,
    async (scene) => {
      const { callback } = await visitChat(scene, undefined, { prompt: 'none' });
      assert.equal(callback.searchParams.get('error'), 'login_required');
    },
  ],
  [
    /^code used twice/,
    /`invalid_grant`/,
    async (scene) => {
      const { relyingParty } = scene.steps;
      const { callback } = await visitChat(scene, await scene.steps.cardOf('emma'));
      await relyingParty.finish(callback.href);
      await assert.rejects(relyingParty.finish(callback.href), { error: 'invalid_grant' });
    },
  ],
  [
    /^userinfo asked a second time/,
    /`sub` alone/,
    async (scene) => {
      const party = scene.parties.library;
      const card = await scene.cardOf('emma');
      const login = await scene.logIn({
        party,
        scope: 'openid profile',
        agreed: ['profile'],
        card,
      });
      assert.equal(login.userInfo['given_name'], 'Emma Louise');
      assert.deepEqual(Object.keys(await party.userInfo(login)), ['sub']);
    },
  ],
];

const ASSERTION_TYPE = {
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
};

describe('how a login can end, as the guide says', { timeout: 90_000 }, () => {
  let scene: IdentityScene;

  before(async () => {
    scene = await startIdentityScene();
    trustAuthority(scene.gateway.webCa);
  });

  after(() => scene?.gateway.stop());

  it('has a play for each row, and a row for each play', async () => {
    const rows = await readRows();
    assert.equal(rows.length, PLAYS.length);
    for (const [index, [happened, gets]] of PLAYS.entries()) {
      assert.match(rows[index]?.[0] ?? '', happened);
      assert.match(rows[index]?.[1] ?? '', gets);
    }
  });

  for (const [happened, , play] of PLAYS) {
    it(happened.source.slice(1), () => play(scene));
  }
});

async function readRows(): Promise<string[][]> {
  const guide = await readFile(GUIDE, 'utf8');
  const [, section = ''] = /^## The login ended so[^\n]*\n(.*?)^## /ms.exec(guide) ?? [];
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, 3)
      .map((cell) => cell.trim()),
  );
}

async function visitChat(
  { gateway, steps }: IdentityScene,
  card: RawCard | undefined,
  parameters: Record<string, string> = {},
) {
  const url = `${gateway.origin}${await steps.relyingParty.start(parameters)}`;
  return visitWithCard({ gateway, steps, url, card });
}

async function giveUp({ browser, page }: OpenLogin): Promise<URL> {
  const reply = await browser.postJson(`${page}/cancel`, {});
  const { location } = JSON.parse(reply.text) as { location: string };
  return new URL(String((await browser.get(location)).headers['location']));
}

/** The site learns that it was refused, and no reason. */
function assertDenied(callback: URL): void {
  assert.equal(callback.searchParams.get('error'), 'access_denied');
  assert.deepEqual([...callback.searchParams.keys()].sort(), ['error', 'iss', 'state']);
}

async function assertPushFails(
  { relyingParty }: IdentityScene['steps'],
  parameters: Record<string, string>,
  error: string,
): Promise<void> {
  await assert.rejects(relyingParty.start(parameters), { error });
}

async function post(origin: string, path: string, fields: Record<string, string>) {
  const response = await fetch(`${origin}${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  const { error } = (await response.json()) as { error?: string };
  return { status: response.status, error };
}
