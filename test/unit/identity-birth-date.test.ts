import assert from 'node:assert/strict';
import { test } from 'node:test';
import { combineBirthDates, createBirthDate } from '../../gateway/identity/birth-date.ts';
import { parseWrittenBirthDate } from '../../gateway/identity/written-birth-date.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const WRITTEN: readonly [text: string, earliest: string, latest?: string][] = [
  // Seen in public tests
  ['01 JAN 1971', '1971-01-01'],
  ['1 JAN 1971', '1971-01-01'],
  ['08 SEP  1964', '1964-09-08'],
  ['13.AUG. 1996', '1996-08-13'],
  ['23.SEP.1982', '1982-09-23'],
  ['22.DEZ. 1997', '1997-12-22'],
  ['1984', '1984-01-01', '1984-12-31'],
  ['        1962', '1962-01-01', '1962-12-31'],
  // Month and year
  ['FEV 2016', '2016-02-01', '2016-02-29'],
  ['FEB 2015', '2015-02-01', '2015-02-28'],
  ['APR. 2018', '2018-04-01', '2018-04-30'],
  // Written otherwise
  ['29 FEB 2016', '2016-02-29'],
  ['5 mei 2018', '2018-05-05'],
  ['01 FÉV 2018', '2018-02-01'],
  ['01 FE\u0301V 2018', '2018-02-01'],
  ['01.MAERZ 2018', '2018-03-01'],
  ['01.März 2018', '2018-03-01'],
  ['01 AOÛ 2018', '2018-08-01'],
  ['01 AOÛT 2018', '2018-08-01'],
];

for (const [text, earliest, latest = earliest] of WRITTEN) {
  test(`reads ${JSON.stringify(text)} as ${earliest} to ${latest} (card facts §3.4)`, () => {
    assert.deepEqual(parseWrittenBirthDate(text), { earliest, latest });
  });
}

const MONTHS: Readonly<Record<string, string>> = {
  French: 'JAN FEV MARS AVR MAI JUIN JUIL AOUT SEPT OCT NOV DEC',
  Dutch: 'JAN FEB MAAR APR MEI JUN JUL AUG SEP OKT NOV DEC',
  German: 'JAN FEB MÄR APR MAI JUN JUL AUG SEP OKT NOV DEZ',
};

for (const [language, months] of Object.entries(MONTHS)) {
  test(`reads every month in ${language}, with blanks and with dots (card facts §3.4)`, () => {
    for (const [index, month] of months.split(' ').entries()) {
      const expected = `2017-${String(index + 1).padStart(2, '0')}-09`;
      for (const text of [`09 ${month.padEnd(4)} 2017`, `09.${month}. 2017`, `09.${month}.2017`]) {
        assert.equal(parseWrittenBirthDate(text).earliest, expected);
        assert.equal(parseWrittenBirthDate(text).latest, expected);
      }
    }
  });
}

for (const text of [
  '',
  '   ',
  'JAN',
  '01 JAN',
  '71',
  '01 JAN 71',
  '01 JAN 19710',
  '01 JUI 1971',
  '01 JANUARY 1971',
  '01 01 1971',
  '01.01.1971',
  '01 1971',
  '1971 JAN 01',
  '00 JAN 1971',
  '32 JAN 1971',
  '29 FEB 2015',
  '31 APR 2018',
  '001 JAN 1971',
  '01 JAN 0000',
  '01 JAN 1971 1971',
  '01-JAN-1971',
  '01 JAN １９７１',
]) {
  test(`rejects ${JSON.stringify(text)} as a birth date`, () => {
    throwsWithCode('IDENTITY_INVALID', () => parseWrittenBirthDate(text));
  });
}

const day = createBirthDate(2013, 5, 7);
const month = createBirthDate(2013, 5);
const year = createBirthDate(2013);
const unknown = { earliest: createBirthDate(1900).earliest, latest: createBirthDate(9999).latest };

test('keeps the full date of the number whatever less the file says (design §5)', () => {
  for (const ofFile of [day, month, year]) assert.deepEqual(combineBirthDates(day, ofFile), day);
});

test('narrows a partial date of the number by the file (design §5)', () => {
  for (const ofNumber of [month, year, unknown]) {
    assert.deepEqual(combineBirthDates(ofNumber, day), day);
  }
  assert.deepEqual(combineBirthDates(year, month), month);
  assert.deepEqual(combineBirthDates(unknown, year), year);
});

test('keeps an interval that neither narrows, and the part that two have in common', () => {
  assert.deepEqual(combineBirthDates(year, year), year);
  const spring = { earliest: createBirthDate(2013, 3).earliest, latest: month.latest };
  const late = { earliest: month.earliest, latest: year.latest };
  assert.deepEqual(combineBirthDates(spring, late), month);
});

test('rejects a number and a file that contradict each other (card facts §5)', () => {
  for (const [ofNumber, ofFile] of [
    [day, createBirthDate(2013, 5, 8)],
    [day, createBirthDate(2013, 6)],
    [day, createBirthDate(2012)],
    [year, createBirthDate(2014, 1, 1)],
    [year, createBirthDate(1913)],
    [createBirthDate(1913, 5, 7), day],
  ] as const) {
    throwsWithCode('IDENTITY_INVALID', () => combineBirthDates(ofNumber, ofFile));
  }
});
