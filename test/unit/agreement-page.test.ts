import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AgreementPage, renderAgreementPage } from '../../gateway/login/agreement-page.ts';
import { renderLoginPage } from '../../gateway/login/login-page.ts';
import { IDENTITY_SCOPES, LANGUAGES } from '../../gateway/protocol/fields.ts';
import { textsFor } from '../../gateway/texts/texts.ts';

const PAGE: AgreementPage = {
  language: 'en',
  site: { name: 'Club' },
  asked: IDENTITY_SCOPES,
  hasChildBasis: false,
  action: '/login/abc/agreement',
};

for (const language of LANGUAGES) {
  test(`${language}: a box for each scope, none of them ticked, and no script (design §5)`, () => {
    const page = renderAgreementPage({ ...PAGE, language });
    const boxes = page.match(/<input [^>]*>/g) ?? [];
    assert.deepEqual(
      boxes.map((box) => /value="([^"]*)"/.exec(box)?.[1]),
      [...IDENTITY_SCOPES],
    );
    for (const box of boxes) {
      assert.match(box, /type="checkbox" name="scope"/);
      assert.doesNotMatch(box, /checked|required/);
    }
    assert.match(page, /<form [^>]*method="post" action="\/login\/abc\/agreement"/);
    assert.match(page, /autocomplete="off"/);
    assert.doesNotMatch(page, /<script|<style|style=|\son[a-z]+=/i);
    for (const other of LANGUAGES) assert.ok(page.includes(`href="?lang=${other}"`));
  });

  test(`${language}: says to children under 13 what holds for this site`, () => {
    const { agreement } = textsFor(language);
    const without = renderAgreementPage({ ...PAGE, language });
    assert.ok(without.includes(agreement.underAge) && !without.includes(agreement.basis));
    const withBasis = renderAgreementPage({ ...PAGE, language, hasChildBasis: true });
    assert.ok(withBasis.includes(agreement.basis) && !withBasis.includes(agreement.underAge));
  });
}

test('asks for nothing but what the site asks for', () => {
  const page = renderAgreementPage({ ...PAGE, asked: ['address:postcode'] });
  assert.equal((page.match(/<input /g) ?? []).length, 1);
  assert.ok(!page.includes('value="address"'));
});

test('lets its form name its Origin: without a referrer a browser would send "null"', () => {
  assert.match(renderAgreementPage(PAGE), /<meta name="referrer" content="same-origin">/);
});

test('escapes the name of the site', () => {
  const page = renderAgreementPage({ ...PAGE, site: { name: '"><script>alert(1)</script>' } });
  assert.ok(!page.includes('<script>alert'));
});

test('the login page names what was agreed to, and leads back to the question', () => {
  const page = renderLoginPage({
    language: 'en',
    site: { name: 'Club' },
    uid: 'abc',
    disclosure: { ageOver: [], pseudonym: true, identity: ['picture'] },
    agreementPath: '/login/abc/agreement',
  });
  assert.ok(page.includes('the photo on your card'));
  assert.ok(page.includes('It will not learn your name, your birthday or where you live.'));
  assert.ok(page.includes('href="/login/abc/agreement"'));
});
