/**
 * A strict reader of comma-separated values (RFC 4180) that gets the file piece by piece and never holds more than one
 * row. Beyond the RFC it takes a byte order mark, `;` instead of `,` (what spreadsheets write where the comma is the
 * decimal point), and lines that end in LF alone. Text is UTF-8; what is not is a fault of that row.
 */

/**
 * What can be wrong with a row as such. After `row-too-long`, `unclosed-quote` and `utf-16` nothing more is read: where
 * the next row begins is not known.
 */
export type CsvFault =
  | 'not-utf8'
  | 'utf-16'
  | 'stray-quote'
  | 'text-after-quote'
  | 'unclosed-quote'
  | 'lone-cr'
  | 'field-too-long'
  | 'row-too-long'
  | 'too-many-fields';

/** One row, or what is wrong with it. Rows count from 1, the header's, as in a spreadsheet: empty lines count too. */
export type CsvRow =
  | { readonly row: number; readonly fields: readonly string[]; readonly fault?: never }
  | { readonly row: number; readonly fields?: never; readonly fault: CsvFault };

/** A reader of one file. */
export interface CsvReader {
  /** Takes the next bytes, cut anywhere, and returns the rows that they complete. Empty lines are passed over. */
  write(bytes: Uint8Array): CsvRow[];
  /** Says that there are no more bytes; returns the last row when no line end followed it. */
  end(): CsvRow[];
}

/** Bounds of what one row may hold. */
export interface CsvLimits {
  readonly maxRowBytes: number;
  /** In UTF-16 code units, as JavaScript counts. */
  readonly maxFieldLength: number;
  readonly maxFields: number;
}

export const CSV_LIMITS: CsvLimits = { maxRowBytes: 65_536, maxFieldLength: 4_096, maxFields: 64 };

const QUOTE = 0x22;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const LF = 0x0a;
const CR = 0x0d;

/** U+FEFF in UTF-8. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** Where the scan for the end of a row is. `closing`: after a quote that ends the field, or is the first of two. */
type Place = 'field-start' | 'plain' | 'quoted' | 'closing';

/** Creates a reader. The first row decides on the delimiter: whichever of `,` and `;` it holds more of. */
export function createCsvReader(limits: CsvLimits = CSV_LIMITS): CsvReader {
  const buffer = new Uint8Array(limits.maxRowBytes);
  let length = 0;
  let row = 1;
  let place: Place = 'field-start';
  let delimiter: number | undefined;
  let isStopped = false;

  const stop = (fault: CsvFault): CsvRow => {
    isStopped = true;
    return { row, fault };
  };
  const isDelimiter = (byte: number) =>
    delimiter === undefined ? byte === COMMA || byte === SEMICOLON : byte === delimiter;

  const finishRow = (rows: CsvRow[]) => {
    const bytes = trimRow(buffer.subarray(0, length), row);
    if (row === 1 && isUtf16(bytes)) return void rows.push(stop('utf-16'));
    delimiter ??= detectDelimiter(bytes);
    if (bytes.length > 0) {
      const read = readFields(bytes, String.fromCharCode(delimiter), limits);
      rows.push(typeof read === 'string' ? { row, fault: read } : { row, fields: read });
    }
    row += 1;
    length = 0;
    place = 'field-start';
  };

  return {
    write(bytes) {
      const rows: CsvRow[] = [];
      for (const byte of bytes) {
        if (isStopped) break;
        if (byte === LF && place !== 'quoted') {
          finishRow(rows);
          continue;
        }
        if (length === buffer.length) {
          rows.push(stop('row-too-long'));
          break;
        }
        buffer[length] = byte;
        length += 1;
        const isMark = row === 1 && place === 'field-start' && byte === BYTE_ORDER_MARK[length - 1];
        if (!isMark) place = placeAfter(place, byte, isDelimiter(byte));
      }
      return rows;
    },
    end() {
      const rows: CsvRow[] = [];
      if (isStopped) return rows;
      if (place === 'quoted') rows.push(stop('unclosed-quote'));
      else if (length > 0) finishRow(rows);
      return rows;
    },
  };
}

/** A quote opens a field only where the field begins; elsewhere it is a fault that must not swallow the next rows. */
function placeAfter(place: Place, byte: number, isDelimiter: boolean): Place {
  if (place === 'quoted') return byte === QUOTE ? 'closing' : 'quoted';
  if (place === 'closing' && byte === QUOTE) return 'quoted';
  if (isDelimiter) return 'field-start';
  return place === 'field-start' && byte === QUOTE ? 'quoted' : 'plain';
}

/** The row without the CR of its line end and, in the first one, without the byte order mark. */
function trimRow(bytes: Uint8Array, row: number): Uint8Array {
  const hasMark = row === 1 && BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte);
  return bytes.subarray(hasMark ? 3 : 0, bytes.at(-1) === CR ? -1 : undefined);
}

function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function detectDelimiter(header: Uint8Array): number {
  let balance = 0;
  let isQuoted = false;
  for (const byte of header) {
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted && byte === COMMA) balance += 1;
    else if (!isQuoted && byte === SEMICOLON) balance -= 1;
  }
  return balance < 0 ? SEMICOLON : COMMA;
}

function readFields(bytes: Uint8Array, delimiter: string, limits: CsvLimits): string[] | CsvFault {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // TypeError: the bytes are no UTF-8. Nothing else is thrown here.
    return 'not-utf8';
  }
  const fields = text.includes('"') ? splitQuoted(text, delimiter) : splitPlain(text, delimiter);
  if (typeof fields === 'string') return fields;
  if (fields.length > limits.maxFields) return 'too-many-fields';
  return fields.some((field) => field.length > limits.maxFieldLength) ? 'field-too-long' : fields;
}

function splitPlain(text: string, delimiter: string): string[] | CsvFault {
  return text.includes('\r') ? 'lone-cr' : text.split(delimiter);
}

function splitQuoted(text: string, delimiter: string): string[] | CsvFault {
  const fields: string[] = [];
  for (let start = 0; start <= text.length; ) {
    const isQuoted = text[start] === '"';
    const end = isQuoted ? endOfQuoted(text, start + 1) : endOfPlain(text, start, delimiter);
    const field = isQuoted ? text.slice(start + 1, end - 1) : text.slice(start, end);
    if (end < text.length && text[end] !== delimiter) return 'text-after-quote';
    if (!isQuoted && field.includes('"')) return 'stray-quote';
    if (!isQuoted && field.includes('\r')) return 'lone-cr';
    fields.push(isQuoted ? field.replaceAll('""', '"') : field);
    start = end + 1;
  }
  return fields;
}

/** The index after the quote that ends the field. The scan for the end of the row has seen to it that there is one. */
function endOfQuoted(text: string, from: number): number {
  let quote = text.indexOf('"', from);
  while (text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote + 1;
}

function endOfPlain(text: string, from: number, delimiter: string): number {
  const end = text.indexOf(delimiter, from);
  return end === -1 ? text.length : end;
}
