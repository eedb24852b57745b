/**
 * That no module of the four plans is forgotten: each has a test of its own name, and each that the
 * suite would not simply pass has a reason in the table (test/kit/openid/conformance-plans.ts).
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CONFORMANCE_PLANS } from '../kit/openid/conformance-plans.ts';

const FILES = /^(basic|config|rp-logout|backchannel-logout)[a-z-]*\.test\.ts$/;

/** How many modules each plan has, with the variants that its certification profile fixes. */
const COUNTS = {
  'oidcc-basic-certification-test-plan': 38,
  'oidcc-config-certification-test-plan': 1,
  'oidcc-rp-initiated-logout-certification-test-plan': 11,
  'oidcc-backchannel-rp-initiated-logout-certification-test-plan': 2,
};

const sources = readdirSync(import.meta.dirname)
  .filter((name) => FILES.test(name))
  .map((name) => ({ name, text: readFileSync(join(import.meta.dirname, name), 'utf8') }));

const tests = sources.flatMap(({ text }) =>
  [...text.matchAll(/\btest\(\s*(['"`])(.*?)\1,/g)].map(([, , sentence = '']) => {
    const [module = '', ...rest] = sentence.split(': ');
    return { module, says: rest.join(': ') };
  }),
);

const modules = Object.values(CONFORMANCE_PLANS).flatMap((plan) => Object.entries(plan));

describe('the ported conformance plans', () => {
  test('have as many modules as the suite', () => {
    const counts = Object.entries(CONFORMANCE_PLANS).map(([plan, { ...listed }]) => [
      plan,
      Object.keys(listed).length,
    ]);
    assert.deepEqual(Object.fromEntries(counts), COUNTS);
  });

  for (const [module, { verdict, why }] of modules) {
    test(`have a test of ${module}, and a reason unless it passes`, () => {
      const own = tests.filter((found) => found.module === module);
      assert.notEqual(own.length, 0, 'no test starts with its name');
      assert.ok(own.every(({ says }) => says.length > 10));
      const isPlain = verdict === 'passes' || verdict === 'review';
      assert.equal(why === undefined, isPlain);
      assert.ok(isPlain || (why ?? '').length > 20, 'the reason is a sentence');
    });
  }

  test('have no test that belongs to no module, and none that is skipped', () => {
    const names = new Set(modules.map(([module]) => module));
    assert.deepEqual(
      tests.filter(({ module }) => !names.has(module)),
      [],
    );
    const tested = sources.map(({ text }) => (text.match(/^ *test\(/gm) ?? []).length);
    assert.equal(
      tested.reduce((sum, count) => sum + count, 0),
      tests.length,
      'a test has a name that cannot be read from its source',
    );
    for (const { name, text } of sources) {
      assert.doesNotMatch(text, /\.(skip|todo|only)\b|\b(skip|todo|only):/, name);
    }
  });
});
