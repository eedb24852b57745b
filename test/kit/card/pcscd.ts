/**
 * A PC/SC daemon of our own with one virtual reader: root, Linux and Debian's packages needed. TEST ONLY.
 *
 * The system's own daemon, readers and files are not touched: ours runs in private mount and network namespaces.
 * vpcd listens on every address of its network, therefore that network is a loopback of its own, and the
 * port for cards is opened here, on 127.0.0.1.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openReaderPort } from './reader-port.ts';
import { VPCD_PORT } from './vpcd-client.ts';

/** A running daemon. */
export interface Pcscd {
  /** Where `connectVpcd` puts a card in, on 127.0.0.1. */
  readonly port: number;
  /** For the environment of PC/SC clients: PCSCLITE_CSOCK_NAME. */
  readonly env: { readonly PCSCLITE_CSOCK_NAME: string };
  readonly pid: number;
  /** Resolves when the daemon has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Ends the daemon and its relays, and removes what it kept in its folder. Safe to call twice. */
  stop(): Promise<void>;
}

const DRIVERS = '/usr/lib/pcsc/drivers';
const VPCD_DRIVER = `${DRIVERS}/serial/libifdvpcd.so`;
const PROGRAMS = ['pcscd', 'unshare', 'nsenter', 'setpriv', 'mount', 'ip'];
const PATH = [process.env['PATH'] ?? '', '/usr/sbin', '/sbin', '/usr/bin', '/bin'].join(delimiter);

/** sockaddr_un holds 108 bytes with the closing zero (unix(7)). */
const MAX_SOCKET_PATH_BYTES = 107;
const START_DEADLINE_MS = 10_000;
const STOP_DEADLINE_MS = 3000;
const POLL_MS = 10;

/**
 * Runs in the new namespaces, in the folder of the daemon. The USB drivers are hidden, so that a reader that
 * is plugged in stays with the system; /run is replaced, so that nothing need exist there. vpcd writes length
 * and payload in two calls without TCP_NODELAY: unless the peer acknowledges at once, each command takes 44 ms.
 */
const SCRIPT = `
ip link set lo up &&
ip route replace local 127.0.0.1 dev lo table local proto kernel src 127.0.0.1 quickack 1 &&
mount --bind "$1/run" "$1/system-run/pcscd" &&
mount --rbind "$1/system-run" /run &&
mount --bind ${DRIVERS}/serial "$1/drivers/serial" &&
mount --rbind "$1/drivers" ${DRIVERS} &&
exec pcscd --foreground --config "$1/reader.conf.d"
`;

const READER_CONFIGURATION = `FRIENDLYNAME "Virtual PCD"
DEVICENAME /dev/null:${VPCD_PORT}
LIBPATH ${VPCD_DRIVER}
CHANNELID ${VPCD_PORT}
`;

/** Tells in English what keeps {@link startPcscd} from working here, one sentence each; empty if nothing. */
export function findPcscdProblems(): string[] {
  if (process.platform !== 'linux') return ['a virtual reader of our own needs Linux'];
  if (process.getuid?.() !== 0) return ['a virtual reader of our own needs root'];
  const problems = PROGRAMS.filter((program) => !isInstalled(program)).map(
    (program) => `the program ${program} is not installed`,
  );
  if (!existsSync(VPCD_DRIVER)) problems.push('the package vsmartcard-vpcd is not installed');
  if (problems.length > 0) return problems;
  const unshare = spawnSync('unshare', ['-m', '-n', 'true'], { env: { PATH }, timeout: 5000 });
  return unshare.status === 0 ? [] : ['this system does not allow new namespaces'];
}

/**
 * Starts a daemon whose socket is `<dir>/run/pcscd.comm`. Resolves when it serves clients and its reader
 * waits for cards. The daemon dies with this process.
 * @param options `dir`: a folder for this daemon alone; `port`: for cards, a free one by default
 * @throws RangeError when the folder's path is too long for a socket; Error when it does not start in 10 s
 */
export async function startPcscd(options: {
  readonly dir: string;
  readonly port?: number;
}): Promise<Pcscd> {
  const dir = resolve(options.dir);
  const socketPath = join(dir, 'run', 'pcscd.comm');
  if (Buffer.byteLength(socketPath) > MAX_SOCKET_PATH_BYTES) {
    throw new RangeError('the folder for pcscd has too long a path: a socket allows 107 bytes');
  }
  if (await isServed(socketPath)) throw new Error('another pcscd runs in this folder');
  await prepareFolder(dir);
  const { daemon, exited } = spawnDaemon(dir);
  const output = collectOutput(daemon);
  const pid = daemon.pid ?? 0;
  try {
    await waitUntilReady({
      pid,
      socketPath,
      hasExited: () => daemon.exitCode !== null || daemon.signalCode !== null,
    });
    const readerPort = await openReaderPort({ pid, port: options.port ?? 0, path: PATH });
    void exited.then(() => readerPort.close());
    return {
      port: readerPort.port,
      env: { PCSCLITE_CSOCK_NAME: socketPath },
      pid,
      exited,
      async stop() {
        await readerPort.close();
        await endDaemon(daemon, exited);
        await removeFolder(dir);
      },
    };
  } catch (error) {
    await endDaemon(daemon, exited);
    await removeFolder(dir);
    const reason = output() || (error instanceof Error ? error.message : 'it wrote nothing');
    throw new Error(`pcscd did not start: ${reason}`, { cause: error });
  }
}

function isInstalled(program: string): boolean {
  return PATH.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));
}

async function prepareFolder(dir: string): Promise<void> {
  await removeFolder(dir);
  const folders = ['run', join('system-run', 'pcscd'), join('drivers', 'serial'), 'reader.conf.d'];
  for (const folder of folders) await mkdir(join(dir, folder), { recursive: true });
  await writeFile(join(dir, 'reader.conf.d', 'vpcd'), READER_CONFIGURATION);
}

async function removeFolder(dir: string): Promise<void> {
  for (const folder of ['run', 'system-run', 'drivers', 'reader.conf.d']) {
    await rm(join(dir, folder), { recursive: true, force: true });
  }
}

/** Each program replaces the one before it, so the child's id is pcscd's and the signal of death stays set. */
function spawnDaemon(dir: string): { daemon: ChildProcess; exited: Promise<void> } {
  const namespaces = ['unshare', '-m', '-n', '--propagation', 'private'];
  const shell = ['sh', '-c', SCRIPT, 'pcscd', dir];
  const daemon = spawn('setpriv', ['--pdeathsig', 'KILL', ...namespaces, ...shell], {
    env: { PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a process group of its own: Ctrl-C ends us, and we end it.
    detached: true,
  });
  const exited = new Promise<void>((resolveExit) => {
    daemon.once('exit', () => resolveExit());
    daemon.once('error', () => resolveExit());
  });
  return { daemon, exited };
}

/** Reads all output, so that the daemon never blocks, and keeps the first 2000 characters. */
function collectOutput(daemon: ChildProcess): () => string {
  let text = '';
  for (const stream of [daemon.stdout, daemon.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(0, 2000);
    });
  }
  return () => text.trim();
}

async function waitUntilReady(options: {
  readonly pid: number;
  readonly socketPath: string;
  readonly hasExited: () => boolean;
}): Promise<void> {
  const deadlineMs = performance.now() + START_DEADLINE_MS;
  while (!((await isReaderListening(options.pid)) && (await isServed(options.socketPath)))) {
    if (options.pid === 0 || options.hasExited()) throw new Error('pcscd ended');
    if (performance.now() > deadlineMs) throw new Error('pcscd was not ready in time');
    await delay(POLL_MS);
  }
}

/** Looks for vpcd's port in state LISTEN (0A) in the table of the daemon's own network (proc(5)). */
async function isReaderListening(pid: number): Promise<boolean> {
  const table = await readFile(`/proc/${pid}/net/tcp`, 'utf8').catch(() => '');
  const port = VPCD_PORT.toString(16).toUpperCase();
  return new RegExp(`:${port} [0-9A-F]{8}:0000 0A `).test(table);
}

function isServed(socketPath: string): Promise<boolean> {
  return new Promise((resolveServed) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolveServed(true);
    });
    socket.once('error', () => resolveServed(false));
  });
}

async function endDaemon(daemon: ChildProcess, exited: Promise<void>): Promise<void> {
  daemon.kill('SIGTERM');
  const kill = setTimeout(() => daemon.kill('SIGKILL'), STOP_DEADLINE_MS);
  await exited;
  clearTimeout(kill);
}
