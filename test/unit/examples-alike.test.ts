/** The examples are copied out one by one, so they share no code: files that do the same are the same, byte for byte. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const ALIKE = ['html.ts', 'session.ts', 'store/database.ts', 'store/backup.ts'];

for (const file of ALIKE) {
  test(`the chat and the library have the same ${file}`, () => {
    const [chat, library] = ['chat', 'library'].map((example) =>
      readFileSync(new URL(`../../examples/${example}/${file}`, import.meta.url), 'utf8'),
    );
    assert.equal(library, chat);
  });
}
