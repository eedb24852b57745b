/**
 * The PIN window's end of the conversation with the native host (host-messages.ts): hello, login,
 * what the host reports and asks, and one end. The host's process lives as long as the port.
 */
import * as v from 'valibot';
import browser from 'webextension-polyfill';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import {
  type FromHostInLogin,
  fromHostInLogin,
  HOST_NAME,
  type LoginEvent,
  type ToHost,
} from '../../gateway/protocol/host-messages.ts';
import type { WindowJob } from '../../gateway/protocol/window-messages.ts';
import { findVersionProblem } from '../host-hello.ts';

const HELLO_TIMEOUT_MS = 5_000;
/** Longer than the host and the gateway give a login; for a host that hangs. */
const LOGIN_TIMEOUT_MS = 280_000;
/** Time for the host to tell the gateway that the person stopped. */
const CANCEL_TIMEOUT_MS = 2_000;

/** How a login ended. */
export type LoginEnd =
  | { readonly ok: true; readonly completionCode: string }
  | { readonly ok: false; readonly code: ErrorCode };

/** What a host may be told when it asks. */
export type HostAnswer =
  | { readonly type: 'pin'; readonly digits: readonly number[] }
  | { readonly type: 'last-try-allowed' }
  | { readonly type: 'card-choice'; readonly index: number };

export interface HostLogin {
  /** Answers what the host asked for. The caller overwrites a PIN's digits afterwards. */
  answer(answer: HostAnswer): void;
  /** Ends the login with USER_CANCELLED. */
  cancel(): void;
}

/** Starts the host and a login in it. `onEnd` is called once; nothing is called after it. */
export function startHostLogin(options: {
  job: WindowJob;
  onEvent: (event: LoginEvent) => void;
  onEnd: (end: LoginEnd) => void;
}): HostLogin {
  const { job, onEvent, onEnd } = options;
  const helloId = crypto.randomUUID();
  const loginId = crypto.randomUUID();
  let ended = false;
  let greeted = false;
  const port = browser.runtime.connectNative(HOST_NAME);
  let timer = setTimeout(() => fail('HOST_ABSENT'), HELLO_TIMEOUT_MS);

  port.onMessage.addListener((raw: unknown) => {
    const problem = greeted ? undefined : findVersionProblem(raw);
    if (problem !== undefined) {
      fail(problem);
      return;
    }
    const message = v.safeParse(fromHostInLogin, raw);
    if (!message.success) fail('MESSAGE_MALFORMED');
    else if (!ended) take(message.output);
  });
  port.onDisconnect.addListener(() => {
    // Chromium writes an error that nobody looked at into the console, for every missing host.
    void browser.runtime.lastError;
    fail(greeted ? 'INTERNAL' : 'HOST_ABSENT');
  });
  send({ type: 'hello', id: helloId });

  function take(message: FromHostInLogin): void {
    if (message.type === 'hello') {
      if (message.id !== helloId || greeted) fail('MESSAGE_MALFORMED');
      else if (!message.ok) fail(message.code);
      else logIn();
      return;
    }
    if (message.id !== loginId) {
      fail('MESSAGE_MALFORMED');
      return;
    }
    if (message.type !== 'login') onEvent(message);
    else if (message.ok) end({ ok: true, completionCode: message.completionCode });
    else fail(message.code);
  }

  function logIn(): void {
    greeted = true;
    clearTimeout(timer);
    timer = setTimeout(() => fail('TIMED_OUT'), LOGIN_TIMEOUT_MS);
    const { origin, ticket, language } = job;
    send({ type: 'login', id: loginId, origin, ticket, language });
  }

  function send(message: ToHost): void {
    try {
      port.postMessage(message);
    } catch {
      fail('HOST_ABSENT');
    }
  }

  function fail(code: ErrorCode): void {
    end({ ok: false, code });
  }

  function end(loginEnd: LoginEnd): void {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    port.disconnect();
    onEnd(loginEnd);
  }

  return {
    answer(answer) {
      if (!ended) send({ ...answer, id: loginId } as ToHost);
    },
    cancel() {
      if (ended) return;
      if (!greeted) {
        fail('USER_CANCELLED');
        return;
      }
      clearTimeout(timer);
      timer = setTimeout(() => fail('USER_CANCELLED'), CANCEL_TIMEOUT_MS);
      send({ type: 'cancel', id: loginId });
    },
  };
}
