/** The month from which a site should ask again: each reason alone, and the earliest of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCivilDate } from '../../gateway/identity/civil-date.ts';
import { reverifyMonth } from '../../gateway/oidc/reverify.ts';

const day = createCivilDate;
const FAR = day(2099, 12, 31);
const today = day(2026, 11, 22);

function monthOf(changed: Partial<Parameters<typeof reverifyMonth>[0]> = {}) {
  return reverifyMonth({
    today,
    months: 36,
    certificateUntil: FAR,
    birthday: undefined,
    thresholds: [],
    ...changed,
  });
}

test('so many months after today’s month, over the end of a year', () => {
  assert.equal(monthOf({ months: 1 }), '2026-12');
  assert.equal(monthOf({ months: 2 }), '2027-01');
  assert.equal(monthOf({ months: 12 }), '2027-11');
  assert.equal(monthOf({ today: day(2026, 12, 31), months: 12 }), '2027-12');
  assert.equal(monthOf({ today: day(2027, 1, 31), months: 1 }), '2027-02');
});

test('the month after the last one in which the certificate is valid', () => {
  assert.equal(monthOf({ certificateUntil: day(2027, 3, 15) }), '2027-04');
  assert.equal(monthOf({ certificateUntil: day(2027, 3, 1) }), '2027-04');
  assert.equal(monthOf({ certificateUntil: day(2027, 12, 31) }), '2028-01');
  assert.equal(monthOf({ certificateUntil: today }), '2026-12');
});

test('the first month that begins with a threshold reached', () => {
  assert.equal(monthOf({ birthday: day(2014, 2, 10), thresholds: [13] }), '2027-03');
  assert.equal(monthOf({ birthday: day(2014, 2, 1), thresholds: [13] }), '2027-02');
  assert.equal(monthOf({ birthday: day(2014, 12, 31), thresholds: [13] }), '2028-01');
  assert.equal(monthOf({ birthday: day(2013, 11, 23), thresholds: [13] }), '2026-12');
});

test('a birthday on 29 February is reached on 1 March or before it, so March it is', () => {
  assert.equal(monthOf({ birthday: day(2016, 2, 29), thresholds: [12] }), '2028-03');
  assert.equal(monthOf({ birthday: day(2016, 2, 29), thresholds: [13] }), '2029-03');
});

test('the next of several thresholds', () => {
  const birthday = day(2014, 2, 10);
  assert.equal(monthOf({ birthday, thresholds: [15, 13, 14] }), '2027-03');
});

test('a birthday that is not known to the day does not count', () => {
  assert.equal(monthOf({ thresholds: [13] }), '2029-11');
});

test('the earliest of the three', () => {
  const all = {
    months: 12,
    certificateUntil: day(2027, 8, 5),
    birthday: day(2014, 2, 10),
    thresholds: [13],
  };
  assert.equal(monthOf(all), '2027-03');
  assert.equal(monthOf({ ...all, thresholds: [] }), '2027-09');
  assert.equal(monthOf({ ...all, thresholds: [], certificateUntil: FAR }), '2027-11');
});

test('never a month that has begun, while the certificate is valid and the thresholds lie ahead', () => {
  for (const [month, date] of [
    [1, 1],
    [2, 28],
    [11, 23],
    [12, 1],
    [12, 31],
  ] as const) {
    const next = reverifyMonth({
      today: day(2026, month, date),
      months: 1,
      certificateUntil: day(2026, month, date),
      birthday: day(2013, month, Math.min(date + 1, 28)),
      thresholds: [14],
    });
    assert.ok(next > `2026-${String(month).padStart(2, '0')}`, next);
  }
});
