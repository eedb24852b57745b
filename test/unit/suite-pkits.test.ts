/** NIST PKITS, paths and CRLs; every difference has its reason here (docs/DESIGN.md). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPkits } from '../kit/suites/pkits.ts';
import { scoreOf } from '../kit/suites/suite-case.ts';

/** Ten times what the slowest takes on a busy machine. */
const MAX_CASE_MS = 5000;

type Refusals = readonly (readonly [reason: string, ...numbers: string[]])[];

/** Refused by path rules, though PKITS accepts. */
const STRICTER_PATHS: Refusals = [
  ['DSA', '4.1.4', '4.1.5'],
  ['policy mapping', '4.10.1.1', '4.10.3', '4.10.5', '4.10.6', '4.10.9', '4.10.11', '4.10.12'],
  ['policy mapping', '4.10.13', '4.10.14', '4.11.2', '4.11.4', '4.11.7'],
];

/** Refused for lack of a CRL that our rules take, though PKITS accepts. */
const STRICTER_CRLS: Refusals = [
  ['distribution point named relative to the issuer', '4.14.4', '4.14.5', '4.14.7'],
  ['CRL of another issuer', '4.14.22', '4.14.24', '4.14.25', '4.14.28', '4.14.29', '4.14.30'],
  ['CRL of another issuer', '4.14.33'],
  ['a hold that a delta CRL ends is not ended', '4.15.5'],
];

const cases = readPkits();
const skip = 'skip' in cases ? cases.skip : false;

/** Paths whose only fault is in their CRLs. */
const CRL_FAULT = /^4\.(?:4|14|15)\.|^4\.5\.[257]$|^4\.7\.[45]$/;

test('PKITS paths: every valid one holds, but for DSA and policy mapping, and every other fails (RFC 5280 §6.1)', {
  skip,
}, (t) => {
  assert.ok(!('skip' in cases));
  const valid = cases.filter(({ accept }) => accept);
  const refused = valid.filter(({ judgePath }) => judgePath() !== 'accepted');
  t.diagnostic(`PKITS: ${valid.length - refused.length} of ${valid.length} valid paths hold`);
  assert.deepEqual(numbersOf(refused), numbersIn(STRICTER_PATHS));
  const invalid = cases.filter(({ accept, number }) => !accept && !CRL_FAULT.test(number));
  const accepted = invalid.filter(({ judgePath }) => judgePath() === 'accepted');
  t.diagnostic(
    `PKITS: ${invalid.length - accepted.length} of ${invalid.length} invalid paths fail`,
  );
  assert.deepEqual(numbersOf(accepted), []);
});

test('PKITS paths and CRLs: nothing is accepted that must be refused, and only what is named here is refused (RFC 5280 §6)', {
  skip,
}, (t) => {
  assert.ok(!('skip' in cases));
  const { right, different, slowest } = scoreOf(cases);
  const wrong = cases.filter(({ id }) => different.has(id));
  const accepted = wrong.filter(({ accept }) => !accept);
  t.diagnostic(
    `PKITS: ${right} of ${cases.length} as expected, ${accepted.length} wrongly accepted; ` +
      `slowest ${slowest.ms.toFixed(0)} ms`,
  );
  assert.deepEqual(numbersOf(accepted), []);
  assert.deepEqual(numbersOf(wrong), numbersIn([...STRICTER_PATHS, ...STRICTER_CRLS]));
  assert.ok(slowest.ms < MAX_CASE_MS, slowest.id);
});

function numbersOf(found: readonly { readonly number: string }[]): string[] {
  return [...new Set(found.map(({ number }) => number))].sort();
}

function numbersIn(refusals: Refusals): string[] {
  return refusals.flatMap(([, ...numbers]) => numbers).sort();
}
