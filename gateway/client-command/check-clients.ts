/** `client check`: what each site will learn and what it will not, and what is wrong with its file. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { type ClientFile, judgeClientFiles, readClientFile } from '../oidc/client-files.ts';
import { checkClient } from '../oidc/provider.ts';
import {
  adviceFor,
  getStoredFile,
  idOf,
  readStoredClients,
  type StoredClients,
} from './client-store.ts';
import { type CommandContext, EXIT_FAILED, EXIT_OK, UsageError } from './command-context.ts';
import { FOLDER_OPTIONS, FOLDER_USAGE, findPlace, readPlace, type Words } from './command-words.ts';
import { describeClient } from './describe-client.ts';
import { explainFault } from './field-hints.ts';
import { tellFaults } from './stored-commands.ts';

export const CHECK_OPTIONS = FOLDER_OPTIONS;
export const CHECK_USAGE = `client check [ID | FILE]

Says in plain words what a site will learn and what it will not, which sub it gets, who is turned away, how it proves itself,
and what stands out. Without a name: all sites of the folder. A FILE need not be in the folder yet: it is judged beside
the others. The exit code is 1 when a file is bad.

${FOLDER_USAGE}`;

/** Runs the command. */
export function checkClients(words: Words, context: CommandContext): number {
  const [wanted] = words.operands;
  if (words.operands.length > 1) throw new UsageError('Name one client or file, or none.');
  if (wanted === undefined) return checkFolder(words, context);
  if (isFileName(wanted)) return checkFile(wanted, words, context);
  const stored = readStoredClients(readPlace(words));
  return report(getStoredFile(stored, wanted), stored, context);
}

/** A client's identifier has no slash, and could end in `.json` only by spite. */
function isFileName(wanted: string): boolean {
  return /[\\/]|\.json$/.test(wanted) || existsSync(wanted);
}

function checkFolder(words: Words, context: CommandContext): number {
  const stored = readStoredClients(readPlace(words));
  for (const { client } of stored.files) {
    if (client)
      context.out(`${describeClient(client, [...stored.accepted.values()]).join('\n')}\n\n`);
  }
  context.out(`${stored.accepted.size} registered, ${stored.faults.size} bad.\n`);
  return tellFaults(stored, context);
}

/** A file takes the place of the one of the same name or client, as it would when it is put into the folder. */
function checkFile(path: string, words: Words, context: CommandContext): number {
  const place = findPlace(words);
  const development = place?.development ?? words.has('development');
  const file = readClientFile(path, basename(path), { development, checkClient });
  const id = idOf(file);
  const beside = place ? readStoredClients(place) : { files: [], ...judgeClientFiles([]) };
  const others = beside.files.filter(
    (other) => other.name !== file.name && (id === undefined || idOf(other) !== id),
  );
  const before = new Map(
    others.flatMap(({ name, client }) =>
      client && beside.accepted.has(name) ? [[name, client] as const] : [],
    ),
  );
  const files = [...others, file];
  return report(file, { files, ...judgeClientFiles(files, before) }, context);
}

function report(file: ClientFile, stored: StoredClients, context: CommandContext): number {
  const { client, name } = file;
  if (client) context.out(`${describeClient(client, [...stored.accepted.values()]).join('\n')}\n`);
  const fault = stored.faults.get(name);
  if (!fault) return EXIT_OK;
  const advice = client ? `\n${adviceFor(fault.message)}` : '';
  context.err(`\nBAD FILE  ${name}: ${explainFault(fault)}${advice}\n`);
  return EXIT_FAILED;
}
