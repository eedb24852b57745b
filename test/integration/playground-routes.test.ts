/** The playground's page on the wire: there in development only, under the policy of every page. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openRawBrowser } from '../kit/gateway/raw-browser.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';
import { trustAuthority } from '../kit/interop/run-example.ts';

const PATHS = ['/playground', '/playground/callback'];
const PUBLIC_CLIENT = {
  clientId: 'app',
  site: { name: 'App' },
  organisation: 'App vzw',
  sector: 'app.example',
  redirectUris: ['https://app.example/callback'],
  authentication: { method: 'none' },
};

describe('the playground in development', { timeout: 60_000 }, () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await startTestGateway({ clients: [PUBLIC_CLIENT] });
    trustAuthority(gateway.webCa);
  });

  after(() => gateway?.stop());

  it('is a page without inline script or style, under the strict policy', async () => {
    for (const path of PATHS) {
      const { status, headers, text } = await openRawBrowser(gateway).get(path);
      assert.equal(status, 200);
      assert.match(
        String(headers['content-security-policy']),
        /script-src 'self'.*trusted-types 'none'/,
      );
      assert.equal(headers['cache-control'], 'no-store');
      assert.doesNotMatch(text, /<script(?! src=)|<style| style=| on[a-z]+=/);
    }
  });

  it('has its script and its style', async () => {
    for (const name of ['playground-page.js', 'playground.css']) {
      assert.equal((await openRawBrowser(gateway).get(`/assets/${name}`)).status, 200, name);
    }
  });

  it('may ask from its own origin, which is nobody else: another Origin is refused as ever', async () => {
    assert.equal(await push(gateway.origin), 201);
    assert.equal(await push('https://elsewhere.example'), 400);
  });

  async function push(origin: string): Promise<number> {
    const { status } = await fetch(`${gateway.origin}/par`, {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams({
        client_id: 'app',
        response_type: 'code',
        scope: 'openid',
        redirect_uri: 'https://app.example/callback',
        code_challenge: 'A'.repeat(43),
        code_challenge_method: 'S256',
      }),
    });
    return status;
  }
});

describe('a gateway that is not in development', { timeout: 60_000 }, () => {
  it('has no playground', async (t) => {
    const gateway = await startTestGateway({ config: { development: false } });
    t.after(() => gateway.stop());
    for (const path of PATHS) {
      assert.equal((await openRawBrowser(gateway).get(path)).status, 404, path);
    }
  });
});
