/**
 * `npm run invent -- N [FOLDER]`: writes two CSV files of N plainly invented titles and members, to be imported at the
 * desk or with `npm run import`. Files that are there are not overwritten.
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { inventMembers, inventTitles, MAX_INVENTED } from '../import/invented.ts';

try {
  const [countText = '', folder = '.', ...rest] = process.argv.slice(2);
  const count = Number(countText);
  if (!/^[1-9]\d*$/.test(countText) || count > MAX_INVENTED || rest.length > 0) {
    throw new Error(`Usage: npm run invent -- N [FOLDER]   (N from 1 to ${MAX_INVENTED})`);
  }
  await write(join(folder, 'invented-titles.csv'), inventTitles(count));
  await write(join(folder, 'invented-members.csv'), inventMembers(count));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function write(path: string, rows: Iterable<string>): Promise<void> {
  const lines = function* () {
    for (const row of rows) yield `${row}\r\n`;
  };
  await pipeline(Readable.from(lines()), createWriteStream(path, { flags: 'wx' }));
  console.log(`Wrote ${path}`);
}
