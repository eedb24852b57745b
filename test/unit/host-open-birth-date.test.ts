/** The host's own small rule of which birth dates are open, held against the gateway's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNationalNumber } from '../../gateway/identity/national-number.ts';
import { isBirthDateOpen, isNumberOpen } from '../../native-host/login/open-birth-date.ts';
import { createTestContents } from '../kit/card/card-fixture.ts';

/** Digits of a national number with its check number for a century. */
function numberOf(birth: string, century: 1900 | 2000, serial = '001'): string {
  const digits = `${birth}${serial}`;
  const value = Number(century === 2000 ? `2${digits}` : digits);
  return `${digits}${String(97 - (value % 97)).padStart(2, '0')}`;
}

/** What the gateway makes of it: open where it is not one day. */
function isOpenToGateway(text: string): boolean {
  try {
    const { birth } = parseNationalNumber(text);
    return birth.earliest !== birth.latest;
  } catch {
    return false;
  }
}

const twoDigits = (value: number) => String(value).padStart(2, '0');

test('host and gateway agree on every month field and day field of several years, in both centuries', () => {
  let count = 0;
  const counts = { open: 0, whole: 0 };
  for (const year of ['00', '04', '13', '99']) {
    for (let month = 0; month <= 99; month += 1) {
      for (let day = 0; day <= 99; day += 1) {
        for (const century of [1900, 2000] as const) {
          const text = numberOf(`${year}${twoDigits(month)}${twoDigits(day)}`, century);
          const isOpen = isNumberOpen(text);
          assert.equal(isOpen, isOpenToGateway(text), text);
          counts[isOpen ? 'open' : 'whole'] += 1;
          count += 1;
        }
      }
    }
  }
  assert.equal(count, 80_000);
  assert.ok(counts.open > 1_000 && counts.whole > 1_000);
});

test('host and gateway agree on texts that are no national number, or have a wrong check number', () => {
  const good = numberOf('130000', 2000);
  assert.equal(isNumberOpen(good), true);
  for (let check = 0; check <= 99; check += 1) {
    const text = `${good.slice(0, 9)}${twoDigits(check)}`;
    assert.equal(isNumberOpen(text), isOpenToGateway(text), text);
  }
  for (const text of ['', '0', `${good}0`, good.slice(1), ` ${good.slice(1)}`, 'A'.repeat(11)]) {
    assert.equal(isNumberOpen(text), false);
  }
});

test('finds the number in a card’s certificate: open for a holder of whom only the year is known', async () => {
  for (const [person, isOpen] of [
    ['emma', false],
    ['karel', false],
    ['lotte', false],
    ['amal', true],
  ] as const) {
    const { authenticationCertificate } = await createTestContents(person);
    assert.ok(authenticationCertificate);
    assert.equal(isBirthDateOpen(authenticationCertificate), isOpen, person);
  }
});

test('a certificate that is cut anywhere asks for no file, and none throws', async () => {
  const { authenticationCertificate } = await createTestContents('amal');
  assert.ok(authenticationCertificate);
  for (let length = 0; length < authenticationCertificate.length; length += 1) {
    assert.equal(isBirthDateOpen(authenticationCertificate.slice(0, length)), false);
  }
});
