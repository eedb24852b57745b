/** `npm run backup -- FILE`: copies the database to a file, while the library runs or not. README.md says how to restore. */
import { openExistingStore } from './open-existing-store.ts';

const [file, ...rest] = process.argv.slice(2);

try {
  if (file === undefined || rest.length > 0) throw new Error('Usage: npm run backup -- FILE');
  const store = openExistingStore({ environment: process.env, now: () => new Date() });
  try {
    await store.backUp(file);
    console.log('The copy is complete.');
  } finally {
    store.close();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
