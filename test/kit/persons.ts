/**
 * The synthetic persons of the tests. TEST ONLY: day serials 000 and 999 are never given to
 * anybody. Birth dates are counted from the day it is in Brussels, so "turns 13 tomorrow" is true
 * on every day.
 */

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
  /** Born so many whole years before today, moved by so many days (1: the birthday is tomorrow). */
  readonly born: { readonly yearsAgo: number; readonly movedDays: number };
  /** Nobody knows more of the birth date: month and day of the national number are zero. */
  readonly isOnlyYearKnown?: boolean;
  /** Days since the card was made. */
  readonly issuedDaysAgo: number;
  readonly validityYears: number;
  readonly certificate: CertificateState;
  /** One line for `npm run card -- --list`. */
  readonly description: string;
}

const KIDS_ID = { documentType: 6, validityYears: 3 } as const;

/** Every synthetic person. */
export const PERSONS: readonly Person[] = [
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
  },
  {
    name: 'karel',
    givenNames: 'Karel Jan',
    surname: 'Voorbeeld',
    sex: 'M',
    documentType: 1,
    pin: '456789',
    born: { yearsAgo: 40, movedDays: -180 },
    issuedDaysAgo: 700,
    validityYears: 10,
    certificate: 'valid',
    description: 'adult eID, 40 years old',
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
  },
  {
    name: 'piotr',
    givenNames: 'Piotr',
    surname: 'Przyklad',
    sex: 'M',
    documentType: 31,
    nationality: 'Pools',
    pin: '0123',
    born: { yearsAgo: 33, movedDays: -40 },
    issuedDaysAgo: 400,
    validityYears: 5,
    certificate: 'valid',
    description: 'adult foreigner (EU), 33 years old',
  },
  {
    name: 'lotte',
    givenNames: 'Lotte Marie',
    surname: 'Voorbeeld',
    sex: 'F',
    documentType: 1,
    applet: '1.7',
    pin: '4321',
    born: { yearsAgo: 37, movedDays: -90 },
    issuedDaysAgo: 2400,
    validityYears: 10,
    certificate: 'valid',
    description: 'adult eID of applet 1.7 (RSA), 37 years old',
  },
  {
    name: 'hugo',
    givenNames: 'Hugo',
    surname: 'Exemple',
    sex: 'M',
    documentType: 1,
    applet: '1.7',
    isReKeyed: true,
    pin: '5432',
    born: { yearsAgo: 52, movedDays: -200 },
    issuedDaysAgo: 1400,
    validityYears: 10,
    certificate: 'valid',
    description: 'adult eID of applet 1.7, certificates issued anew by a CA with an EC key',
  },
  {
    name: 'maria',
    givenNames: 'Maria Josephina',
    surname: 'Proefpersoon',
    sex: 'F',
    documentType: 1,
    applet: '1.1',
    pin: '6543',
    born: { yearsAgo: 88, movedDays: -60 },
    issuedDaysAgo: 4700,
    validityYears: 30,
    certificate: 'valid',
    description: 'elder with an eID of applet 1.1, valid for 30 years: too old for a login',
  },
];

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
  return born.yearsAgo - (born.movedDays > 0 ? 1 : 0) >= 18;
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
  const { yearsAgo, movedDays } = person.born;
  const moved = new Date(Date.UTC(today.year, today.month - 1, today.day + movedDays));
  const year = moved.getUTCFullYear() - yearsAgo;
  const month = moved.getUTCMonth() + 1;
  const day = moved.getUTCDate();
  const isMissing =
    month === 2 && day === 29 && new Date(Date.UTC(year, 1, 29)).getUTCMonth() !== 1;
  if (!isMissing) return { year, month, day };
  return movedDays > 0 ? { year, month: 3, day: 1 } : { year, month: 2, day: 28 };
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
