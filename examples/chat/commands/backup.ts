/** `node commands/backup.ts FILE`: copies the database that `CHAT_DB` names, also while the chat is running. */
import { parseArgs } from 'node:util';
import { parseDatabaseFile } from '../config.ts';
import { backUp } from '../store/backup.ts';

try {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [target] = positionals;
  if (target === undefined || positionals.length > 1) {
    throw new Error('Usage: CHAT_DB=… node commands/backup.ts FILE');
  }
  await backUp({ source: parseDatabaseFile(process.env), target });
  console.log(`Copied to ${target}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
