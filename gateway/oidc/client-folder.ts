/**
 * The clients folder while the gateway runs: what an operator changes there counts at once, and a
 * mistake in one file takes nobody else down. Reading and judging is client-files.ts.
 */
import { type FSWatcher, watch } from 'node:fs';
import {
  describeFolderState,
  isSameClient,
  judgeClientFiles,
  type ReadClientsOptions,
  readClientFiles,
} from './client-files.ts';
import {
  ClientFileError,
  type ClientRegistry,
  createRegistry,
  type RegisteredClient,
} from './clients.ts';
import type { Logger } from './events.ts';

/** An editor writes in several steps; they are looked at once, when it is quiet. */
const QUIET_MS = 100;
/** For what no notice comes of: network drives, a folder put in the place of another. */
const POLL_MS = 5_000;

/** The clients of a folder, as they are now. */
export interface ClientFolder extends ClientRegistry {
  /** Reads the folder now. Never throws: what is wrong is in the log. */
  reload(): void;
  /** Ends watching; the clients stay as they are. */
  close(): void;
}

export interface ClientFolderOptions extends ReadClientsOptions {
  readonly folder: string;
  readonly logger: Logger;
  /** The ages that may be registered at all. */
  readonly ageThresholds?: readonly number[];
  readonly pollMs?: number;
}

/**
 * Opens the folder and watches it. A bad file is named in the log, by file and field, and passed over;
 * while it is bad its former state counts, if there is one. A file that goes takes its client along.
 * @throws {ClientFileError} when the folder cannot be read.
 */
export function openClientFolder(options: ClientFolderOptions): ClientFolder {
  const { folder, logger, ageThresholds } = options;
  let byFile: ReadonlyMap<string, RegisteredClient> = new Map();
  let registry: ClientRegistry = createRegistry([]);
  let state = '';
  /** What was logged already, so that a poll does not say it again. */
  let told = new Map<string, string>();

  function load(): void {
    // Taken first: what changes while the files are read is then seen at the next look.
    state = describeFolderState(folder);
    const files = readClientFiles(folder, options);
    const { accepted, faults } = judgeClientFiles(files, byFile, ageThresholds);
    registry = createRegistry([...accepted.values()], ageThresholds);
    const faultTexts = new Map<string, string>();
    for (const [file, { message: fault }] of faults) {
      const changedAt = files.find(({ name }) => name === file)?.changedAt;
      const text = `${fault} ${changedAt?.getTime()}`;
      faultTexts.set(file, text);
      if (told.get(file) === text) continue;
      logger.error({ file, fault, formerKept: accepted.has(file) }, 'client file refused');
    }
    const changed = [...accepted].filter(
      ([file, client]) => !isSameClient(byFile.get(file), client),
    );
    const removed = [...byFile.keys()].filter((file) => !accepted.has(file));
    const isMended = [...told.keys()].some((file) => !faultTexts.has(file));
    if (changed.length > 0 || removed.length > 0 || isMended) {
      const names = changed.map(([file]) => file);
      logger.info({ changed: names, removed, clients: accepted.size }, 'clients loaded');
    }
    told = faultTexts;
    byFile = accepted;
  }

  let isReadable = true;
  function reload(): void {
    try {
      load();
      isReadable = true;
    } catch (error) {
      if (!(error instanceof ClientFileError)) throw error;
      if (isReadable) logger.error({ fault: error.message }, 'clients folder cannot be read');
      isReadable = false;
    }
  }

  load();
  const watching = watchFolder({ ...options, reload, hasChanged: () => hasChanged(folder, state) });
  return {
    find: (clientId) => registry.find(clientId),
    all: () => registry.all(),
    reload,
    close: watching.close,
  };
}

function hasChanged(folder: string, state: string): boolean {
  try {
    return describeFolderState(folder) !== state;
  } catch {
    return true;
  }
}

function watchFolder(options: {
  folder: string;
  logger: Logger;
  pollMs?: number;
  reload: () => void;
  hasChanged: () => boolean;
}): { close(): void } {
  const { folder, logger, reload, hasChanged } = options;
  let quiet: NodeJS.Timeout | undefined;
  const look = () => {
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      quiet = undefined;
      if (hasChanged()) reload();
    }, QUIET_MS);
    quiet.unref();
  };
  const poll = setInterval(() => {
    if (!quiet && hasChanged()) look();
  }, options.pollMs ?? POLL_MS);
  poll.unref();
  let watcher: FSWatcher | undefined;
  const giveUp = () => {
    watcher?.close();
    logger.warn({}, 'clients folder cannot be watched; it is looked at now and then');
  };
  try {
    watcher = watch(folder, { persistent: false }, look);
    watcher.on('error', giveUp);
  } catch {
    giveUp();
  }
  return {
    close() {
      clearTimeout(quiet);
      clearInterval(poll);
      watcher?.close();
    },
  };
}
