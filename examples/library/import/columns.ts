/** Rows as records: the header says which field is which column, and each column reads its own values. */
import { type ImportProblem, shorten, type ValueProblem } from './problems.ts';

/** How one column is read. */
export interface Column<T> {
  /** A file without this column is refused; without, `read` gets the empty text. */
  readonly isRequired: boolean;
  /** Reads a value: cleaned, perhaps empty. */
  read(value: string): { readonly value: T } | ValueProblem;
}

/** The columns of a kind of file, by the names that stand in the header. */
export type Columns<R> = { readonly [Name in keyof R & string]: Column<R[Name]> };

/** The place of each column in the file. */
export interface Header {
  readonly width: number;
  readonly places: ReadonlyMap<string, number>;
  /** Names in the header that mean nothing here. */
  readonly ignored: readonly string[];
}

/** Reads the header: names in any order and any case. Other columns are left alone. */
export function readHeader(
  { row, fields }: { readonly row: number; readonly fields: readonly string[] },
  columns: Readonly<Record<string, Column<unknown>>>,
): { readonly header: Header } | { readonly problems: readonly ImportProblem[] } {
  const names = fields.map((field) => cleanText(field).toLowerCase());
  const places = new Map<string, number>();
  const problems: ImportProblem[] = [];
  for (const [place, name] of names.entries()) {
    if (!Object.hasOwn(columns, name)) continue;
    if (places.has(name)) problems.push({ row, kind: 'double-column', column: name });
    places.set(name, place);
  }
  for (const [column, { isRequired }] of Object.entries(columns)) {
    if (isRequired && !places.has(column)) problems.push({ row, kind: 'missing-column', column });
  }
  if (problems.length > 0) return { problems };
  const ignored = names.filter((name) => !places.has(name)).map(shorten);
  return { header: { width: fields.length, places, ignored } };
}

/** Reads one row with the header's help: the record, or everything that is wrong with it. */
export function readRecord<R>(
  { row, fields }: { readonly row: number; readonly fields: readonly string[] },
  header: Header,
  columns: Columns<R>,
): { readonly record: R } | { readonly problems: readonly ImportProblem[] } {
  if (fields.length !== header.width) {
    return {
      problems: [{ row, kind: 'field-count', limit: header.width, value: String(fields.length) }],
    };
  }
  const record: Partial<R> = {};
  const problems: ImportProblem[] = [];
  for (const column of Object.keys(columns) as (keyof R & string)[]) {
    const place = header.places.get(column);
    const value = cleanText((place === undefined ? undefined : fields[place]) ?? '');
    const read = readValue(value, columns[column]);
    if ('value' in read) record[column] = read.value;
    else problems.push({ row, column, ...(value !== '' && { value: shorten(value) }), ...read });
  }
  return problems.length > 0 ? { problems } : { record: record as R };
}

function readValue<T>(value: string, column: Column<T>): { readonly value: T } | ValueProblem {
  if (/\p{Cc}/u.test(value)) return { kind: 'control-character' };
  if (value === '' && column.isRequired) return { kind: 'missing' };
  return column.read(value);
}

/** A column of text, at most so long. */
export function textColumn(options: {
  readonly isRequired: boolean;
  readonly maxLength: number;
}): Column<string> {
  const { isRequired, maxLength } = options;
  return {
    isRequired,
    read: (value) =>
      value.length > maxLength ? { kind: 'too-long', limit: maxLength } : { value },
  };
}

/** Composed letters (NFC), and one space for every run of white space, line ends among it; none at the ends. */
function cleanText(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim();
}
