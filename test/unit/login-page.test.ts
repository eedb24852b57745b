import assert from 'node:assert/strict';
import test from 'node:test';
import { type LoginPage, renderLoginPage } from '../../gateway/login/login-page.ts';
import { renderMessagePage } from '../../gateway/login/message-page.ts';
import { ERROR_CODES } from '../../gateway/protocol/errors.ts';
import { LANGUAGES } from '../../gateway/protocol/fields.ts';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='a'>&amp;`;

const PAGE: LoginPage = {
  language: 'en',
  site: { name: 'Chat' },
  disclosure: { ageOver: [9], requireAge: { min: 6, below: 13 }, pseudonym: true },
  uid: 'abc',
};

for (const language of LANGUAGES) {
  test(`${language}: the login page names its language and links the others`, () => {
    const page = renderLoginPage({ ...PAGE, language });
    assert.match(page, new RegExp(`^<!doctype html>\n<html lang="${language}">`));
    for (const other of LANGUAGES) assert.ok(page.includes(`href="?lang=${other}"`));
  });

  test(`${language}: nothing inline that a strict policy forbids (design §7)`, () => {
    const pages = [
      renderLoginPage({ ...PAGE, language }),
      renderMessagePage({ language, code: 'LOGIN_EXPIRED', backUrl: 'https://chat.test/' }),
    ];
    for (const page of pages) {
      assert.doesNotMatch(page, /<style|style=|javascript:|\son[a-z]+=/i);
      assert.doesNotMatch(page, /<script(?! src="\/assets\/login-page\.js" defer><\/script>)/i);
    }
  });
}

test('escapes everything that comes from a registration or a request', () => {
  const page = renderLoginPage({
    ...PAGE,
    site: { name: HOSTILE, picture: `data:image/png;base64,${HOSTILE}` },
    uid: HOSTILE,
  });
  assert.ok(!page.includes('<script>alert'));
  assert.ok(!page.includes('<img src=x'));
  assert.ok(page.includes('&quot;&gt;&lt;script&gt;'));
  assert.ok(page.includes('&#39;a&#39;&gt;&amp;amp;'));
});

test('hands the script its state through data attributes', () => {
  const page = renderLoginPage(PAGE);
  assert.ok(page.includes('data-uid="abc" data-language="en" data-site="Chat"'));
});

test('shows the registered picture, or a house where there is none', () => {
  assert.ok(renderLoginPage(PAGE).includes('src="/assets/site.svg"'));
  const picture = 'data:image/png;base64,AAAA';
  const page = renderLoginPage({ ...PAGE, site: { name: 'Chat', picture } });
  assert.ok(page.includes(`src="${picture}"`));
});

test('a message page says what happened for every code, without a script', () => {
  for (const code of ERROR_CODES) {
    assert.doesNotMatch(renderMessagePage({ language: 'nl', code }), /<script/);
  }
});

test('a message page has no way back unless it is told one', () => {
  const page = renderMessagePage({ language: 'en', code: 'INTERNAL' });
  assert.doesNotMatch(page, /<a /);
});

test('links back to a path of its own or to https, and refuses every other address', () => {
  const render = (backUrl: string) =>
    renderMessagePage({ language: 'en', code: 'INTERNAL', backUrl });
  assert.ok(render('/auth/abc').includes('href="/auth/abc"'));
  assert.ok(render('https://chat.test/?a=1&b=2').includes('href="https://chat.test/?a=1&amp;b=2"'));
  for (const url of ['javascript:alert(1)', '//evil.test', '/\\evil.test', 'http://a.test', 'x']) {
    assert.throws(() => render(url), TypeError, url);
  }
});
