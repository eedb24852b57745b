/** The example library's house rules: pure functions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addDays,
  civilDateOf,
  daysBetween,
  monthsBefore,
} from '../../examples/library/rules/calendar.ts';
import { foldText, parseSearchWords } from '../../examples/library/rules/fold.ts';
import {
  daysLate,
  decideRenewal,
  dueDateFor,
  fineCentsFor,
} from '../../examples/library/rules/lending.ts';
import { isGuessedTooOften, triesLeftFor } from '../../examples/library/rules/link-attempts.ts';
import { maybeMinor } from '../../examples/library/rules/minors.ts';
import { findNumber, numberFor } from '../../examples/library/rules/numbers.ts';

test('a day begins at midnight in Brussels, in winter and in summer', () => {
  assert.equal(civilDateOf(new Date('2026-01-31T22:59:59Z')), '2026-01-31');
  assert.equal(civilDateOf(new Date('2026-01-31T23:00:00Z')), '2026-02-01');
  assert.equal(civilDateOf(new Date('2026-07-31T21:59:59Z')), '2026-07-31');
  assert.equal(civilDateOf(new Date('2026-07-31T22:00:00Z')), '2026-08-01');
});

test('days are counted over the ends of months, leap years and the change of the clock', () => {
  assert.equal(addDays('2026-12-31', 1), '2027-01-01');
  assert.equal(addDays('2028-02-28', 1), '2028-02-29');
  assert.equal(addDays('2026-03-28', 2), '2026-03-30');
  assert.equal(addDays('2026-03-01', -1), '2026-02-28');
  assert.equal(daysBetween('2026-03-28', '2026-03-30'), 2);
  assert.equal(daysBetween('2026-03-30', '2026-03-28'), -2);
  assert.equal(monthsBefore('2026-03-31', 1), '2026-02-01');
  assert.equal(monthsBefore('2026-03-31', 3), '2025-12-01');
});

test('a book is lent for 21 days', () => {
  assert.equal(dueDateFor('2026-03-02'), '2026-03-23');
});

test('the due date is in time; each day after it costs 10 cents, 5 euro at most', () => {
  assert.equal(daysLate('2026-03-23', '2026-03-20'), 0);
  assert.equal(fineCentsFor('2026-03-23', '2026-03-23'), 0);
  assert.equal(fineCentsFor('2026-03-23', '2026-03-24'), 10);
  assert.equal(fineCentsFor('2026-03-23', '2026-05-11'), 490);
  assert.equal(fineCentsFor('2026-03-23', '2026-05-12'), 500);
  assert.equal(fineCentsFor('2026-03-23', '2036-01-01'), 500);
});

test('a renewal adds three weeks, twice, not when late, and not when somebody else waits', () => {
  const loan = { dueOn: '2026-03-23', renewals: 1, isReservedByOther: false };
  const refused = (reason: string) => ({ kind: 'refused', reason });
  assert.deepEqual(decideRenewal(loan, '2026-03-23'), { kind: 'possible', dueOn: '2026-04-13' });
  assert.deepEqual(decideRenewal(loan, '2026-03-24'), refused('late'));
  assert.deepEqual(decideRenewal({ ...loan, renewals: 2 }, '2026-03-10'), refused('renewed-twice'));
  assert.deepEqual(
    decideRenewal({ ...loan, isReservedByOther: true }, '2026-03-10'),
    refused('reserved'),
  );
});

test('a number has a check digit by Luhn (ISO/IEC 7812-1 annex B)', () => {
  // The annex's algorithm, worked by hand: 2 0 0 0 1 2 3 4 5, doubled at every second place from the right.
  // 5→10→1, 4, 3→6, 2, 1→2, 0, 0, 0, 2→4: 1+4+6+2+2+4 = 19, so the check digit is 1.
  assert.equal(numberFor('member', 12_345), '2000123451');
  assert.equal(findNumber('member', '2000123451'), '2000123451');
  assert.throws(() => numberFor('copy', 100_000_000), RangeError);
  assert.throws(() => numberFor('copy', -1), RangeError);
});

test('one wrong digit, and two neighbours changed over, are no number', () => {
  const number = numberFor('member', 12_345);
  for (let index = 1; index < 10; index += 1) {
    for (const digit of '0123456789') {
      if (digit === number[index]) continue;
      const wrong = number.slice(0, index) + digit + number.slice(index + 1);
      assert.equal(findNumber('member', wrong), undefined, wrong);
    }
  }
  assert.equal(findNumber('member', '2001023451'), undefined);
});

test('a number may be typed in groups, and a barcode is no library card', () => {
  const number = numberFor('member', 7);
  const typed = ` ${number.slice(0, 4)} ${number.slice(4, 7)}-${number.slice(7)} `;
  assert.equal(findNumber('member', typed), number);
  assert.equal(findNumber('copy', number), undefined);
  for (const wrong of [
    '',
    '2',
    `${number}0`,
    number.slice(1),
    'abcdefghij',
    '２０００１２３４５１',
  ]) {
    assert.equal(findNumber('member', wrong), undefined, wrong);
  }
});

test('five wrong tries an hour, counted over the last sixty minutes', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 9, minute));
  const wrong = [0, 10, 20, 30, 40].map(at);
  assert.equal(triesLeftFor([], at(0)), 5);
  assert.equal(triesLeftFor(wrong.slice(0, 4), at(40)), 1);
  assert.equal(triesLeftFor(wrong, at(59)), 0);
  assert.equal(triesLeftFor(wrong, at(60)), 1);
  assert.equal(triesLeftFor(wrong, at(100)), 5);
});

test('ten wrong tries a day at one library card, by whomever', () => {
  const now = new Date('2026-03-02T09:00:00Z');
  const wrong = Array.from({ length: 10 }, (_, hours) => new Date(now.getTime() - hours * 3.6e6));
  assert.equal(isGuessedTooOften(wrong.slice(1), now), false);
  assert.equal(isGuessedTooOften(wrong, now), true);
  assert.equal(isGuessedTooOften(wrong, new Date(now.getTime() + 20 * 3.6e6)), false);
});

test('a member is a child until the year of the 18th birthday is over', () => {
  assert.equal(maybeMinor(2008, new Date('2026-12-31T22:59:59Z')), true);
  assert.equal(maybeMinor(2008, new Date('2026-12-31T23:00:00Z')), false);
});

test('text is folded: accents, capitals, ligatures, sharp s', () => {
  assert.equal(foldText('L’Élève naïf, Straße'), 'l’eleve naif, strasse');
  assert.equal(foldText('Œuvre Ærø Çà Ñ Ł İ'), 'oeuvre aero ca n l i');
  assert.equal(foldText('e\u0301'), foldText('é'));
});

test('words of a search are letters and digits only, eight at most', () => {
  assert.deepEqual(parseSearchWords(`"Oz" OR l'école* NEAR(x) title:y`), [
    'oz',
    'or',
    'l',
    'ecole',
    'near',
    'x',
    'title',
    'y',
  ]);
  assert.equal(parseSearchWords('a '.repeat(50)).length, 8);
  assert.deepEqual(parseSearchWords('"*()-:^+'), []);
});
