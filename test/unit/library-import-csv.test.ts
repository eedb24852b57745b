/** The example library's CSV reader and writer (RFC 4180). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CsvLimits, type CsvRow, createCsvReader } from '../../examples/library/import/csv.ts';
import { encodeCsv } from '../../examples/library/import/encode-csv.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

function read(
  bytes: Uint8Array,
  { pieceBytes = bytes.length, limits = {} as Partial<CsvLimits> } = {},
) {
  const reader = createCsvReader({ maxRowBytes: 100, maxFieldLength: 20, maxFields: 5, ...limits });
  const rows: CsvRow[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    rows.push(...reader.write(bytes.subarray(at, at + pieceBytes)));
  }
  rows.push(...reader.end());
  return rows.map(({ row, fields, fault }) => [row, fault ?? fields]);
}

const readText = (text: string, limits: Partial<CsvLimits> = {}) => read(bytesOf(text), { limits });

/** What the file holds, and what is read from it. */
const FILES: readonly (readonly [string, string, unknown[]])[] = [
  [
    'records on lines of their own, CR LF (RFC 4180 §2.1)',
    'a,b\r\nc,d\r\n',
    [
      [1, ['a', 'b']],
      [2, ['c', 'd']],
    ],
  ],
  [
    'a last record without a line end (§2.2)',
    'a,b\r\nc,d',
    [
      [1, ['a', 'b']],
      [2, ['c', 'd']],
    ],
  ],
  [
    'lines that end in LF',
    'a,b\nc,d\n',
    [
      [1, ['a', 'b']],
      [2, ['c', 'd']],
    ],
  ],
  ['spaces as part of a field (§2.4)', ' a , b\n', [[1, [' a ', ' b']]]],
  ['empty fields', ',,\n', [[1, ['', '', '']]]],
  ['quoted fields (§2.5)', '"a","b"\n', [[1, ['a', 'b']]]],
  [
    'separators and line ends in quotes (§2.6)',
    '"a,b","c\r\nd"\ne,f\n',
    [
      [1, ['a,b', 'c\r\nd']],
      [2, ['e', 'f']],
    ],
  ],
  ['doubled quotes (§2.7)', '"a""b","""",""\n', [[1, ['a"b', '"', '']]]],
  [
    'semicolons, when the header has more of them',
    'a;b;c,d\n1;2,5;3\n',
    [
      [1, ['a', 'b', 'c,d']],
      [2, ['1', '2,5', '3']],
    ],
  ],
  ['a delimiter in quotes as no sign of the delimiter', '"a;;;;",b\n', [[1, ['a;;;;', 'b']]]],
  ['a byte order mark before a quoted header', '\uFEFF"a",b\n', [[1, ['a', 'b']]]],
  ['a mark in the middle as what it is', 'a,\uFEFFb\n', [[1, ['a', '\uFEFFb']]]],
  ['letters of every length in UTF-8', 'é,ß,€,😀\n', [[1, ['é', 'ß', '€', '😀']]]],
  [
    'empty lines as rows that count but hold nothing',
    'a\n\r\n\nb\n',
    [
      [1, ['a']],
      [4, ['b']],
    ],
  ],
  [
    'a quote in the middle, as a fault of that row only',
    'a\nb"c\nd\n',
    [
      [1, ['a']],
      [2, 'stray-quote'],
      [3, ['d']],
    ],
  ],
  [
    'a quote that would otherwise swallow the next rows',
    'a,b\nc,5" \n"d","e"\n',
    [
      [1, ['a', 'b']],
      [2, 'stray-quote'],
      [3, ['d', 'e']],
    ],
  ],
  [
    'text after a closing quote',
    'a\n"b"c\nd\n',
    [
      [1, ['a']],
      [2, 'text-after-quote'],
      [3, ['d']],
    ],
  ],
  [
    'a CR alone',
    'a\nb\rc\nd\n',
    [
      [1, ['a']],
      [2, 'lone-cr'],
      [3, ['d']],
    ],
  ],
  [
    'a CR alone between quoted fields',
    'a\n"b",c\rd\n',
    [
      [1, ['a']],
      [2, 'lone-cr'],
    ],
  ],
  [
    'a quote that nothing closes, by the row where it opens',
    'a\n"b\nc\n',
    [
      [1, ['a']],
      [2, 'unclosed-quote'],
    ],
  ],
  ['a field at the limit', `${'x'.repeat(20)}\n`, [[1, ['x'.repeat(20)]]]],
  [
    'a field above the limit',
    `${'x'.repeat(21)}\nb\n`,
    [
      [1, 'field-too-long'],
      [2, ['b']],
    ],
  ],
  ['fields at the limit', '1,2,3,4,5\n', [[1, ['1', '2', '3', '4', '5']]]],
  ['a field too many', '1,2,3,4,5,6\n', [[1, 'too-many-fields']]],
  ['nothing', '', []],
  ['a byte order mark and nothing', '\uFEFF', []],
];

describe('library CSV reader', () => {
  for (const [name, text, expected] of FILES) {
    it(`reads ${name}, wherever the pieces are cut`, () => {
      const bytes = bytesOf(text);
      assert.deepEqual(read(bytes), expected);
      for (const pieceBytes of [1, 2, 3, 7])
        assert.deepEqual(read(bytes, { pieceBytes }), expected);
    });
  }

  it('names the row that is not UTF-8, and reads the others', () => {
    const bytes = Uint8Array.from([...bytesOf('a\nb'), 0xe9, ...bytesOf('\nc\n')]);
    assert.deepEqual(read(bytes), [
      [1, ['a']],
      [2, 'not-utf8'],
      [3, ['c']],
    ]);
  });

  it('refuses letters that are cut, too long or no letters in UTF-8 (RFC 3629 §3)', () => {
    for (const wrong of [[0xc3], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
      assert.deepEqual(read(Uint8Array.from([...wrong, 0x0a])), [[1, 'not-utf8']]);
    }
  });

  it('says that a file is in UTF-16 and reads no more of it', () => {
    for (const encoded of [
      Buffer.from('\uFEFFa,b\nc,d\n', 'utf16le'),
      Buffer.from('\uFEFFa,b\nc,d\n', 'utf16le').swap16(),
    ]) {
      assert.deepEqual(read(encoded), [[1, 'utf-16']]);
    }
  });

  it('stops at a row above the limit, quoted or not, and takes one at the limit', () => {
    const limits = { maxRowBytes: 10, maxFieldLength: 50 };
    assert.deepEqual(readText(`a\n${'x'.repeat(10)}\nb\n`, limits).length, 3);
    assert.deepEqual(readText(`a\n${'x'.repeat(11)}\nb\n`, limits), [
      [1, ['a']],
      [2, 'row-too-long'],
    ]);
    assert.deepEqual(readText(`a\n"b\nc\nd\ne\nf\ng\nh\n`, limits), [
      [1, ['a']],
      [2, 'row-too-long'],
    ]);
  });

  it('comes to an end with every text cut anywhere', () => {
    const bytes = bytesOf(FILES.map(([, text]) => text).join('\n'));
    for (let length = 0; length <= bytes.length; length += 1) read(bytes.subarray(0, length));
  });
});

describe('library CSV writer', () => {
  it('is read back as it was written', () => {
    const rows = [
      ['Naam', 'Titel'],
      ['Peeters, An; "Ans"', 'a\r\nb'],
      ['', 'é'],
    ];
    const text = encodeCsv(rows);
    assert.ok(text.startsWith('\uFEFF"Naam";"Titel"\r\n'));
    assert.deepEqual(
      readText(text).map(([, fields]) => fields),
      rows,
    );
  });

  it('lets no value be run as a formula by a spreadsheet', () => {
    for (const value of [
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      '\t=1',
      ' =1',
      '\r=1',
      '＝1',
      "=cmd|' /C calc'!A0",
    ]) {
      assert.equal(encodeCsv([[value]]), `\uFEFF"'${value}"\r\n`);
    }
    assert.equal(encodeCsv([["'t Veulen", 'a=b', '€ -1']]), '\uFEFF"\'t Veulen";"a=b";"€ -1"\r\n');
  });
});
