/** What can be wrong with a file of titles or members. Texts for people are in texts/data-*.ts, one for each kind. */
import type { CsvFault } from './csv.ts';

/** `duplicate`: the number stands in an earlier row. The others say what a value is not. */
export type ProblemKind =
  | CsvFault
  | 'empty-file'
  | 'missing-column'
  | 'double-column'
  | 'too-many-rows'
  | 'field-count'
  | 'missing'
  | 'too-long'
  | 'control-character'
  | 'title-number'
  | 'card-number'
  | 'year'
  | 'birth-year'
  | 'language'
  | 'audience'
  | 'copies'
  | 'duplicate';

/** One thing that is wrong, and where. For the page only: a value may be of a person, so none goes into a log. */
export interface ImportProblem {
  /** From 1, the header's, as a spreadsheet counts. */
  readonly row: number;
  readonly kind: ProblemKind;
  readonly column?: string;
  /** The value as it stands in the file, its beginning. */
  readonly value?: string;
  /** Of a duplicate: the row that has the number first. */
  readonly firstRow?: number;
  /** What the rule allows, or for a count of fields: what the header has. */
  readonly limit?: number;
}

/** A problem of one value; the table knows the row and the column. */
export type ValueProblem = Pick<ImportProblem, 'kind' | 'limit'>;

/** How much of a wrong value is shown. */
const SHOWN_VALUE_LENGTH = 40;

/** The beginning of a value, for a problem. */
export function shorten(value: string): string {
  const characters = [...value.slice(0, 2 * SHOWN_VALUE_LENGTH)];
  return characters.length > SHOWN_VALUE_LENGTH
    ? `${characters.slice(0, SHOWN_VALUE_LENGTH - 1).join('')}…`
    : characters.join('');
}
