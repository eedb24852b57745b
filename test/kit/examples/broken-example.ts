/** Breaks a copied example in one place: for tests of tests. TEST ONLY. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Replaces a part of a program that is there once. */
export async function editFile(file: string, part: string, other: string): Promise<void> {
  const parts = (await readFile(file, 'utf8')).split(part);
  assert.equal(parts.length, 2, `${file} has another text by now`);
  await writeFile(file, parts.join(other));
}

/**
 * Has an example put all that it writes within a minute into one transaction, as somebody might do to make it faster:
 * it answers before that is on the disk.
 */
export function acknowledgeEarly(folder: string): Promise<void> {
  const later = `
  setTimeout(() => {
    db.exec('BEGIN');
    setInterval(() => db.exec('COMMIT; BEGIN'), 60_000);
  }, 0);
  return db;
`;
  return editFile(join(folder, 'store/database.ts'), '  return db;\n', later);
}
