/** The list of RFC 9700 is whole: each requirement is shown by tests that exist, or says why not. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ATTACKS } from './rfc9700-attacks.ts';
import { RECOMMENDATIONS } from './rfc9700-recommendations.ts';

const REQUIREMENTS = [...RECOMMENDATIONS, ...ATTACKS];

/** Sections with no normative word for an authorization server. */
const NOTHING_FOR_SERVERS: Readonly<Record<string, string>> = {
  '4.4': 'clients keep issuers apart; the server’s part is in §2.1',
  '4.6': 'clients validate at_hash or use PKCE; no token is in an answer',
};

const tests = readdirSync(import.meta.dirname)
  .filter((file) => /^rfc9700-.*\.test\.ts$/.test(file) && file !== 'rfc9700-requirements.test.ts')
  .flatMap((file) => {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8');
    assert.doesNotMatch(source, /(?<![.\w])test\(/, `${file} has a test that shows nothing`);
    return [...source.matchAll(/\bshows\(\s*'([^']+)'/g)].map(([, name]) => name ?? '');
  });

test('each requirement is shown by a test, or says why there is nothing to show', () => {
  for (const { section, says, shownBy, doesNotApply } of REQUIREMENTS) {
    const name = `§${section} ${says}`;
    assert.equal(shownBy === undefined, doesNotApply !== undefined, name);
    assert.ok(shownBy === undefined || shownBy.length > 0, name);
    assert.ok(doesNotApply === undefined || doesNotApply.length > 20, name);
    for (const shown of shownBy ?? []) assert.ok(tests.includes(shown), `${name}: ${shown}`);
  }
});

test('each test shows a requirement of the list, and has a name of its own', () => {
  const shown = new Set(REQUIREMENTS.flatMap(({ shownBy }) => shownBy ?? []));
  assert.equal(new Set(tests).size, tests.length);
  assert.deepEqual(
    tests.filter((name) => !shown.has(name)),
    [],
  );
});

test('no section of the recommendations and of the attacks is passed over', () => {
  const sections = new Set(REQUIREMENTS.map(({ section }) => section));
  for (const section of ['2.1', '2.1.1', '2.1.2', '2.2.1', '2.2.2', '2.3', '2.4', '2.5', '2.6']) {
    assert.ok(sections.has(section), section);
  }
  for (let attack = 1; attack <= 17; attack += 1) {
    const section = `4.${attack}`;
    const isListed = [...sections].some(
      (name) => name === section || name.startsWith(`${section}.`),
    );
    assert.notEqual(isListed, section in NOTHING_FOR_SERVERS, section);
  }
});
