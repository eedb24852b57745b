/** Log-out at a whole gateway: its page, its headers, and nothing left in the browser. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRawBrowser } from '../kit/gateway/raw-browser.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';

let gateway: TestGateway;
before(async () => {
  gateway = await startTestGateway();
});
after(() => gateway.stop());

test('a person who comes to log out reads a page of ours, which runs nothing', async () => {
  const browser = openRawBrowser(gateway);
  const page = await browser.get('/logout?client_id=chat&ui_locales=fr');
  assert.equal(page.status, 200);
  assert.match(page.text, /<html lang="fr">/);
  assert.doesNotMatch(page.text, /<script/);
  assert.match(String(page.headers['content-security-policy']), /script-src 'self';/);
  assert.equal(page.headers['cache-control'], 'no-store');
  assert.deepEqual([...browser.cookies], []);
});

test('a log-out that is not right ends on a page of ours too, and not at an address it brought', async () => {
  const target = encodeURIComponent('https://evil.example/');
  const path = `/logout?client_id=chat&post_logout_redirect_uri=${target}`;
  const page = await openRawBrowser(gateway).get(path);
  assert.equal(page.status, 400);
  assert.match(page.text, /<h1>/);
  assert.equal(page.headers['location'], undefined);
  assert.equal(page.text.includes('evil.example'), false);
});

test('discovery names the endpoints at the gateway’s own origin', async () => {
  const answer = await openRawBrowser(gateway).get('/.well-known/openid-configuration');
  const document = JSON.parse(answer.text) as Record<string, unknown>;
  assert.equal(document['userinfo_endpoint'], `${gateway.origin}/userinfo`);
  assert.equal(document['end_session_endpoint'], `${gateway.origin}/logout`);
});
