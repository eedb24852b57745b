/** The list of modules is whole: each is a test under its own name, or says why it is none. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { NOT_FOR_THIS_PROFILE, PORTED } from './fapi2-modules.ts';

/** Modules of FAPI2MessageSigningFinalTestPlan, of which the security profile's plan is a part. */
const MODULES_IN_THE_PLANS = 78;

test('every module of fapi2-security-profile-final-test-plan is ported, or left out with a reason', () => {
  const left = Object.keys(NOT_FOR_THIS_PROFILE);
  assert.equal(new Set([...PORTED, ...left]).size, PORTED.length + left.length, 'named twice');
  assert.equal(PORTED.length + left.length, MODULES_IN_THE_PLANS);
  for (const reason of Object.values(NOT_FOR_THIS_PROFILE)) assert.ok(reason.length >= 12);
});

test('every ported module is one test, and no test has another name', () => {
  const names = readdirSync(import.meta.dirname)
    .filter((file) => /^fapi2-.*\.test\.ts$/.test(file) && file !== 'fapi2-modules.test.ts')
    .flatMap((file) => {
      const source = readFileSync(join(import.meta.dirname, file), 'utf8');
      assert.doesNotMatch(source, /(?<![.\w])test\(/, `${file} has a test outside the plan`);
      return [...source.matchAll(/\btestModule\(\s*'([^']+)'/g)].map(([, name]) => name);
    });
  assert.deepEqual(names.sort(), [...PORTED].sort());
});
