import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ERROR_CODES } from '../../gateway/protocol/errors.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/OPERATORS.md'), 'utf8');

test('an operator finds every code in the table, once, and no other', () => {
  const cells = [...text.matchAll(/^\| (`[A-Z_`, ]+`) \|/gm)].map(([, cell = '']) => cell);
  const codes = cells.flatMap((cell) => cell.replaceAll('`', '').split(', '));
  assert.deepEqual(codes.sort(), [...ERROR_CODES].sort());
});
