/** The page of an error: its picture, its words, where it leads, and what only some people need. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderMessagePage } from '../../gateway/login/message-page.ts';
import { ERROR_CODES } from '../../gateway/protocol/errors.ts';
import { LANGUAGES } from '../../gateway/protocol/fields.ts';
import { isNotForPerson, needsOtherCard, problemScene } from '../../gateway/texts/problem-scene.ts';
import { textsFor } from '../../gateway/texts/texts.ts';

const PICTURES = readdirSync(join(import.meta.dirname, '../../gateway/design'));

test('every code has a picture that is there, and a heading in each language', () => {
  for (const code of ERROR_CODES) {
    for (const language of LANGUAGES) {
      const { picture, title } = problemScene(textsFor(language), code);
      assert.ok(PICTURES.includes(`${picture}.svg`), picture);
      assert.ok(renderMessagePage({ language, code }).includes(`<h1>${title}</h1>`));
    }
  }
});

test('whom a site is not for is not told that something failed, and may try another card', () => {
  const blamed = textsFor('en').page.errorTitle;
  for (const code of ERROR_CODES.filter(isNotForPerson)) {
    assert.ok(needsOtherCard(code));
    assert.ok(!renderMessagePage({ language: 'en', code }).includes(blamed));
  }
});

test('a login that was answered says so, in place of what its code says', () => {
  for (const language of LANGUAGES) {
    const { page, errors } = textsFor(language);
    const shown = renderMessagePage({ language, code: 'LOGIN_EXPIRED', isAnswered: true });
    for (const sentence of Object.values(page.answered)) assert.ok(shown.includes(sentence));
    assert.ok(!shown.includes(errors.LOGIN_EXPIRED.child));
    assert.ok(shown.includes('data-answered="yes"'));
  }
});

test('the way back names its site where that is known', () => {
  const page = { language: 'nl', code: 'LOGIN_EXPIRED', backUrl: 'https://chat.test' } as const;
  assert.ok(renderMessagePage(page).includes(textsFor('nl').page.errorBack));
  const named = renderMessagePage({ ...page, siteName: '<Chat>' });
  assert.ok(named.includes('Terug naar &lt;Chat&gt;'));
});

test('links to plain http of this computer, and to no other (design §8, development names)', () => {
  const render = (backUrl: string) =>
    renderMessagePage({ language: 'en', code: 'INTERNAL', backUrl });
  for (const origin of ['http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000']) {
    assert.ok(render(origin).includes(`href="${origin}"`));
  }
  for (const origin of [
    'http://127.0.0.1.evil.test',
    'http://localhost.evil.test',
    'http://[::2]',
  ]) {
    assert.throws(() => render(origin), TypeError, origin);
  }
});

test('the protocol’s name for the error is for the makers of the site, small and last', () => {
  for (const language of LANGUAGES) {
    const code = 'SITE_REQUEST_INVALID';
    const page = renderMessagePage({ language, code, protocolName: 'invalid_redirect_uri' });
    const line = textsFor(language).page.forMakers('invalid_redirect_uri');
    assert.ok(page.includes(`<p class="makers">${line}</p>`));
    assert.ok(!renderMessagePage({ language, code }).includes('class="makers"'));
  }
});

test('a word on cookies where it was the cookies that did not fit, and nowhere else', () => {
  const { cookies } = textsFor('fr').page;
  for (const code of ERROR_CODES) {
    const page = renderMessagePage({ language: 'fr', code });
    assert.equal(page.includes(cookies), code === 'LOGIN_OTHER_BROWSER', code);
  }
});
