/**
 * The examples of docs/RELYING-PARTIES.md, as tests run them: a fenced block is known by the name that stands
 * after its language. TEST ONLY.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const GUIDE = join(import.meta.dirname, '../../../docs/RELYING-PARTIES.md');

/**
 * Reads one block of the guide, such as the one that begins with three backquotes and `js first-login.mjs`.
 * @throws Error when the guide has no block of that name, or two
 */
export async function readGuideBlock(name: string): Promise<string> {
  const guide = await readFile(GUIDE, 'utf8');
  const escaped = name.replaceAll('.', String.raw`\.`);
  const blocks = [...guide.matchAll(new RegExp(`^\`\`\`\\w+ ${escaped}\n(.*?)^\`\`\`$`, 'gms'))];
  const [block] = blocks;
  if (blocks.length !== 1 || block?.[1] === undefined) {
    throw new Error(`the guide has ${blocks.length} blocks named ${name}`);
  }
  return block[1];
}

/**
 * Replaces every occurrence of each key, so that an example meets the test's own addresses.
 * @throws Error for a key that the example does not have: then the test would prove nothing
 */
export function adapt(example: string, replacements: Readonly<Record<string, string>>): string {
  let text = example;
  for (const [from, to] of Object.entries(replacements)) {
    if (!text.includes(from)) throw new Error(`the example does not have ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}
