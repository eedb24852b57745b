/** Writes a table for a spreadsheet (RFC 4180), with the separator and the byte order mark that those in Belgium expect. */

/**
 * The table as text: `;` between values, all of them quoted, CR LF after each row, U+FEFF first. A value that a
 * spreadsheet would run as a formula gets an apostrophe before it: names and titles come from other people.
 */
export function encodeCsv(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => row.map(encodeValue).join(';'));
  return `\uFEFF${lines.map((line) => `${line}\r\n`).join('')}`;
}

function encodeValue(value: string): string {
  // Spreadsheets look past white space, and take the full-width signs for the plain ones.
  const isFormula = /^\s*[=+\-@＝＋－＠\t\r]/u.test(value);
  return `"${isFormula ? "'" : ''}${value.replaceAll('"', '""')}"`;
}
