/**
 * One run of the native host: messages of the PIN window in, at most one login or PIN change, replies and events
 * out; or a diagnosis for the extension's background. Streams, readers and the list of gateways are given; nothing here knows PC/SC or the browser.
 */
import type { Readable, Writable } from 'node:stream';
import * as v from 'valibot';
import { CARD_CHANNEL_HEARTBEAT_MS } from '../gateway/protocol/card-channel.ts';
import { type ErrorCode, errorCodeOf, KidsIdError } from '../gateway/protocol/errors.ts';
import { messageId, PROTOCOL_VERSION } from '../gateway/protocol/fields.ts';
import { type FromHost, type ToHost, toHost } from '../gateway/protocol/host-messages.ts';
import { failure, parseMessage } from '../gateway/protocol/message.ts';
import type { OpenCardReaders } from './card/readers.ts';
import { createDiagnosisDesk, type DiagnosisDesk } from './diagnosis-desk.ts';
import { createFrameDecoder, encodeFrame } from './framing.ts';
import { findGateway, type Gateway } from './gateways.ts';
import { HOST_VERSION } from './host-version.ts';
import type { LogEvent } from './log.ts';
import type { LoginTiming } from './login/login.ts';
import { createWindow, type HostWindow } from './window.ts';

/** What a run is given. */
export interface HostOptions {
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Called when a login or a diagnosis begins, not before. */
  readonly openReaders: OpenCardReaders;
  /** Called for each login, and once for all of a diagnosis. @throws {KidsIdError} GATEWAY_UNTRUSTED */
  readonly loadGateways: () => Promise<readonly Gateway[]>;
  /** Told the code of each failure. */
  readonly log: (code: ErrorCode) => void;
  /** Told each step, for a log that somebody asked for. */
  readonly note?: (event: LogEvent) => void;
  readonly timing?: LoginTiming;
}

const TIMING: LoginTiming = {
  heartbeatMs: CARD_CHANNEL_HEARTBEAT_MS,
  cardTimeoutMs: 60_000,
};
/** How long a login may take to let go when the window is gone: a card that signs is let finish. */
const STOP_TIMEOUT_MS = 600;

/** A message that cannot be taken but can be answered. */
const addressed = v.looseObject({
  type: v.picklist(['hello', 'login', 'change-pin', 'diagnose']),
  id: messageId,
});

interface RunningTask {
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
  let task: RunningTask | undefined;
  const desk = createDiagnosisDesk({ ...options, send });
  const receiver: Receiver = {
    send,
    stop,
    log,
    desk,
    findTask: () => task,
    startTask(message) {
      task = startTask({ message, send, options });
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
  await letGo(task, desk);
}

interface Receiver {
  readonly desk: DiagnosisDesk;
  send(message: FromHost): void;
  stop(): void;
  log(code: ErrorCode): void;
  findTask(): RunningTask | undefined;
  startTask(message: TaskRequest): void;
}

/** What a run can be asked to do, once. */
type TaskRequest = Extract<ToHost, { type: 'login' | 'change-pin' }>;

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
  const task = receiver.findTask();
  switch (message.type) {
    case 'hello': {
      const { type, id } = message;
      const versions = { hostVersion: HOST_VERSION, protocol: PROTOCOL_VERSION };
      receiver.send({ type, id, ok: true, ...versions });
      return;
    }
    case 'login':
    case 'change-pin':
      if (task || receiver.desk.isOpen) receiver.send(failure(message, 'LOGIN_BUSY'));
      else receiver.startTask(message);
      return;
    case 'diagnose':
      if (task) receiver.send(failure(message, 'LOGIN_BUSY'));
      else receiver.desk.take(message);
      return;
    case 'pin':
    case 'new-pin':
    case 'last-try-allowed':
    case 'card-choice':
      try {
        windowOf(task, message.id).takeAnswer(message);
      } finally {
        wipeDigits(message);
      }
      return;
    case 'cancel':
      windowOf(task, message.id).cancel();
  }
}

function windowOf(task: RunningTask | undefined, id: string): HostWindow {
  if (task?.window.id === id) return task.window;
  throw new KidsIdError('MESSAGE_MALFORMED', 'message of a request that is not there');
}

/** While a request runs, its reply says what was wrong; else the message is answered, or the run ends. */
function refuse(raw: unknown, code: ErrorCode, receiver: Receiver): void {
  const task = receiver.findTask();
  if (task && !task.window.isOver) {
    task.controller.abort(new KidsIdError(code, 'message out of place during a request'));
    return;
  }
  const parsed = v.safeParse(addressed, raw);
  if (!parsed.success) throw new KidsIdError(code, 'message that cannot be answered');
  receiver.log(code);
  receiver.send(failure(parsed.output, code));
}

function startTask(options: {
  message: TaskRequest;
  send: (message: FromHost) => void;
  options: HostOptions;
}): RunningTask {
  const { message, send } = options;
  const { type, id } = message;
  const controller = new AbortController();
  const { note = () => undefined } = options.options;
  const window = createWindow({ id, send, controller, note });
  const run = async () => {
    let reply: FromHost;
    try {
      reply = await perform({ ...options, window, signal: controller.signal });
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

/** Its code is loaded when the window has its `hello`: that comes back sooner. */
async function perform(options: {
  message: TaskRequest;
  options: HostOptions;
  window: HostWindow;
  signal: AbortSignal;
}): Promise<FromHost> {
  const { message, window, signal } = options;
  const { loadGateways, openReaders, timing = TIMING, note = () => undefined } = options.options;
  const { type, id, language } = message;
  const shared = { language, openReaders, window, timing, signal };
  if (type === 'change-pin') {
    const { runPinChange } = await import('./login/pin-change.ts');
    await runPinChange(shared);
    return { type, id, ok: true };
  }
  const gateway = findGateway(await loadGateways(), message.origin);
  if (!gateway) throw new KidsIdError('GATEWAY_UNTRUSTED', 'origin is not on the list');
  const { runLogin } = await import('./login/login.ts');
  const { ticket } = message;
  const login = { ...shared, gateway, ticket, note, hostVersion: HOST_VERSION };
  return { type, id, ok: true, completionCode: await runLogin(login) };
}

async function letGo(task: RunningTask | undefined, desk: DiagnosisDesk): Promise<void> {
  task?.window.close();
  task?.controller.abort(new KidsIdError('USER_CANCELLED', 'the window is gone'));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_TIMEOUT_MS);
  });
  await Promise.race([Promise.all([task?.ended, desk.close()]), late]);
  clearTimeout(timer);
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (cause) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'message is not JSON', { cause });
  }
}

/** Overwrites every PIN that a parsed message holds, whatever else it is. */
function wipeDigits(message: unknown): void {
  if (typeof message !== 'object' || message === null) return;
  const { digits, newDigits, repeatedDigits } = message as Record<string, unknown>;
  for (const list of [digits, newDigits, repeatedDigits]) if (Array.isArray(list)) list.fill(0);
}
