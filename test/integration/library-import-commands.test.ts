/** The example library's commands `import` and `invent`, as programs; killed in the middle, too. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openStore } from '../../examples/library/store/store.ts';

const LIBRARY = fileURLToPath(new URL('../../examples/library', import.meta.url));

describe('library commands for data', { timeout: 180_000 }, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'library-commands-'));
    openLibrary().close();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const pathOf = (name: string) => join(folder, name);
  const openLibrary = () =>
    openStore({ file: pathOf('library.db'), now: () => new Date('2026-03-02T09:00:00Z') });
  const start = (command: string, args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [join(LIBRARY, 'commands', `${command}.ts`), ...args], {
      env: { LIBRARY_DB: pathOf('library.db') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  async function run(command: string, ...args: string[]) {
    const child = start(command, args);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        output += text.toString();
      });
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }
  function countMembers(): number {
    const store = openLibrary();
    try {
      return store.members.search('Testlid', 1_000_000).length;
    } finally {
      store.close();
    }
  }

  it('imports the titles that the library brings along, after a dry run, and again without a change', async () => {
    const file = join(LIBRARY, 'data/titles.csv');
    const dry = await run('import', 'titles', file, '--dry-run');
    assert.deepEqual(
      [dry.code, /In order; nothing was changed\. Rows: (\d+); added: \1;/.test(dry.output)],
      [0, true],
    );
    assert.match(
      (await run('import', 'titles', file)).output,
      /^Imported\. Rows: (\d+); added: \1;/,
    );
    assert.match(
      (await run('import', 'titles', file)).output,
      /added: 0; updated: 0; unchanged: [1-9]/,
    );
  });

  it('says row by row what is wrong, and fails', async () => {
    writeFileSync(pathOf('wrong.csv'), 'number,name,birth_year\n1,An,2010\n');
    const { code, output } = await run('import', 'members', pathOf('wrong.csv'));
    assert.equal(code, 1);
    assert.match(
      output,
      /^Row 2, column number: “1” is no number of a library card\..*\nProblems: 1\. Nothing was changed\./,
    );
  });

  it('explains itself, and makes no library where there is none', async () => {
    for (const args of [[], ['loans', 'x'], ['titles'], ['titles', 'a', 'b']]) {
      const { code, output } = await run('import', ...args);
      assert.deepEqual([code, output.startsWith('Usage:')], [1, true]);
    }
    assert.equal((await run('import', 'titles', pathOf('absent.csv'))).code, 1);
    for (const args of [[], ['0'], ['x'], ['1000001'], ['1', folder, 'more']]) {
      assert.match((await run('invent', ...args)).output, /^Usage:/);
    }
    rmSync(pathOf('library.db'));
    assert.match((await run('import', 'titles', 'x')).output, /not there/);
  });

  it('invents titles and members as files, never over others', async () => {
    assert.equal((await run('invent', '8', folder)).code, 0);
    assert.match(
      readFileSync(pathOf('invented-titles.csv'), 'utf8'),
      /\r\nPROEF-000002,Livre d’essai 000002,/,
    );
    assert.equal((await run('import', 'titles', pathOf('invented-titles.csv'))).code, 0);
    assert.equal((await run('import', 'members', pathOf('invented-members.csv'))).code, 0);
    assert.equal(countMembers(), 8);
    const again = await run('invent', '9', folder);
    assert.deepEqual([again.code, /EEXIST/.test(again.output)], [1, true]);
  });

  it('imports all or nothing when it is killed in the middle of the writing, three times', async () => {
    await run('invent', '40000', folder);
    for (let kill = 0; kill < 3; kill += 1) {
      const before = countMembers();
      const child = start('import', ['members', pathOf('invented-members.csv')]);
      const closed = once(child, 'close');
      // SQLite writes ahead as soon as a transaction is bigger than its memory: then it is in the middle.
      while (child.exitCode === null && walBytes() < 1_000_000 * (kill + 1)) await sleep(2);
      child.kill('SIGKILL');
      await closed;
      assert.ok([before, 40_000].includes(countMembers()));
    }
    assert.equal((await run('import', 'members', pathOf('invented-members.csv'))).code, 0);
    assert.equal(countMembers(), 40_000);
  });

  function walBytes(): number {
    return statSync(pathOf('library.db-wal'), { throwIfNoEntry: false })?.size ?? 0;
  }
});
