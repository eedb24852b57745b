/** The client files as commands see and change them: found by identifier, written whole or not at all. */
import { join } from 'node:path';
import {
  type ClientFile,
  type JudgedClients,
  judgeClientFiles,
  readClientFiles,
  writeClientFile,
} from '../oidc/client-files.ts';
import { ClientFileError, createRegistry, type RegisteredClient } from '../oidc/clients.ts';
import { checkClient } from '../oidc/provider.ts';
import { CommandError } from './command-context.ts';
import type { ClientPlace } from './command-words.ts';
import { explainFault } from './field-hints.ts';

export interface StoredClients extends JudgedClients {
  readonly files: readonly ClientFile[];
}

/** Everything in the folder. @throws {CommandError} when it cannot be read */
export function readStoredClients({ folder, development }: ClientPlace): StoredClients {
  try {
    const files = readClientFiles(folder, { development, checkClient });
    return { files, ...judgeClientFiles(files) };
  } catch (cause) {
    if (!(cause instanceof ClientFileError)) throw cause;
    throw new CommandError(`${cause.message}. Does it exist, and may you read it?`, { cause });
  }
}

/** The one file of a client, good or bad. @throws {CommandError} when there is none, or more than one */
export function getStoredFile({ files }: StoredClients, clientId: string): ClientFile {
  const found = files.filter((file) => idOf(file) === clientId);
  const [file] = found;
  if (!file) {
    const known = files.map(idOf).filter((id) => id !== undefined);
    const list = known.length > 0 ? ` Registered: ${known.sort().join(', ')}.` : '';
    throw new CommandError(`No client "${clientId}" is registered.${list}`);
  }
  if (found.length > 1) {
    const names = found.map(({ name }) => name).join(' and ');
    throw new CommandError(`Client "${clientId}" stands in ${names}. Remove one of these files.`);
  }
  return file;
}

/** Which client a file is about, as far as that can be read. */
export function idOf(file: ClientFile): string | undefined {
  return file.client ? file.client.clientId : file.clientId;
}

/** @throws {CommandError} when a client cannot stand beside those that are registered */
export function checkBeside(stored: StoredClients, client: RegisteredClient): void {
  const same = stored.files.find((file) => idOf(file) === client.clientId);
  if (same) {
    throw new CommandError(
      `Client "${client.clientId}" is registered already, in ${same.name}.\n  Change that file, or take it away first: client remove ${client.clientId} --yes`,
    );
  }
  try {
    createRegistry([...stored.accepted.values(), client]);
  } catch (cause) {
    if (!(cause instanceof ClientFileError)) throw cause;
    throw new CommandError(`${explainFault(cause)}\n${adviceFor(cause.message)}`, { cause });
  }
}

/**
 * Writes a new client file.
 * @returns its path
 * @throws {CommandError}
 */
export function storeClient({ folder }: ClientPlace, client: RegisteredClient): string {
  try {
    return writeClientFile(folder, client);
  } catch (cause) {
    const path = join(folder, `${client.clientId}.json`);
    const code = cause instanceof Error && 'code' in cause ? cause.code : 'unknown';
    if (code === 'EEXIST') throw new CommandError(`${path} is there already.`, { cause });
    throw new CommandError(`${path} could not be written (${code}).`, { cause });
  }
}

/** What to do about clients that do not go together. */
export function adviceFor(fault: string): string {
  if (fault.includes('cut points')) {
    return '  Ask for fewer ages, or for ages that its other sites ask already; or write down why: --cut-points-reason TEXT';
  }
  if (fault.includes('sector')) {
    return '  Name the organisation exactly as its other sites do, or take another sector.';
  }
  if (fault.includes('not an age'))
    return '  Ages that can be asked: 6, 9, 12, 13, 14, 16, 18, 21, 65.';
  return '  "client check" shows what is registered.';
}
