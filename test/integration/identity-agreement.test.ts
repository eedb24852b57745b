/** The agreement page: asked first, answered for one interaction in one browser, changed at will (design §5). */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import type { CardContents } from '../kit/card/card-contents.ts';
import { openRawBrowser } from '../kit/gateway/raw-browser.ts';
import { agree, type IdentityScene, startIdentityScene } from './identity-setup.ts';

const ASKED = 'openid profile picture age_over_18';

let scene: IdentityScene;
let karel: CardContents;

before(async () => {
  scene = await startIdentityScene();
  karel = await scene.cardOf('karel');
});

after(() => scene.gateway.stop());

const openLogin = (scope = ASKED) => scene.open(scene.parties.club, scope);

test('the login page leads to the question first, and shows itself when it is answered', async () => {
  const { browser, page } = await openLogin();
  const first = await browser.get(page);
  assert.deepEqual([first.status, first.headers['location']], [303, `${page}/agreement`]);
  const question = await browser.get(`${page}/agreement`);
  assert.equal(question.status, 200);
  assert.equal(question.headers['cache-control'], 'no-store');
  assert.equal(question.headers['referrer-policy'], 'same-origin');
  assert.doesNotMatch(question.text, /checked|value="(birthdate|address)/);
  await agree({ browser, page }, ['profile']);
  const login = await browser.get(page);
  assert.equal(login.status, 200);
  assert.match(login.text, /your first names, your last name/);
  assert.doesNotMatch(login.text, /the photo on your card/);
  assert.match(login.text, new RegExp(`href="${page}/agreement"`));
});

test('the question keeps the language that was chosen', async () => {
  const { browser, page } = await openLogin();
  const first = await browser.get(`${page}?lang=fr`);
  assert.equal(first.headers['location'], `${page}/agreement?lang=fr`);
  const { text } = await browser.get(`${page}/agreement?lang=fr`);
  assert.match(text, new RegExp(`action="${page}/agreement\\?lang=fr"`));
  const answered = await browser.postForm(`${page}/agreement?lang=fr`, []);
  assert.equal(answered.headers['location'], `${page}?lang=fr`);
});

test('a login that asks for no identity has no question, and its address leads to the login', async () => {
  const { browser, page } = await openLogin('openid age_over_18');
  assert.equal((await browser.get(page)).status, 200);
  const reply = await browser.get(`${page}/agreement`);
  assert.deepEqual([reply.status, reply.headers['location']], [303, page]);
});

test('a ticket before the answer is refused', async () => {
  const { browser, page } = await openLogin();
  const reply = await browser.postJson(`${page}/ticket`, {});
  assert.deepEqual([reply.status, reply.text], [400, '{"code":"MESSAGE_MALFORMED"}']);
});

test('nothing is remembered: the next login asks again, with nothing ticked', async () => {
  const { club } = scene.parties;
  const first = await openLogin();
  await agree(first, ['profile']);
  await club.finish(await scene.finish(first, await scene.prove(first, karel)));
  const next = await scene.open(club, ASKED, first.browser);
  assert.equal((await first.browser.get(next.page)).status, 303);
  await agree(next, ['profile']);
  assert.doesNotMatch((await next.browser.get(`${next.page}/agreement`)).text, /checked/);
});

test('an answer of another browser, of another site or to another question is refused', async () => {
  const login = await openLogin();
  const path = `${login.page}/agreement`;
  const ticked = [['scope', 'profile']] as const;
  const stranger = openRawBrowser(scene.gateway);
  assert.notEqual((await stranger.postForm(path, ticked)).status, 303);
  // The library's cookies alone, planted or stolen, do not do.
  for (const [name, value] of login.browser.cookies) stranger.cookies.set(name, value);
  stranger.cookies.set('__Host-kids-id', 'B'.repeat(43));
  assert.equal((await stranger.postForm(path, ticked)).status, 403);
  assert.equal((await stranger.get(path)).status, 403);
  for (const origin of ['https://evil.example', 'null']) {
    assert.equal((await login.browser.postForm(path, ticked, { origin })).status, 400);
  }
  for (const fields of [
    [['scope', 'birthdate']],
    [['scope', 'openid']],
    [['name', 'profile']],
    [...ticked, ...ticked],
  ] as [string, string][][]) {
    assert.equal((await login.browser.postForm(path, fields)).status, 400);
  }
  assert.equal((await login.browser.postForm(path, [['scope', 'x'.repeat(1_024)]])).status, 413);
  assert.equal((await login.browser.postJson(path, { scope: 'profile' })).status, 400);
  // None of it was an answer.
  assert.equal((await login.browser.get(login.page)).status, 303);
});

test('the answer to one login is none to another of the same browser: two tabs', async () => {
  const { club, library } = scene.parties;
  const first = await openLogin();
  // A real browser keeps the library's cookies by path, one set for each login.
  const ofFirst = new Map(first.browser.cookies);
  const second = await scene.open(library, 'openid profile', first.browser);
  const ofSecond = new Map(first.browser.cookies);
  const inTab = (cookies: ReadonlyMap<string, string>) => {
    for (const [name, value] of cookies) first.browser.cookies.set(name, value);
  };
  await agree(second, ['profile']);
  inTab(ofFirst);
  assert.equal((await first.browser.get(first.page)).status, 303);
  inTab(ofSecond);
  const proof = await scene.prove(second, karel);
  const { userInfo } = await library.finishWithUserInfo(await scene.finish(second, proof));
  assert.equal(userInfo['family_name'], 'Voorbeeld');
  inTab(ofFirst);
  await agree(first, []);
  const other = await scene.prove(first, karel);
  const login = await club.finishWithUserInfo(await scene.finish(first, other));
  assert.deepEqual(Object.keys(login.userInfo), ['sub']);
});

test('a changed answer makes the ticket, the card and the completion code before it worthless', async () => {
  const login = await openLogin();
  await agree(login, ['profile', 'picture']);
  const ticket = await scene.steps.ticketOf(login);
  await agree(login, []);
  const host = await scene.steps.connect();
  await scene.steps.start(host);
  const refused = await host.post('/card/ticket', { ticket });
  assert.deepEqual(refused.body, { code: 'LOGIN_EXPIRED' });
  host.close();
  await agree(login, ['profile']);
  const { body } = await scene.prove(login, karel);
  await agree(login, []);
  const { completionCode } = body;
  const reply = await login.browser.postJson(`${login.page}/complete`, { completionCode });
  assert.deepEqual([reply.status, reply.text], [410, '{"code":"LOGIN_EXPIRED"}']);
});

test('an answer is in the store no longer than its login, completed or given up', async () => {
  const { browser, page } = await openLogin();
  await agree({ browser, page }, ['profile']);
  assert.equal(isStored(page), true);
  await scene.finish({ browser, page }, await scene.prove({ browser, page }, karel));
  assert.equal(isStored(page), false);
  const other = await openLogin();
  await agree(other, ['profile']);
  assert.equal((await other.browser.postJson(`${other.page}/cancel`, {})).status, 200);
  assert.equal(isStored(other.page), false);
});

function isStored(page: string): boolean {
  const database = new DatabaseSync(scene.gateway.storeFile, { readOnly: true });
  const find = "SELECT 1 FROM entries WHERE table_name = 'agreement' AND key = ?";
  const row = database.prepare(find).get(page.replace('/login/', ''));
  database.close();
  return row !== undefined;
}
