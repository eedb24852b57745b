/** docs/PROTOCOL.md as tests read it: its text, examples, tables and bytes. TEST ONLY. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** Reads a file of the project. */
export const readSource = (path: string) =>
  readFileSync(`${import.meta.dirname}/../../${path}`, 'utf8');
export const text = readSource('docs/PROTOCOL.md');

/** Each `json` block, by the schema that its info string names: one value at each `{` that begins a line. */
export const examples = [...text.matchAll(/^```json \S+→\S+ (\S+)\n([\s\S]*?)\n```$/gm)].map(
  ([, schema = '', body = '']) => {
    const values: unknown[] = body.split(/\n(?=\{)/).map((json) => JSON.parse(json));
    return { schema, values };
  },
);
/** The rows, in cells, of every table whose first heading this is. */
export function tables(heading: string): string[][] {
  return text.split(/\n(?!\|)/).flatMap((block) => {
    const rows = block.split('\n').filter((line) => line.startsWith('| '));
    const cells = rows.map((line) => line.split(/ *\| */).slice(1, -1));
    return cells[0]?.[0] === heading ? cells.slice(2) : [];
  });
}

/** The bytes of that name in the document's `hex` blocks. */
export function hex(name: string): Buffer {
  const digits = new RegExp(`^${name} +([0-9a-f]+(?:\\n +[0-9a-f]+)*)$`, 'm').exec(text)?.[1];
  return Buffer.from(digits?.replace(/\s/g, '') ?? assert.fail(name), 'hex');
}
