/** The gateway's look at identity and address files, and at the birth dates in them. TEST ONLY. */
import { parseAddressFile } from '../../../gateway/identity/address-file.ts';
import { parseIdentityFile } from '../../../gateway/identity/identity-file.ts';
import { parseWrittenBirthDate } from '../../../gateway/identity/written-birth-date.ts';
import { hex, text } from '../samples.ts';
import { type FuzzTarget, insist, tryParse } from '../target.ts';

const CODES = ['IDENTITY_INVALID'] as const;
const field = (tag: number, value: string | Uint8Array) => {
  const bytes = typeof value === 'string' ? text(value) : value;
  return [tag, bytes.length, ...bytes];
};
const identity = Uint8Array.from([
  ...field(0, hex('0005')),
  ...field(1, '615000000000'),
  ...field(2, hex('534c4790000102030405060708090a0b')),
  ...field(3, '01.02.2025'),
  ...field(4, '01.02.2028'),
  ...field(6, '01050399963'),
  ...field(7, 'Proef TEST ONLY'),
  ...field(8, 'Zoë Anna'),
  ...field(12, '03 MEI 2001'),
  ...field(13, 'V'),
  ...field(15, '06'),
  ...field(17, new Uint8Array(48)),
  ...field(26, new Uint8Array(48)),
]);
const address = Uint8Array.from([
  ...field(0, hex('0005')),
  ...field(1, 'Kerkstraat 1 bus 2'),
  ...field(2, '1000'),
  ...field(3, 'Brussel'),
  ...new Uint8Array(60),
]);
const DATES = ['03 MEI 2001', '13.AUG. 1996', '22.DEZ. 1997', '08 SEP  1964', '        1962'];

export const target: FuzzTarget = {
  files: [
    'gateway/identity/card-file.ts',
    'gateway/identity/identity-file.ts',
    'gateway/identity/address-file.ts',
    'gateway/identity/written-birth-date.ts',
    'gateway/identity/birth-date.ts',
  ],
  samples: [identity, address, identity.subarray(4), ...DATES.map(text)],
  dictionary: ['MÄR', 'MÄRZ', 'AOÛT', 'A\u030aOUT', 'FÉV', '29 FEB 2000', '31.12.9999', '\u0661']
    .map(text)
    .concat(hex('0c0d'), hex('1114'), hex('1120')),
  maxBytes: 1_200,
  run(input) {
    const parsed = tryParse(CODES, () => parseIdentityFile(input));
    if (parsed) {
      insist(parsed.birth.earliest <= parsed.birth.latest, 'an interval has its ends in order');
      insist(parsed.documentType >= 0 && parsed.documentType <= 99, 'a type of two digits');
      insist(
        !/\p{Cc}/u.test(parsed.surname + parsed.givenNames),
        'names without control characters',
      );
      insist(input.length <= 1_024, 'a file of at most 1,024 bytes');
    }
    const place = tryParse(CODES, () => parseAddressFile(input));
    if (place) insist(input.length <= 512, 'a file of at most 512 bytes');
    checkDate(Buffer.from(input.subarray(0, 40)).toString());
  },
};

/** A whole date, written again in the plainest form, is the same date. */
function checkDate(written: string): void {
  const birth = tryParse(CODES, () => parseWrittenBirthDate(written));
  if (!birth) return;
  insist(birth.earliest <= birth.latest, 'an interval has its ends in order');
  if (birth.earliest !== birth.latest) return;
  const [year = '', month = '', day = ''] = birth.earliest.split('-');
  const names = [
    'JAN',
    'FEB',
    'MAAR',
    'APR',
    'MEI',
    'JUN',
    'JUL',
    'AUG',
    'SEP',
    'OKT',
    'NOV',
    'DEC',
  ];
  const plain = parseWrittenBirthDate(`${day} ${names[Number(month) - 1]} ${year}`);
  insist(
    plain.earliest === birth.earliest && plain.latest === birth.latest,
    'one date is one date',
  );
}
