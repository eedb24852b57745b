/**
 * The folder of client files as it stands on disk: each file read and judged by itself, then all of them
 * together. A bad one never hides the others. Watching the folder is client-folder.ts.
 */
import { randomBytes } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { AGE_THRESHOLDS } from './age-claims.ts';
import {
  ClientFileError,
  type ClientFileOptions,
  createRegistry,
  parseClientFile,
  type RegisteredClient,
} from './clients.ts';

const MAX_BYTES = 64 * 1_024;

/** One file of the folder: a client, or what is wrong with it. */
export type ClientFile = ReadClientFile | BadClientFile;

export interface ReadClientFile {
  /** Without its folder. */
  readonly name: string;
  readonly changedAt: Date;
  readonly client: RegisteredClient;
  readonly fault?: undefined;
}

export interface BadClientFile {
  readonly name: string;
  readonly changedAt: Date;
  readonly client?: undefined;
  /** The client that it says it is, where that much can be read. */
  readonly clientId: string | undefined;
  /** Names the field, never a value. */
  readonly fault: ClientFileError;
}

/**
 * Judges one registration beyond its own fields.
 * @throws {TypeError} when the client cannot be served
 */
export type CheckClient = (client: RegisteredClient) => void;

export interface ReadClientsOptions extends ClientFileOptions {
  readonly checkClient?: CheckClient;
}

/**
 * Reads every `*.json` of a folder, the one that was changed first in front. Names with a dot in front
 * are other programs' business.
 * @throws {ClientFileError} when the folder cannot be read; a file that is bad is in the result.
 */
export function readClientFiles(folder: string, options: ReadClientsOptions): ClientFile[] {
  return listClientFiles(folder)
    .map((name) => readClientFile(join(folder, name), name, options))
    .sort((left, right) => Number(left.changedAt) - Number(right.changedAt));
}

/** What the folder looks like without opening a file: another text, another folder. */
export function describeFolderState(folder: string): string {
  return listClientFiles(folder)
    .map((name) => describeFileState(folder, name))
    .join('\n');
}

function describeFileState(folder: string, name: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(join(folder, name), { bigint: true });
    return [name, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    // Gone meanwhile, links in a circle, a network drive that is away: reading it says what.
    return name;
  }
}

/**
 * Writes the file of a new client: whole or not at all, and never over another.
 * @returns its path
 * @throws {Error} with the system's code: EEXIST when the name is taken
 */
export function writeClientFile(folder: string, client: RegisteredClient): string {
  const path = join(folder, `${client.clientId}.json`);
  // A dot in front: whoever watches the folder does not look at it.
  const draft = join(folder, `.${client.clientId}.${randomBytes(6).toString('hex')}`);
  try {
    const descriptor = openSync(draft, 'wx', 0o644);
    try {
      writeFileSync(descriptor, `${JSON.stringify(client, undefined, 2)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    // Unlike a rename, a link is refused where the name is taken.
    linkSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  return path;
}

function listClientFiles(folder: string): string[] {
  try {
    const isClientFile = (name: string) => name.endsWith('.json') && !name.startsWith('.');
    return readdirSync(folder).filter(isClientFile).sort();
  } catch (cause) {
    throw new ClientFileError(`${folder}: the folder cannot be read`, { cause });
  }
}

/** Reads and judges one file; `name` is what it is called in the result. */
export function readClientFile(
  path: string,
  name: string,
  { development, checkClient = () => {} }: ReadClientsOptions,
): ClientFile {
  let changedAt = new Date(0);
  let clientId: string | undefined;
  try {
    const stat = statSync(path, { bigint: true });
    changedAt = stat.mtime;
    const raw = readJson(path, stat);
    clientId = findClientId(raw);
    const client = parseClientFile(raw, { development });
    checkServable(client, checkClient);
    return { name, changedAt, client };
  } catch (error) {
    const fault =
      error instanceof ClientFileError
        ? error
        : new ClientFileError('cannot be read', { cause: error });
    return { name, changedAt, clientId, fault };
  }
}

/** @throws {ClientFileError} */
function readJson(path: string, stat: BigIntStats): unknown {
  // Opening a pipe or a device would wait for ever.
  if (!stat.isFile()) throw new ClientFileError('is no file');
  if (stat.size > MAX_BYTES) throw new ClientFileError('is too large');
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw new ClientFileError('cannot be read as JSON');
  }
}

function findClientId(raw: unknown): string | undefined {
  const clientId = typeof raw === 'object' && raw !== null && 'clientId' in raw && raw.clientId;
  return typeof clientId === 'string' ? clientId : undefined;
}

/** @throws {ClientFileError} */
function checkServable(client: RegisteredClient, checkClient: CheckClient): void {
  try {
    checkClient(client);
  } catch (cause) {
    throw new ClientFileError('is refused by oidc-provider', { cause });
  }
}

export interface JudgedClients {
  /** What counts from now on, by file name. */
  readonly accepted: ReadonlyMap<string, RegisteredClient>;
  /** What is wrong, by file name. A file may be in both: its former state counts. */
  readonly faults: ReadonlyMap<string, ClientFileError>;
}

/**
 * Decides what counts of a folder, given what counted before. A file that is bad, by itself or beside
 * the others, keeps its former state, if it had one. Of two that do not go together the one that was
 * in force before stays; of two new ones the one that was changed first.
 */
export function judgeClientFiles(
  files: readonly ClientFile[],
  before: ReadonlyMap<string, RegisteredClient> = new Map(),
  ageThresholds: readonly number[] = AGE_THRESHOLDS,
): JudgedClients {
  const faults = new Map<string, ClientFileError>();
  const wanted = new Map<string, RegisteredClient>();
  for (const { name, client, fault } of files) {
    const counts = client ?? before.get(name);
    if (counts) wanted.set(name, counts);
    if (fault) faults.set(name, fault);
  }
  const findFault = (clients: ReadonlyMap<string, RegisteredClient>) =>
    findFaultBetween(clients, ageThresholds);
  if (!findFault(wanted)) return { accepted: wanted, faults };

  let accepted = new Map<string, RegisteredClient>();
  for (const { name } of files) {
    const former = before.get(name);
    if (former) accepted.set(name, former);
  }
  // Only what is new or changed: with many files, one fault would otherwise keep every login waiting.
  const pending = new Map(
    files.flatMap(({ name, client }) =>
      client && !isSameClient(before.get(name), client) ? [[name, client]] : [],
    ),
  );
  // One that is taken can make room for another: an age that moves from one site to the next.
  for (let hasProgress = true; hasProgress; ) {
    hasProgress = false;
    for (const [name, client] of pending) {
      const next = new Map(accepted).set(name, client);
      const fault = findFault(next);
      if (fault) {
        faults.set(name, fault);
        continue;
      }
      accepted = next;
      pending.delete(name);
      faults.delete(name);
      hasProgress = true;
    }
  }
  return { accepted, faults };
}

/** Whether two registrations say the same. */
export function isSameClient(one: RegisteredClient | undefined, other: RegisteredClient): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function findFaultBetween(
  clients: ReadonlyMap<string, RegisteredClient>,
  ageThresholds: readonly number[],
): ClientFileError | undefined {
  try {
    createRegistry([...clients.values()], ageThresholds);
    return undefined;
  } catch (error) {
    if (error instanceof ClientFileError) return error;
    throw error;
  }
}
