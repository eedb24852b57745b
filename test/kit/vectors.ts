/**
 * Public test vectors, which the project does not carry: read from the folder that KIDS_ID_VECTORS names,
 * or from `shared/vectors` beside the project. Continuous integration names the folder, and then they must be there.
 * TEST ONLY.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const named = process.env['KIDS_ID_VECTORS'];
const folder = named ?? join(import.meta.dirname, '../../../shared/vectors');

/** A file of vectors, or the reason to skip the tests that need it: what to fetch, and from where. */
export type Vectors = { readonly content: unknown } | { readonly skip: string };

/**
 * Reads a JSON file of vectors.
 * @param source The public suite and commit that has it.
 * @throws Error when KIDS_ID_VECTORS is set and the file is not there.
 */
export function readVectors(file: string, source: string): Vectors {
  const path = join(folder, file);
  if (existsSync(path)) return { content: JSON.parse(readFileSync(path, 'utf8')) };
  const skip = `no ${file}: fetch it from ${source} and set KIDS_ID_VECTORS`;
  if (named) throw new Error(skip);
  return { skip };
}
