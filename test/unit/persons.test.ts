/** The synthetic persons: that each is what is said of them, on any day. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  birthDateOf,
  type CalendarDay,
  findPerson,
  isAdult,
  isKidsCard,
  nationalNumberOf,
  PERSONS,
  type Person,
} from '../kit/persons.ts';

const DAY_MS = 86_400_000;

/** Noon, so that it is the same day in Brussels. */
const at = (day: string) => new Date(`${day}T12:00:00Z`);

describe('the synthetic persons', () => {
  it('are known by a name, a PIN and a line each of their own', () => {
    for (const part of ['name', 'description', 'goodFor'] as const) {
      assert.equal(new Set(PERSONS.map((person) => person[part])).size, PERSONS.length, part);
    }
    const pins = PERSONS.flatMap(({ pin }) => pin ?? []);
    assert.equal(new Set(pins).size, PERSONS.length - 1);
    for (const pin of pins) assert.match(pin, /^\d{4,12}$/);
  });

  it('are of the age that each kind needs: 5, 6 today, 13 tomorrow, and adults', () => {
    for (const day of ['2026-11-22', '2027-12-31', '2028-02-28', '2028-02-29', '2028-03-01']) {
      const today = at(day);
      const yesterday = new Date(today.getTime() - DAY_MS);
      const tomorrow = new Date(today.getTime() + DAY_MS);
      const age = (name: string, now: Date) => ageOn(birthDateOf(person(name), today), now);
      assert.deepEqual([age('arthur', today), age('noah', today)], [5, 6], day);
      assert.equal(age('lina', today), 12, day);
      // Nobody of those ages has a birthday on 29 February 2028 (persons.ts).
      if (day !== '2028-02-28') assert.equal(age('lina', tomorrow), 13, day);
      if (day !== '2028-02-29') assert.equal(age('noah', yesterday), 5, day);
      for (const one of PERSONS) {
        assert.equal(isAdult(one), ageOn(birthDateOf(one, today), today) >= 18, one.name);
      }
    }
    for (const name of ['karel', 'moderator', 'librarian']) assert.ok(isAdult(person(name)), name);
    for (const name of ['elise', 'yara', 'amal']) assert.ok(isKidsCard(person(name)), name);
  });

  it('have somebody born on a true 29 February, 8 to 11 years old, on every day to 2107', () => {
    const elise = person('elise');
    const last = at('2107-12-31').getTime();
    let days = 0;
    const ages = new Set<number>();
    for (let ms = at('2026-01-01').getTime(); ms <= last; ms += DAY_MS) {
      const now = new Date(ms);
      const { year, month, day } = birthDateOf(elise, now);
      assert.deepEqual([month, day], [2, 29], now.toISOString());
      assert.equal(new Date(Date.UTC(year, 1, 29)).getUTCDate(), 29, now.toISOString());
      const age = ageOn({ year, month, day }, now);
      assert.ok(age >= 8 && age <= 11, `${age} on ${now.toISOString()}`);
      ages.add(age);
      days += 1;
    }
    assert.equal(days, 29_949);
    assert.equal(ages.size, 4);
  });

  it('have that child born on the day that each side of a birthday asks for', () => {
    const born = (day: string) => birthDateOf(person('elise'), at(day)).year;
    assert.equal(born('2027-03-01'), 2016);
    assert.equal(born('2028-02-28'), 2016);
    assert.equal(born('2028-02-29'), 2020);
    assert.deepEqual([born('2100-02-28'), born('2100-03-01')], [2088, 2092]);
    // Still the 28th in UTC, already the 29th in Brussels.
    assert.equal(birthDateOf(person('elise'), new Date('2028-02-28T23:30:00Z')).year, 2020);
    assert.match(nationalNumberOf(person('elise'), at('2027-03-01')), /^160229000/);
  });

  it('have an adult with two children of the same surname', () => {
    const { surname } = person('karel');
    const children = ['noah', 'elise'].map(person);
    for (const child of children) {
      assert.deepEqual([child.surname, child.certificate], [surname, 'valid']);
      assert.ok(!isAdult(child));
    }
  });
});

function person(name: string): Person {
  return findPerson(name) ?? assert.fail(name);
}

/** By the rule of the gateway: a birthday on 29 February is on 1 March in other years. */
function ageOn(born: CalendarDay, now: Date): number {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()];
  const hasBirthday = month > born.month || (month === born.month && day >= born.day);
  return year - born.year - (hasBirthday ? 0 : 1);
}
