/** The words of a command line: operands and options, and which folder they are about. */
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { CommandError, UsageError } from './command-context.ts';

/** `many` may be given several times. */
export type OptionForms = Readonly<Record<string, 'text' | 'many' | 'switch'>>;

export interface Words {
  readonly operands: readonly string[];
  /** The value of an option, the last one where it was given twice. */
  text(name: string): string | undefined;
  many(name: string): readonly string[];
  has(name: string): boolean;
}

/** Reads the words after a command's name. @throws {UsageError} naming the option that does not exist */
export function readWords(args: readonly string[], forms: OptionForms): Words {
  const options = Object.fromEntries(
    Object.entries(forms).map(([name, form]) => [
      name,
      { type: form === 'switch' ? 'boolean' : 'string', multiple: form === 'many' } as const,
    ]),
  );
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    });
    return {
      operands: positionals,
      text: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
      many: (name) => [values[name] ?? []].flat().map(String),
      has: (name) => values[name] !== undefined,
    };
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : 'not understood', { cause });
  }
}

/** Every command on a folder takes these. */
export const FOLDER_OPTIONS = {
  config: 'text',
  folder: 'text',
  development: 'switch',
} as const satisfies OptionForms;

export const FOLDER_USAGE = `  --config FILE        the gateway's configuration, which names the folder
  --folder DIR         or the folder itself; with --development for a gateway in development mode
`;

/** The folder of client files that a command is about. */
export interface ClientPlace {
  readonly folder: string;
  /** Plain http on loopback may be registered. */
  readonly development: boolean;
  /** The gateway's issuer, where the configuration says it. */
  readonly issuer: string | undefined;
}

/** @throws {UsageError} unless exactly one of the two is given; {ConfigError} for a bad configuration. */
export function readPlace(words: Words): ClientPlace {
  const place = findPlace(words);
  if (!place) throw new UsageError('Say which folder: --config FILE or --folder DIR.');
  return place;
}

/** The same, for a command that can do without. */
export function findPlace(words: Words): ClientPlace | undefined {
  const [config, folder] = [words.text('config'), words.text('folder')];
  if (config !== undefined && folder !== undefined) {
    throw new UsageError('Give --config or --folder, not both.');
  }
  if (config !== undefined) {
    const { clientsFolder, development, origin } = readConfig(config);
    return { folder: clientsFolder, development, issuer: origin };
  }
  if (folder === undefined) return undefined;
  return { folder, development: words.has('development'), issuer: undefined };
}

/** @throws {UsageError} for another number of operands */
export function takeOperand(words: Words, what: string): string {
  const [operand] = words.operands;
  if (operand === undefined || words.operands.length > 1) throw new UsageError(`Name ${what}.`);
  return operand;
}

/** @throws {UsageError} when there are operands */
export function takeNoOperand({ operands }: Words): void {
  if (operands.length > 0) throw new UsageError(`Not understood: ${operands.join(' ')}`);
}

/** A whole number. @throws {CommandError} naming the option */
export function parseNumber(text: string, option: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new CommandError(`${option} takes a whole number.`);
  return Number(text);
}
