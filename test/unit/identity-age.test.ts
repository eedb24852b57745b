import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageOver, type BirthDate, brusselsDate } from '../../gateway/identity/age.ts';
import { type CivilDate, createCivilDate } from '../../gateway/identity/civil-date.ts';
import { parseNationalNumber } from '../../gateway/identity/national-number.ts';
import { findPerson, nationalNumberOf } from '../kit/persons.ts';

const CASES: readonly [
  earliest: string,
  latest: string,
  today: string,
  age: number,
  is?: boolean,
][] = [
  ['2013-11-23', '2013-11-23', '2026-11-22', 13, false],
  ['2013-11-23', '2013-11-23', '2026-11-23', 13, true],
  ['2013-11-23', '2013-11-23', '2026-11-24', 13, true],
  ['2020-02-29', '2020-02-29', '2026-02-28', 6, false],
  ['2020-02-29', '2020-02-29', '2026-03-01', 6, true],
  ['2020-02-29', '2020-02-29', '2028-02-28', 8, false],
  ['2020-02-29', '2020-02-29', '2028-02-29', 8, true],
  ['2013-01-01', '2013-12-31', '2026-11-22', 13],
  ['2013-01-01', '2013-12-31', '2026-01-01', 13],
  ['2013-01-01', '2013-12-31', '2025-12-31', 13, false],
  ['2013-01-01', '2013-12-31', '2026-12-30', 13],
  ['2013-01-01', '2013-12-31', '2026-12-31', 13, true],
  ['2013-01-01', '2013-12-31', '2026-11-22', 6, true],
  ['2013-01-01', '2013-12-31', '2026-11-22', 18, false],
  ['1900-01-01', '9999-12-31', '2026-11-22', 6],
  ['2026-11-22', '2026-11-22', '2026-11-22', 0, true],
  ['2026-11-23', '2026-11-23', '2026-11-22', 0],
  ['2071-01-01', '2071-12-31', '2026-11-22', 6],
];

for (const [earliest, latest, today, age, expected] of CASES) {
  test(`born ${earliest} to ${latest}, on ${today}: ${age} reached is ${expected} (design §5)`, () => {
    const birth: BirthDate = { earliest: date(earliest), latest: date(latest) };
    assert.equal(ageOver(birth, age, date(today)), expected);
  });
}

test('takes the day from Europe/Brussels, in winter and in summer (design §5)', () => {
  const at = (instant: string): string => brusselsDate(new Date(instant));
  assert.equal(at('2026-11-22T22:59:59Z'), '2026-11-22');
  assert.equal(at('2026-11-22T23:00:00Z'), '2026-11-23');
  assert.equal(at('2026-07-01T21:59:59Z'), '2026-07-01');
  assert.equal(at('2026-07-01T22:00:00Z'), '2026-07-02');
  assert.equal(at('2026-12-31T23:00:00Z'), '2027-01-01');
});

test('turns 13 at midnight in Brussels, not in Greenwich (design §5)', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const lina = findPerson('lina');
  assert.ok(lina);
  const { birth } = parseNationalNumber(nationalNumberOf(lina, now));
  const over13 = (instant: string) => ageOver(birth, 13, brusselsDate(new Date(instant)));
  assert.equal(over13('2026-11-22T22:59:59Z'), false);
  assert.equal(over13('2026-11-22T23:00:00Z'), true);
});

test('refuses a threshold that is no age', () => {
  const birth = { earliest: date('2013-01-01'), latest: date('2013-01-01') };
  for (const threshold of [-1, 1.5, 151, Number.NaN]) {
    assert.throws(() => ageOver(birth, threshold, date('2026-11-22')), RangeError);
  }
});

test('refuses a day that no calendar has', () => {
  for (const [year, month, day] of [
    [2026, 2, 29],
    [1900, 2, 29],
    [2026, 13, 1],
    [2026, 4, 31],
    [2026, 1, 0],
  ] as const) {
    assert.throws(() => createCivilDate(year, month, day), RangeError);
  }
  assert.equal(createCivilDate(2000, 2, 29), '2000-02-29');
});

function date(text: string): CivilDate {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return createCivilDate(year, month, day);
}
