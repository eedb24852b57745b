/**
 * `npm run import -- titles FILE` or `members FILE`, with `--dry-run` to have the file checked only: the desk's import
 * for a terminal, while the library runs or not. Says in English what is wrong, row by row.
 */
import { createReadStream } from 'node:fs';
import {
  IMPORT_KINDS,
  type Importer,
  type ImportReport,
  openImporter,
} from '../import/importer.ts';
import { fill } from '../pages/format.ts';
import { dataTextsFor } from '../texts/data-texts.ts';
import { openExistingStore } from './open-existing-store.ts';

const USAGE = 'Usage: npm run import -- titles|members FILE [--dry-run]';

const now = () => new Date();
const t = dataTextsFor('en');

try {
  const words = process.argv.slice(2).filter((word) => word !== '--dry-run');
  const isDryRun = process.argv.includes('--dry-run');
  const [kindName, path, ...rest] = words;
  const kind = IMPORT_KINDS.find((known) => known === kindName);
  if (!kind || path === undefined || rest.length > 0) throw new Error(USAGE);
  const importer = openImporter({ file: findDatabase(), kind, now });
  try {
    const report = await check(importer, path);
    sayProblems(report);
    if (!report.counts) process.exitCode = 1;
    else if (isDryRun)
      console.log(`In order; nothing was changed. ${describeCounts(report.counts)}`);
    else console.log(`Imported. ${describeCounts(await apply(importer))}`);
  } finally {
    importer.close();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** The path of a database that is there: a slip in the setting makes no empty library. */
function findDatabase(): string {
  const store = openExistingStore({ environment: process.env, now });
  store.close();
  return store.file;
}

async function check(importer: Importer, path: string): Promise<ImportReport> {
  for await (const bytes of createReadStream(path)) importer.write(bytes as Uint8Array);
  return importer.check();
}

async function apply(importer: Importer): Promise<NonNullable<ImportReport['counts']>> {
  const counts = await importer.apply({
    staffId: undefined,
    onProgress: () => undefined,
    isCancelled: () => false,
  });
  if (!counts) throw new Error('Cancelled');
  return counts;
}

function sayProblems({ problems, problemCount, ignoredColumns }: ImportReport): void {
  if (ignoredColumns.length > 0) {
    console.log(fill(t.ignoredColumns, { columns: ignoredColumns.join(', ') }));
  }
  for (const { row, column, kind, value = '', limit = '', firstRow = '' } of problems) {
    const place = column === undefined ? `Row ${row}` : `Row ${row}, column ${column}`;
    console.error(`${place}: ${fill(t.wrong[kind], { value, limit, firstRow })}`);
  }
  if (problemCount > 0) console.error(`Problems: ${problemCount}. Nothing was changed.`);
}

function describeCounts(counts: NonNullable<ImportReport['counts']>): string {
  const { rows, added, updated, unchanged, copies } = counts;
  return `Rows: ${rows}; added: ${added}; updated: ${updated}; unchanged: ${unchanged}; copies added: ${copies}.`;
}
