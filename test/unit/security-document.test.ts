import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'SECURITY.md'), 'utf8');

interface Claim {
  readonly section: string;
  readonly text: string;
  /** Test file and title, as the claim names them. */
  readonly tests: readonly { readonly file: string; readonly title: string }[];
}

/** Each list item, with its line breaks taken out. */
function readClaims(markdown: string): Claim[] {
  return markdown.split(/^## /m).flatMap((part) => {
    const [section = ''] = part.split('\n', 1);
    const items = part.split(/^\* /m).slice(1);
    return items.map((item) => {
      const [paragraph = ''] = item.split(/\n\n|\n(?=[#|])/, 1);
      const claim = paragraph.replaceAll(/\s+/g, ' ').trim();
      return { section, text: claim, tests: readTests(claim) };
    });
  });
}

/** A link to a test file, then titles in “ ” until the next link. */
function readTests(claim: string): Claim['tests'] {
  let file: string | undefined;
  const tests: { file: string; title: string }[] = [];
  for (const [, linked, title] of claim.matchAll(/\]\(([^)]+)\)|“([^”]+)”/g)) {
    if (linked !== undefined) file = linked.startsWith('test/') ? linked : undefined;
    else if (file !== undefined && title !== undefined) tests.push({ file, title });
  }
  return tests;
}

/** The titles of a test file, as its source has them. */
function readTitles(file: string): Set<string> {
  const source = readFileSync(join(root, file), 'utf8');
  const calls = source.matchAll(/\b(?:test|it)\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs);
  return new Set([...calls].map(([, , title = '']) => title.replaceAll(/\\(.)/g, '$1')));
}

const claims = readClaims(text);
const named = claims.flatMap(({ tests }) => tests);

test('every test that SECURITY.md names exists under that title', () => {
  assert.ok(named.length > 50, 'the document names tests in another form than this test reads');
  const gone = named.filter(({ file, title }) => {
    return !existsSync(join(root, file)) || !readTitles(file).has(title);
  });
  assert.deepEqual(gone, []);
});

test('every guarantee and every threat actor has a test, or says that there is none', () => {
  const judged = claims.filter(({ section }) => /^(Guarantees|Threat actors)/.test(section));
  assert.ok(judged.length > 25);
  const bare = judged.filter(
    (claim) => claim.tests.length === 0 && !/\bno test\b/i.test(claim.text),
  );
  assert.deepEqual(bare, []);
});

test('every link to a test file is followed by a title, and every link leads to a file', () => {
  const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
  for (const link of links) assert.ok(existsSync(join(root, link)), link);
  const cited = new Set(named.map(({ file }) => file));
  assert.deepEqual(
    links.filter((link) => link.startsWith('test/') && !cited.has(link)),
    [],
  );
});

test('a title that is not in its file is noticed', () => {
  const [claim] = readClaims(
    '## Guarantees\n* **A.** [x](test/unit/store.test.ts) “takes\n  once”, “b”.\n',
  );
  assert.deepEqual(claim?.tests, [
    { file: 'test/unit/store.test.ts', title: 'takes once' },
    { file: 'test/unit/store.test.ts', title: 'b' },
  ]);
  const titles = readTitles('test/unit/store.test.ts');
  assert.deepEqual([titles.has('takes once'), titles.has('b')], [true, false]);
});
