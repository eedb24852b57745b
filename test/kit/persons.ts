/**
 * The synthetic persons of the tests. TEST ONLY: day serials 000 and 999 are never given to
 * anybody. Birth dates are counted from the day it is in Brussels, so "turns 13 tomorrow" is true
 * on every day.
 */
import { ADULTS } from './adult-persons.ts';

/** Generation of the card: its applet decides the kinds of its keys (card facts §1.6). */
export type CardApplet = '1.1' | '1.7' | '1.8';

/** What the card of a person has for a login. */
export type CertificateState = 'valid' | 'revoked' | 'expired' | 'unknown-issuer' | 'none';

/** A synthetic person and the card that is made for them. */
export interface Person {
  /** Key, lower case. */
  readonly name: string;
  readonly givenNames: string;
  readonly surname: string;
  readonly sex: 'M' | 'F';
  /** Tag 0F of the identity file: 1 eID, 6 kids-ID, 31 EU citizen's card, 61 to 69 kids-ID of foreigners. */
  readonly documentType: number;
  /** Tag 0A; Belgian when absent. */
  readonly nationality?: string;
  /** 1.8 when absent. */
  readonly applet?: CardApplet;
  /** A 1.7 card whose certificates were issued anew, by a CA with an EC key (card facts §4.5). */
  readonly isReKeyed?: boolean;
  /** Absent on a card made before the sixth birthday. */
  readonly pin: string | undefined;
  readonly born: Born;
  /** Nobody knows more of the birth date: month and day of the national number are zero. */
  readonly isOnlyYearKnown?: boolean;
  /** Days since the card was made. */
  readonly issuedDaysAgo: number;
  readonly validityYears: number;
  readonly certificate: CertificateState;
  /** One line for `npm run card -- --list`. */
  readonly description: string;
  /** What to try with this card, for `npm start` and the guide. */
  readonly goodFor: string;
}

/**
 * Born so many whole years before today, moved by so many days (1: the birthday is tomorrow); or on the 29 February of
 * the oldest who is not of that age yet.
 */
export type Born =
  | { readonly yearsAgo: number; readonly movedDays: number }
  | { readonly leapDayBelow: number };

const KIDS_ID = { documentType: 6, validityYears: 3 } as const;

const CHILDREN: readonly Person[] = [
  {
    ...KIDS_ID,
    name: 'emma',
    givenNames: 'Emma Louise',
    surname: 'Proefkind',
    sex: 'F',
    pin: '1234',
    born: { yearsAgo: 8, movedDays: -100 },
    issuedDaysAgo: 200,
    certificate: 'valid',
    description: 'kids-ID, 8 years old, everything in order',
    goodFor: "a login as it should be: the chat's younger room, the library",
  },
  {
    ...KIDS_ID,
    name: 'noah',
    givenNames: 'Noah',
    surname: 'Voorbeeld',
    sex: 'M',
    pin: '2345',
    born: { yearsAgo: 6, movedDays: 0 },
    issuedDaysAgo: 0,
    certificate: 'valid',
    description: 'kids-ID, turned 6 today',
    goodFor: 'the first day on which a kids-ID works; a brother of elise, child of karel',
  },
  {
    ...KIDS_ID,
    name: 'lina',
    givenNames: 'Lina Zoë',
    surname: 'Exemple',
    sex: 'F',
    pin: '3456',
    born: { yearsAgo: 13, movedDays: 1 },
    issuedDaysAgo: 800,
    certificate: 'valid',
    description: 'kids-ID made at 10, turns 13 tomorrow',
    goodFor: "the chat's last day: in today, out tomorrow",
  },
  {
    ...KIDS_ID,
    name: 'elise',
    givenNames: 'Elise',
    surname: 'Voorbeeld',
    sex: 'F',
    pin: '2468',
    born: { leapDayBelow: 12 },
    issuedDaysAgo: 400,
    certificate: 'valid',
    description: 'kids-ID, born on 29 February, 8 to 11 years old',
    goodFor: 'a birthday that most years do not have; a sister of noah, child of karel',
  },
  {
    ...KIDS_ID,
    name: 'arthur',
    givenNames: 'Arthur',
    surname: 'Proefkind',
    sex: 'M',
    pin: undefined,
    born: { yearsAgo: 5, movedDays: -50 },
    issuedDaysAgo: 30,
    certificate: 'none',
    description: 'kids-ID, 5 years old: no certificate, no PIN',
    goodFor: "no login anywhere: the way in without a card, the library's desk",
  },
  {
    ...KIDS_ID,
    name: 'milan',
    givenNames: 'Milan',
    surname: 'Beispiel',
    sex: 'M',
    pin: '5678',
    born: { yearsAgo: 9, movedDays: -20 },
    issuedDaysAgo: 300,
    certificate: 'revoked',
    description: 'kids-ID, 9 years old, certificate revoked',
    goodFor: 'a card that was reported lost: turned away everywhere',
  },
  {
    ...KIDS_ID,
    name: 'julie',
    givenNames: 'Julie Anne',
    surname: 'Exemple',
    sex: 'F',
    pin: '6789',
    born: { yearsAgo: 10, movedDays: -70 },
    issuedDaysAgo: 1200,
    certificate: 'expired',
    description: 'kids-ID, 10 years old, card and certificate expired',
    goodFor: 'a card that is past its date: turned away everywhere',
  },
  {
    ...KIDS_ID,
    name: 'wout',
    givenNames: 'Wout',
    surname: 'Proefkind',
    sex: 'M',
    pin: '7890',
    born: { yearsAgo: 11, movedDays: -10 },
    issuedDaysAgo: 100,
    certificate: 'unknown-issuer',
    description: 'kids-ID, 11 years old, certificate of a CA that the gateway does not know',
    goodFor: 'a card that the gateway cannot trust: turned away everywhere',
  },
  {
    ...KIDS_ID,
    name: 'amal',
    givenNames: 'Amal',
    surname: 'Voorbeeld',
    sex: 'F',
    pin: '8901',
    born: { yearsAgo: 13, movedDays: 0 },
    isOnlyYearKnown: true,
    issuedDaysAgo: 600,
    certificate: 'valid',
    description: 'kids-ID, turns 13 this year, month and day of birth unknown',
    goodFor: 'an age that nobody can tell: not let into the chat, at home in the library',
  },
  {
    ...KIDS_ID,
    name: 'yara',
    givenNames: 'Yara',
    surname: 'Ejemplo',
    sex: 'F',
    documentType: 61,
    nationality: 'Spaans',
    pin: '9012',
    born: { yearsAgo: 9, movedDays: -150 },
    issuedDaysAgo: 250,
    certificate: 'valid',
    description: 'kids-ID of a foreigner (EU), 9 years old',
    goodFor: "a foreigner's kids-ID: let in like any other",
  },
];

/** Every synthetic person. */
export const PERSONS: readonly Person[] = [...CHILDREN, ...ADULTS];

/** Tag 0F of a kids-ID (card facts §3.3). */
export function isKidsCard({ documentType }: Person): boolean {
  return documentType === 6 || (documentType >= 61 && documentType <= 69);
}

/** Whether the person's certificates come from the Foreigner CA: a document type other than eID and kids-ID. */
export function isForeigner({ documentType }: Person): boolean {
  return documentType > 8;
}

/** Old enough for a certificate for signatures (card facts §4.6). */
export function isAdult({ born }: Person): boolean {
  return !('leapDayBelow' in born) && born.yearsAgo - (born.movedDays > 0 ? 1 : 0) >= 18;
}

/** The person of that name. */
export function findPerson(name: string): Person | undefined {
  return PERSONS.find((person) => person.name === name);
}

/** A day of the calendar. */
export interface CalendarDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/**
 * The person's birth date as counted from `now`, Europe/Brussels. Nobody turns an age on 29
 * February of a year whose counterpart has none: then "today" becomes 28 February and "tomorrow" 1
 * March, so the age stays true.
 */
export function birthDateOf(person: Person, now: Date): CalendarDay {
  const today = brusselsDay(now);
  if ('leapDayBelow' in person.born) return leapDayOf(person.born.leapDayBelow, today);
  const { yearsAgo, movedDays } = person.born;
  const moved = new Date(Date.UTC(today.year, today.month - 1, today.day + movedDays));
  const year = moved.getUTCFullYear() - yearsAgo;
  const month = moved.getUTCMonth() + 1;
  const day = moved.getUTCDate();
  const isMissing = month === 2 && day === 29 && !isLeapYear(year);
  if (!isMissing) return { year, month, day };
  return movedDays > 0 ? { year, month: 3, day: 1 } : { year, month: 2, day: 28 };
}

/**
 * The first 29 February on which somebody was born who is younger than `age` today. For 12 that is somebody of 8 to 11,
 * save after 28 February 2108: the year 2100 has no such day.
 */
function leapDayOf(age: number, today: CalendarDay): CalendarDay {
  const hasBirthdayPassed = today.month > 2 || (today.month === 2 && today.day === 29);
  let year = today.year - age + (hasBirthdayPassed ? 1 : 0);
  while (!isLeapYear(year)) year += 1;
  return { year, month: 2, day: 29 };
}

function isLeapYear(year: number): boolean {
  return new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
}

/**
 * The person's national number: 11 digits, day serial 000 (women) or 999 (men), right check number.
 * Month and day are 00 where only the year is known.
 */
export function nationalNumberOf(person: Person, now: Date): string {
  const { year, month, day } = birthDateOf(person, now);
  const monthAndDay = person.isOnlyYearKnown ? [0, 0] : [month, day];
  const first = [year % 100, ...monthAndDay].map((part) => String(part).padStart(2, '0')).join('');
  const nine = first + (person.sex === 'F' ? '000' : '999');
  const check = 97 - (((year >= 2000 ? 2_000_000_000 : 0) + Number(nine)) % 97);
  return nine + String(check).padStart(2, '0');
}

function brusselsDay(now: Date): CalendarDay {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: 'Europe/Brussels',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  }).formatToParts(now);
  const part = (type: string): number => Number(parts.find((found) => found.type === type)?.value);
  return { year: part('year'), month: part('month'), day: part('day') };
}
