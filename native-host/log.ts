/**
 * The host's log: a file that is written only where a person put it with `kids-id-host log on`. Its presence is the
 * switch, since a browser passes no arguments. Redacted by construction: an event is one of {@link EVENTS}, its
 * fields are numbers, codes and words of closed lists, and nothing else can be written.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import { type ErrorCode, isErrorCode } from '../gateway/protocol/errors.ts';
import { HOST_STAGES, type HostStage } from '../gateway/protocol/host-messages.ts';
import { HOST_VERSION } from './host-version.ts';

/** A log of this many bytes loses its older half when the next host starts; a host never writes more. */
export const HOST_LOG_MAX_BYTES = 262_144;

/** What may stand in a field; the value comes out as text, or not at all. */
const FIELDS = {
  /** A number of things. */
  count: (value: unknown) => wholeNumber(value, 9_999),
  cards: (value: unknown) => wholeNumber(value, 9_999),
  /** PIN tries left. */
  tries: (value: unknown) => wholeNumber(value, 15),
  ms: (value: unknown) => wholeNumber(value, 3_600_000),
  code: (value: unknown) => (isErrorCode(value) ? value : undefined),
  stage: (value: unknown) => HOST_STAGES.find((stage) => stage === value),
  /** INS of a command (ISO/IEC 7816-4): what was asked of the card, not with what. */
  instruction: (value: unknown) => hexNumber(value, 1),
  statusWord: (value: unknown) => hexNumber(value, 2),
  /** Byte 21 of GET CARD DATA. */
  applet: (value: unknown) => hexNumber(value, 1),
} as const;

/** The events and the fields of each. */
const EVENTS = {
  gateways: ['count'],
  readers: ['count', 'cards'],
  stage: ['stage'],
  command: ['instruction', 'statusWord', 'ms'],
  'command-failed': ['instruction', 'code', 'ms'],
  card: ['applet'],
  'pin-asked': ['tries'],
  'gateway-connected': [],
  'gateway-proven': [],
  'web-key-verified': [],
  authenticated: [],
  failed: ['code'],
} as const satisfies Record<string, readonly FieldName[]>;

type FieldName = keyof typeof FIELDS;

interface FieldTypes {
  count: number;
  cards: number;
  tries: number | undefined;
  ms: number;
  code: ErrorCode;
  stage: HostStage;
  instruction: number;
  statusWord: number;
  applet: number;
}

/** One thing that happened. */
export type LogEvent = {
  [Name in keyof typeof EVENTS]: { readonly event: Name } & {
    readonly [Field in (typeof EVENTS)[Name][number]]: FieldTypes[Field];
  };
}[keyof typeof EVENTS];

/** Where events go. */
export interface HostLog {
  /** Writes one line. Never throws: a full disk ends no login. */
  write(event: LogEvent): void;
  close(): void;
}

/**
 * Where a user's log would be: `$XDG_STATE_HOME/kids-id/host.log` (`~/.local/state`), on macOS
 * `~/Library/Logs/kids-id/host.log`, on Windows `%LOCALAPPDATA%\kids-id\host.log`.
 */
export function hostLogPath(env: NodeJS.ProcessEnv, platform = process.platform): string {
  const home = homedir();
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? win32.join(home, 'AppData', 'Local');
    return win32.join(local, 'kids-id', 'host.log');
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Logs', 'kids-id', 'host.log');
  const state = env['XDG_STATE_HOME'];
  const isUsable = state !== undefined && posix.isAbsolute(state);
  return posix.join(isUsable ? state : posix.join(home, '.local/state'), 'kids-id', 'host.log');
}

/** Opens the log where it is, `undefined` where it is not or cannot be written: it is off then. */
export function openHostLog(path: string): HostLog | undefined {
  let file: number;
  let size: number;
  try {
    // A link could lead what is written to a file that somebody else reads.
    const flags = constants.O_RDWR | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);
    file = openSync(path, flags);
    size = shorten(file);
  } catch {
    return undefined;
  }
  const writeLine = (line: string) => {
    if (size + line.length > HOST_LOG_MAX_BYTES) return;
    try {
      size += writeSync(file, line);
    } catch {
      size = HOST_LOG_MAX_BYTES;
    }
  };
  writeLine(`${new Date().toISOString()} host ${HOST_VERSION} pid ${process.pid}\n`);
  return {
    write(event) {
      // Counted from the start of the process.
      const atMs = Math.round(performance.now());
      writeLine(`${process.pid} +${atMs} ${formatLogEvent(event)}\n`);
    },
    close() {
      size = HOST_LOG_MAX_BYTES;
      try {
        closeSync(file);
      } catch {
        // Closed already.
      }
    },
  };
}

/** An event as one line: its name and those of its fields that hold what they may hold. */
export function formatLogEvent(event: LogEvent): string {
  if (!Object.hasOwn(EVENTS, event.event)) return 'unknown';
  const values = event as Partial<Record<FieldName, unknown>>;
  const fields = EVENTS[event.event].map((name) => `${name}=${FIELDS[name](values[name]) ?? '?'}`);
  return [event.event, ...fields].join(' ');
}

/** Keeps the newer half of a log that is full, from the start of a line. Returns its size. */
function shorten(file: number): number {
  if (process.platform !== 'win32') fchmodSync(file, 0o600);
  const { size } = fstatSync(file);
  if (size < HOST_LOG_MAX_BYTES) return size;
  const kept = Buffer.alloc(HOST_LOG_MAX_BYTES / 2);
  const length = readSync(file, kept, 0, kept.length, size - kept.length);
  const start = kept.subarray(0, length).indexOf('\n') + 1;
  ftruncateSync(file, 0);
  return writeSync(file, kept, start, length - start);
}

function wholeNumber(value: unknown, max: number): string | undefined {
  if (typeof value !== 'number' || Number.isNaN(value)) return undefined;
  return String(Math.min(Math.max(Math.round(value), 0), max));
}

function hexNumber(value: unknown, bytes: number): string | undefined {
  if (!Number.isInteger(value) || Number(value) < 0 || Number(value) >= 256 ** bytes) {
    return undefined;
  }
  return Number(value)
    .toString(16)
    .padStart(2 * bytes, '0');
}
