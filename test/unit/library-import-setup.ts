/** For the unit tests of the example library's import: a library in a file, and importers that read lines. TEST ONLY. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Importer,
  type ImportKind,
  type ImportReport,
  openImporter,
} from '../../examples/library/import/importer.ts';
import { openStore, type Store } from '../../examples/library/store/store.ts';

export const TITLES_HEADER = 'number,title,author,year,language,audience,shelf,copies';
export const MEMBERS_HEADER = 'number,name,birth_year';

/** A file that was read. */
export interface CheckedFile {
  readonly importer: Importer;
  readonly report: ImportReport;
}

/** A library on Monday, 2 March 2026. */
export interface ImportScene {
  readonly store: Store;
  /** Has an importer read these lines, and says what it found. */
  check(kind: ImportKind, lines: readonly string[]): CheckedFile;
  countTitles(): number;
  close(): void;
}

/** Opens an empty library in a file of its own. */
export function openImportScene(): ImportScene {
  const now = () => new Date('2026-03-02T09:00:00Z');
  const folder = mkdtempSync(join(tmpdir(), 'library-import-'));
  const file = join(folder, 'library.db');
  const store = openStore({ file, now });
  const importers: Importer[] = [];
  return {
    store,
    check(kind, lines) {
      const importer = openImporter({ file, kind, now });
      importers.push(importer);
      importer.write(new TextEncoder().encode(lines.join('\r\n')));
      return { importer, report: importer.check() };
    },
    countTitles: () => store.catalogue.search({ page: 1, pageSize: 1 }).total,
    close() {
      for (const importer of importers) importer.close();
      store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Does an import that was checked. */
export function applyImport({ importer }: CheckedFile) {
  return importer.apply({
    staffId: undefined,
    onProgress: () => undefined,
    isCancelled: () => false,
  });
}
