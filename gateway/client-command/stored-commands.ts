/** `client list`, `show` and `remove`: what is registered, seen and taken away. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RegisteredClient } from '../oidc/clients.ts';
import { getStoredFile, readStoredClients, type StoredClients } from './client-store.ts';
import { type CommandContext, CommandError, EXIT_FAILED, EXIT_OK } from './command-context.ts';
import {
  FOLDER_OPTIONS,
  FOLDER_USAGE,
  readPlace,
  takeNoOperand,
  takeOperand,
  type Words,
} from './command-words.ts';
import { describeClient } from './describe-client.ts';
import { explainFault } from './field-hints.ts';

export const LIST_OPTIONS = FOLDER_OPTIONS;
export const LIST_USAGE = `client list

The registered sites, one a line. Bad files are named under them, and make the exit code 1.

${FOLDER_USAGE}`;

/** Prints the table. */
export function listClients(words: Words, context: CommandContext): number {
  takeNoOperand(words);
  const stored = readStoredClients(readPlace(words));
  const clients = [...stored.accepted.values()];
  clients.sort((left, right) => (left.clientId < right.clientId ? -1 : 1));
  if (clients.length === 0) context.out('No client is registered.\n');
  else context.out(formatTable([COLUMNS, ...clients.map(rowOf)]));
  return tellFaults(stored, context);
}

const COLUMNS = ['CLIENT', 'SITE', 'ORGANISATION', 'LETS IN', 'MAY ASK', 'SUB', 'PROVES ITSELF BY'];

function rowOf(client: RegisteredClient): string[] {
  const { clientId, site, organisation, requireAge, ageThresholds, identity } = client;
  const asks = [...ageThresholds.map(String), ...(identity?.scopes ?? [])].join(' ');
  const { min, below } = requireAge ?? {};
  const letsIn = min === undefined ? 'all' : `${min}${below === undefined ? '+' : `-${below - 1}`}`;
  return [
    clientId,
    site.name,
    organisation,
    letsIn,
    asks || '-',
    client.subjectMode,
    client.authentication.method,
  ];
}

function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** Names every bad file, loudly. @returns the exit code that goes with them */
export function tellFaults({ faults, files }: StoredClients, context: CommandContext): number {
  for (const [name, fault] of faults) {
    const clientId = files.find((file) => file.name === name)?.client?.clientId;
    const where = clientId === undefined ? name : `${name} (client ${clientId})`;
    context.err(`\nBAD FILE  ${where}: ${explainFault(fault)}\n`);
  }
  if (faults.size === 0) return EXIT_OK;
  context.err(
    '\nA gateway that starts now passes over the bad files. One that runs keeps their former state.\n',
  );
  return EXIT_FAILED;
}

export const SHOW_OPTIONS = FOLDER_OPTIONS;
export const SHOW_USAGE = `client show ID

The file of a client as the gateway understands it, and what it means.

${FOLDER_USAGE}`;

/** Prints one client. */
export function showClient(words: Words, context: CommandContext): number {
  const clientId = takeOperand(words, 'a client');
  const stored = readStoredClients(readPlace(words));
  const file = getStoredFile(stored, clientId);
  if (!file.client) throw new CommandError(`${file.name}: ${explainFault(file.fault)}`);
  context.out(`${JSON.stringify(file.client, undefined, 2)}\n\n`);
  context.out(`${describeClient(file.client, [...stored.accepted.values()]).join('\n')}\n`);
  const fault = stored.faults.get(file.name);
  if (!fault) return EXIT_OK;
  context.err(`\nBAD FILE  ${file.name}: ${explainFault(fault)}\n`);
  return EXIT_FAILED;
}

export const REMOVE_OPTIONS = { ...FOLDER_OPTIONS, yes: 'switch' } as const;
export const REMOVE_USAGE = `client remove ID --yes

Takes a site away; a running gateway takes it up by itself, and logins under way at that site end. Its sub stays the same
if it is registered again with the same sector.

${FOLDER_USAGE}  --yes                do it; without it the file is only named
`;

/** Removes the file of one client. */
export function removeClient(words: Words, context: CommandContext): number {
  const clientId = takeOperand(words, 'a client');
  const place = readPlace(words);
  const { name } = getStoredFile(readStoredClients(place), clientId);
  const path = join(place.folder, name);
  if (!words.has('yes')) {
    context.err(`This would remove ${path}. To do it: client remove ${clientId} --yes\n`);
    return EXIT_FAILED;
  }
  rmSync(path);
  context.out(`Removed: ${path}\n`);
  return EXIT_OK;
}
