/**
 * One run of the native host: messages of the PIN window in, at most one login, replies and events out. Streams,
 * readers and the list of gateways are given; nothing here knows PC/SC or the browser.
 */
import type { Readable, Writable } from 'node:stream';
import * as v from 'valibot';
import { CARD_CHANNEL_HEARTBEAT_MS } from '../gateway/protocol/card-channel.ts';
import { type ErrorCode, errorCodeOf, KidsIdError } from '../gateway/protocol/errors.ts';
import { messageId, PROTOCOL_VERSION } from '../gateway/protocol/fields.ts';
import { type FromHost, type ToHost, toHost } from '../gateway/protocol/host-messages.ts';
import { failure, parseMessage } from '../gateway/protocol/message.ts';
import type { OpenCardReaders } from './card/readers.ts';
import { createFrameDecoder, encodeFrame } from './framing.ts';
import { findGateway, type Gateway } from './gateways.ts';
import { HOST_VERSION } from './host-version.ts';
import type { LoginTiming } from './login/login.ts';
import { createWindow, type HostWindow } from './window.ts';

/** What a run is given. */
export interface HostOptions {
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Called when a login begins, not before. */
  readonly openReaders: OpenCardReaders;
  /** Called for each login. @throws {KidsIdError} GATEWAY_UNTRUSTED */
  readonly loadGateways: () => Promise<readonly Gateway[]>;
  /** Told the code of each failure: all that is ever logged. */
  readonly log: (code: ErrorCode) => void;
  readonly timing?: LoginTiming;
}

const TIMING: LoginTiming = {
  heartbeatMs: CARD_CHANNEL_HEARTBEAT_MS,
  cardTimeoutMs: 60_000,
};
/** How long a login may take to let go when the window is gone: a card that signs is let finish. */
const STOP_TIMEOUT_MS = 600;

/** A message that cannot be taken but can be answered. */
const addressed = v.looseObject({ type: v.picklist(['hello', 'login']), id: messageId });

interface RunningLogin {
  readonly window: HostWindow;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Serves one window until its stdin ends or it breaks the protocol. Resolves when the login, if any, has let go
 * of reader and network, at the latest after 600 ms. Never throws.
 */
export async function runHost(options: HostOptions): Promise<void> {
  const { stdin, stdout, log } = options;
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const send = (message: FromHost) => void stdout.write(encodeFrame(message));
  let login: RunningLogin | undefined;
  const receiver: Receiver = {
    send,
    stop,
    log,
    findLogin: () => login,
    startLogin(message) {
      login = startLogin({ message, send, options });
    },
  };
  const decoder = createFrameDecoder();
  const orStop = (work: () => void) => {
    try {
      work();
    } catch (error) {
      log(errorCodeOf(error));
      stop();
    }
  };
  stdin.on('data', (chunk: Uint8Array) =>
    orStop(() => {
      for (const payload of decoder.push(chunk)) receive(payload, receiver);
    }),
  );
  stdin.once('end', () => orStop(() => decoder.end()));
  for (const event of ['end', 'close', 'error']) stdin.once(event, stop);
  stdout.on('error', stop);
  await stopped;
  stdin.destroy();
  await letGo(login);
}

interface Receiver {
  send(message: FromHost): void;
  stop(): void;
  log(code: ErrorCode): void;
  findLogin(): RunningLogin | undefined;
  startLogin(message: LoginRequest): void;
}

type LoginRequest = Extract<ToHost, { type: 'login' }>;

/** @throws {KidsIdError} for a message that can be neither taken nor answered: the run ends with it */
function receive(payload: Uint8Array, receiver: Receiver): void {
  let raw: unknown;
  try {
    raw = parseJson(payload);
    dispatch(parseMessage(toHost, raw), receiver);
  } catch (error) {
    refuse(raw, errorCodeOf(error), receiver);
  } finally {
    payload.fill(0);
    wipeDigits(raw);
  }
}

/** @throws {KidsIdError} MESSAGE_MALFORMED for a message out of place */
function dispatch(message: ToHost, receiver: Receiver): void {
  const login = receiver.findLogin();
  switch (message.type) {
    case 'hello': {
      const { type, id } = message;
      const versions = { hostVersion: HOST_VERSION, protocol: PROTOCOL_VERSION };
      receiver.send({ type, id, ok: true, ...versions });
      return;
    }
    case 'login':
      if (login) receiver.send(failure(message, 'LOGIN_BUSY'));
      else receiver.startLogin(message);
      return;
    case 'pin':
      try {
        windowOf(login, message.id).takePin(message.digits);
      } finally {
        wipeDigits(message);
      }
      return;
    case 'last-try-allowed':
      windowOf(login, message.id).takeLastTry();
      return;
    case 'cancel':
      windowOf(login, message.id).cancel();
  }
}

function windowOf(login: RunningLogin | undefined, id: string): HostWindow {
  if (login?.window.id === id) return login.window;
  throw new KidsIdError('MESSAGE_MALFORMED', 'message of a login that is not there');
}

/** While a login runs, its reply says what was wrong; else the message is answered, or the run ends. */
function refuse(raw: unknown, code: ErrorCode, receiver: Receiver): void {
  const login = receiver.findLogin();
  if (login && !login.window.isOver) {
    login.controller.abort(new KidsIdError(code, 'message out of place during a login'));
    return;
  }
  const parsed = v.safeParse(addressed, raw);
  if (!parsed.success) throw new KidsIdError(code, 'message that cannot be answered');
  receiver.log(code);
  receiver.send(failure(parsed.output, code));
}

function startLogin(options: {
  message: LoginRequest;
  send: (message: FromHost) => void;
  options: HostOptions;
}): RunningLogin {
  const { message, send } = options;
  const { type, id } = message;
  const controller = new AbortController();
  const window = createWindow({ id, send, controller });
  const run = async () => {
    let reply: FromHost;
    try {
      const completionCode = await logIn({ ...options, window, signal: controller.signal });
      reply = { type, id, ok: true, completionCode };
    } catch (error) {
      const code = errorCodeOf(error);
      options.options.log(code);
      reply = failure({ type, id }, code);
    }
    // Nobody reads the reply when the window is gone.
    if (window.isOver) return;
    window.close();
    send(reply);
  };
  return { window, controller, ended: run() };
}

/** The login's code is loaded when the window has its `hello`: that comes back sooner. */
async function logIn(options: {
  message: LoginRequest;
  options: HostOptions;
  window: HostWindow;
  signal: AbortSignal;
}): Promise<string> {
  const { message, window, signal } = options;
  const { loadGateways, openReaders, timing = TIMING } = options.options;
  const gateway = findGateway(await loadGateways(), message.origin);
  if (!gateway) throw new KidsIdError('GATEWAY_UNTRUSTED', 'origin is not on the list');
  const { runLogin } = await import('./login/login.ts');
  const { ticket } = message;
  const hostVersion = HOST_VERSION;
  return runLogin({ gateway, ticket, hostVersion, openReaders, window, timing, signal });
}

async function letGo(login: RunningLogin | undefined): Promise<void> {
  if (!login) return;
  login.window.close();
  login.controller.abort(new KidsIdError('USER_CANCELLED', 'the window is gone'));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_TIMEOUT_MS);
  });
  await Promise.race([login.ended, late]);
  clearTimeout(timer);
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (cause) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'message is not JSON', { cause });
  }
}

/** Overwrites a PIN wherever a parsed message still holds it. */
function wipeDigits(message: unknown): void {
  if (typeof message !== 'object' || message === null || !('digits' in message)) return;
  if (Array.isArray(message.digits)) message.digits.fill(0);
}
