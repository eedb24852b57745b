import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNationalNumber } from '../../gateway/identity/national-number.ts';
import { birthDateOf, nationalNumberOf, PERSONS } from '../kit/persons.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const SPECIMENS: readonly [number: string, earliest: string, latest: string, why: string][] = [
  ['01050399963', '2001-05-03', '2001-05-03', 'a birth since 2000'],
  ['03090700141', '2003-09-07', '2003-09-07', 'a birth since 2000'],
  ['67063029659', '1967-06-30', '1967-06-30', 'a birth before 2000'],
  ['71715100070', '1971-01-01', '1971-12-31', 'an impossible month'],
  ['79797900036', '1979-01-01', '1979-12-31', 'an impossible month'],
  ['92828100076', '1992-01-01', '1992-12-31', 'an impossible month'],
  ['71717100052', '1971-01-01', '1971-12-31', 'an impossible month'],
];

for (const [number, earliest, latest, why] of SPECIMENS) {
  test(`reads the birth date of a specimen with ${why}: ${earliest} (card facts §5)`, () => {
    assert.deepEqual(parseNationalNumber(number).birth, { earliest, latest });
  });
}

const FIELDS: readonly [nine: string, year2000: boolean, interval: readonly [string, string]][] = [
  ['180500001', true, ['2018-05-01', '2018-05-31']],
  ['180000001', true, ['2018-01-01', '2018-12-31']],
  ['180005001', true, ['2018-01-01', '2018-12-31']],
  ['160200001', true, ['2016-02-01', '2016-02-29']],
  ['180230001', true, ['2018-01-01', '2018-12-31']],
  ['160229001', true, ['2016-02-29', '2016-02-29']],
  ['180229001', true, ['2018-01-01', '2018-12-31']],
  ['182507001', true, ['2018-05-07', '2018-05-07']],
  ['184507001', true, ['2018-05-07', '2018-05-07']],
  ['184000001', true, ['2018-01-01', '2018-12-31']],
  ['185301001', true, ['2018-01-01', '2018-12-31']],
  ['182000001', true, ['2018-01-01', '2018-12-31']],
  ['182100001', true, ['2018-01-01', '2018-01-31']],
  ['183231001', true, ['2018-12-31', '2018-12-31']],
  ['183307001', true, ['2018-01-01', '2018-12-31']],
  ['183907001', true, ['2018-01-01', '2018-12-31']],
  ['184100001', true, ['2018-01-01', '2018-01-31']],
  ['185231001', true, ['2018-12-31', '2018-12-31']],
  ['184231001', true, ['2018-01-01', '2018-12-31']],
  ['180532001', true, ['2018-01-01', '2018-12-31']],
  ['000229001', true, ['2000-02-29', '2000-02-29']],
  ['000229001', false, ['1900-01-01', '1900-12-31']],
  ['000000001', false, ['1900-01-01', '9999-12-31']],
  ['000001001', true, ['1900-01-01', '9999-12-31']],
];

for (const [nine, isYear2000, [earliest, latest]] of FIELDS) {
  test(`reads ${nine.slice(0, 6)} as ${earliest} to ${latest} (card facts §5)`, () => {
    const number = withCheck(nine, isYear2000);
    assert.deepEqual(parseNationalNumber(number).birth, { earliest, latest });
  });
}

test('reads the sex from the day serial, and none from a bis number without it', () => {
  assert.equal(parseNationalNumber(withCheck('180507001', true)).sex, 'M');
  assert.equal(parseNationalNumber(withCheck('180507002', true)).sex, 'F');
  assert.equal(parseNationalNumber(withCheck('184507002', true)).sex, 'F');
  assert.equal(parseNationalNumber(withCheck('182507002', true)).sex, undefined);
});

test('tells 1918 from 2018 by the check number alone (card facts §5)', () => {
  const years = [false, true].map((isYear2000) => {
    return parseNationalNumber(withCheck('180507001', isYear2000)).birth.earliest.slice(0, 4);
  });
  assert.deepEqual(years, ['1918', '2018']);
});

test('rejects every wrong check number (card facts §5)', () => {
  const accepted = Array.from({ length: 100 }, (_, check) => String(check).padStart(2, '0')).filter(
    (check) => {
      try {
        return parseNationalNumber(`180507001${check}`) !== undefined;
      } catch {
        return false;
      }
    },
  );
  const right = [false, true].map((isYear2000) => withCheck('180507001', isYear2000).slice(9));
  assert.deepEqual(accepted.sort(), right.sort());
  throwsWithCode('IDENTITY_INVALID', () => parseNationalNumber('67063029660'));
});

for (const text of [
  '',
  '0105039996',
  '010503999631',
  '01.05.03-999.63',
  '0105039996x',
  '０１050399963',
]) {
  test(`rejects what is not 11 digits: ${JSON.stringify(text)}`, () => {
    throwsWithCode('IDENTITY_INVALID', () => parseNationalNumber(text));
  });
}

test('reads back every synthetic person on days that are hard to count', () => {
  const days = ['2026-11-22', '2028-02-28', '2028-02-29', '2028-03-01', '2027-12-31', '2029-02-28'];
  for (const day of days) {
    const now = new Date(`${day}T12:00:00Z`);
    for (const person of PERSONS) {
      const { birth, sex } = parseNationalNumber(nationalNumberOf(person, now));
      const { year, month, day: dayOfMonth } = birthDateOf(person, now);
      const date = [year, month, dayOfMonth].map((part) => String(part).padStart(2, '0')).join('-');
      const known = person.isOnlyYearKnown
        ? { earliest: `${year}-01-01`, latest: `${year}-12-31` }
        : { earliest: date, latest: date };
      assert.deepEqual({ birth, sex }, { birth: known, sex: person.sex });
    }
  }
});

function withCheck(nine: string, isYear2000: boolean): string {
  const check = 97 - (((isYear2000 ? 2_000_000_000 : 0) + Number(nine)) % 97);
  return nine + String(check).padStart(2, '0');
}
