/** The computer as the doctor looks at it. Tests put a double in its place. */
import { execFile } from 'node:child_process';
import { access, constants, readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import type { OpenCardReaders } from '../card/readers.ts';
import { gatewayListPaths, type ListedGateway, listGateways } from '../gateways.ts';
import { hostLogPath } from '../log.ts';
import type { CommandContext } from './command-context.ts';

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  /** Where the host's log is when it is on. */
  readonly logPath: string;
  readonly openReaders: OpenCardReaders;
  now(): Date;
  /** Whether the PC/SC service takes connections; `undefined` where the system starts it when it is needed. */
  hasReaderService(signal: AbortSignal): Promise<boolean | undefined>;
  /** A small file's text, `undefined` when it is not there or cannot be read. */
  readText(path: string): Promise<string | undefined>;
  findFile(path: string): Promise<'absent' | 'present' | 'executable'>;
  /** The default value of a key of the Windows registry, `undefined` when there is none. */
  readRegistry(key: string): Promise<string | undefined>;
  /** @throws {KidsIdError} GATEWAY_UNTRUSTED */
  listGateways(): Promise<readonly ListedGateway[]>;
}

const PCSCD_SOCKET = '/run/pcscd/pcscd.comm';
const FILE_MAX_BYTES = 65_536;
const REGISTRY_TIMEOUT_MS = 3_000;

/** This computer. */
export function openMachine(context: CommandContext): Machine {
  const { env, platform, openReaders, fixed } = context;
  return {
    platform,
    env,
    home: homedir(),
    logPath: hostLogPath(env, platform),
    openReaders,
    now: () => new Date(),
    hasReaderService: (signal) =>
      platform === 'linux'
        ? canConnect(env['PCSCLITE_CSOCK_NAME'] ?? PCSCD_SOCKET, signal)
        : Promise.resolve(undefined),
    readText,
    findFile,
    readRegistry,
    listGateways: () =>
      listGateways(context.gatewayPaths ?? gatewayListPaths(env, platform), fixed),
  };
}

function canConnect(path: string, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ path, signal });
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

async function readText(path: string): Promise<string | undefined> {
  try {
    const file = await stat(path);
    return file.isFile() && file.size <= FILE_MAX_BYTES ? await readFile(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

async function findFile(path: string): Promise<'absent' | 'present' | 'executable'> {
  try {
    if (!(await stat(path)).isFile()) return 'absent';
  } catch {
    return 'absent';
  }
  try {
    await access(path, constants.X_OK);
    return 'executable';
  } catch {
    return 'present';
  }
}

async function readRegistry(key: string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile('reg', ['query', key, '/ve'], { timeout: REGISTRY_TIMEOUT_MS }, (_, output) =>
    resolve(output),
  );
  return parseRegistryValue(await promise);
}

/**
 * The value in what `reg query KEY /ve` prints: a line with the value's name, which Windows translates, its type and
 * the value itself.
 */
export function parseRegistryValue(output: string): string | undefined {
  const [, value] = /\sREG_SZ\s+(\S.*?)\s*$/m.exec(output) ?? [];
  return value;
}
