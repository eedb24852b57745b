/** Reads the word lists: text files of a word or phrase a line; what follows a `#` is a note for people. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The words of every `.txt` file in the folder. All languages at once: children in a room write in any of them. */
export function loadWords(folder = join(import.meta.dirname, 'words')): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  return files
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}
