/** The page after a log-out: in each language, without a script, with a way back only where there is one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogoutPage } from '../../gateway/login/logout-page.ts';
import { createRegistry, parseClientFile } from '../../gateway/oidc/clients.ts';
import { LANGUAGES } from '../../gateway/protocol/fields.ts';

const chat = parseClientFile({
  clientId: 'chat',
  site: { name: '<Chat> & co' },
  organisation: 'Chat vzw',
  sector: 'chat.example',
  redirectUris: ['https://chat.example/callback'],
  authentication: { method: 'none' },
});
const render = createLogoutPage(createRegistry([chat]));

test('speaks each of the four languages, and runs nothing', () => {
  const pages = LANGUAGES.map((language) => render({ languages: [language] }));
  assert.equal(new Set(pages.map((page) => /<h1>[^<]+<\/h1>/.exec(page)?.[0])).size, 4);
  for (const page of pages)
    assert.doesNotMatch(page, /<script| on[a-z]+=| style=|<a class="button/);
});

test('leads back to the site by its registered name, with nothing unescaped', () => {
  const backUrl = 'https://chat.example/after?a=1&state="><script>';
  const page = render({ languages: ['en'], clientId: 'chat', backUrl });
  assert.match(
    page,
    /href="https:\/\/chat\.example\/after\?a=1&amp;state=&quot;&gt;&lt;script&gt;"/,
  );
  assert.match(page, /Back to &lt;Chat&gt; &amp; co/);
});

test('has no way back to a site that is not registered any more', () => {
  const page = render({ languages: ['en'], clientId: 'gone', backUrl: 'https://gone.example/' });
  assert.doesNotMatch(page, /gone\.example/);
});
