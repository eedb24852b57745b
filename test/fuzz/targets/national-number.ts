/** National numbers, the birth dates in them, and the ages that follow. TEST ONLY. */
import { ageOver } from '../../../gateway/identity/age.ts';
import { createCivilDate } from '../../../gateway/identity/civil-date.ts';
import {
  isNationalNumber,
  parseNationalNumber,
} from '../../../gateway/identity/national-number.ts';
import { text } from '../samples.ts';
import { type FuzzTarget, insist, tryParse } from '../target.ts';

const today = createCivilDate(2026, 11, 22);

export const target: FuzzTarget = {
  files: [
    'gateway/identity/national-number.ts',
    'gateway/identity/age.ts',
    'gateway/identity/civil-date.ts',
  ],
  samples: [
    '01050399963',
    '03090700141',
    '67063029659',
    '71715100070',
    '00000100064',
    '04022900101',
    '00022900101',
  ].map(text),
  dictionary: ['00', '0229', '1231', '20', '40', '52', '\u0661', '\n'].map(text),
  maxBytes: 64,
  run(input) {
    const number = withCheckNumber(Buffer.from(input).toString());
    const parsed = tryParse(['IDENTITY_INVALID'], () => parseNationalNumber(number));
    insist((parsed !== undefined) === isNationalNumber(number), 'one rule says what a number is');
    if (!parsed) return;
    const { earliest, latest } = parsed.birth;
    insist(earliest <= latest, 'an interval has its ends in order');
    const written = dateIn(number, earliest.slice(0, 2));
    insist(
      written === undefined ? earliest < latest : earliest === written && latest === written,
      'a date that the calendar has is that date, and any other an interval',
    );
    const years = Number(earliest.slice(0, 4));
    insist(years % 100 === Number(number.slice(0, 2)), 'the year is the number’s');
    const answers = [0, 6, 13, 18, 65, 120, 150].map((age) => ageOver(parsed.birth, age, today));
    const order = answers.map((answer) => (answer === undefined ? 1 : answer ? 0 : 2));
    insist(
      order.every((rank, index) => rank >= (order[index - 1] ?? 0)) || earliest > today,
      'who has reached an age has reached every lower one',
    );
  },
};

/** The date that the number writes, bis months moved back; by another calendar than the parser's. */
function dateIn(number: string, century: string): string | undefined {
  const month = Number(number.slice(2, 4));
  const plain =
    month >= 40 && month <= 52 ? month - 40 : month >= 20 && month <= 32 ? month - 20 : month;
  const text = `${century}${number.slice(0, 2)}-${String(plain).padStart(2, '0')}-${number.slice(4, 6)}`;
  const instant = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text)
    ? text
    : undefined;
}

/** Chance finds a check number once in 97: half of all numbers of 11 digits get theirs. */
function withCheckNumber(number: string): string {
  if (!/^\d{11}$/.test(number) || Number(number[8]) % 2 === 0) return number;
  const first = Number(number.slice(0, 9)) + (Number(number[10]) % 2 === 0 ? 0 : 2_000_000_000);
  return number.slice(0, 9) + String(97 - (first % 97)).padStart(2, '0');
}
