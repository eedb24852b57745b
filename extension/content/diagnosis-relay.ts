/**
 * A page's diagnosis: begun by a real click, kept up by asking on. It stops by itself when the page no longer asks,
 * and after a while in any case, so that nobody's reader is watched for long without a person who wants it.
 */
import * as v from 'valibot';
import type { Runtime } from 'webextension-polyfill';
import browser from 'webextension-polyfill';
import { failure } from '../../gateway/protocol/message.ts';
import {
  diagnoseReply,
  type PageReply,
  type PageRequest,
} from '../../gateway/protocol/page-messages.ts';
import { DIAGNOSIS_PORT } from '../../gateway/protocol/window-messages.ts';
import type { ClickGate } from './click-gate.ts';

/** The longest pause of a page between an answer and its next question. */
const PAUSE_LIMIT_MS = 15_000;
/** The longest that one click lasts. */
const DIAGNOSIS_LIMIT_MS = 900_000;

type DiagnoseRequest = Extract<PageRequest, { type: 'diagnose' }>;

export interface DiagnosisRelay {
  /** Passes a question on; without a diagnosis under way it spends a click. */
  ask(request: DiagnoseRequest): void;
  /** Ends the diagnosis, if there is one. */
  stop(): void;
}

/** Creates the relay of one page. */
export function createDiagnosisRelay(options: {
  clickGate: ClickGate;
  answer: (reply: PageReply) => void;
}): DiagnosisRelay {
  const { clickGate, answer } = options;
  let port: Runtime.Port | undefined;
  let pending: DiagnoseRequest | undefined;
  let startedAtMs = 0;
  let pauseTimer: ReturnType<typeof setTimeout> | undefined;

  function end(reply: PageReply): void {
    pending = undefined;
    answer(reply);
  }

  function stop(): void {
    clearTimeout(pauseTimer);
    const stopped = port;
    port = undefined;
    stopped?.disconnect();
    if (pending) end(failure(pending, 'USER_CANCELLED'));
  }

  function open(): Runtime.Port {
    const opened = browser.runtime.connect({ name: DIAGNOSIS_PORT });
    opened.onMessage.addListener((raw: unknown) => {
      const reply = v.safeParse(diagnoseReply, raw);
      if (port !== opened || !reply.success || reply.output.id !== pending?.id) return;
      end(reply.output);
      pauseTimer = setTimeout(stop, PAUSE_LIMIT_MS);
    });
    opened.onDisconnect.addListener(() => {
      if (port !== opened) return;
      port = undefined;
      clearTimeout(pauseTimer);
      if (pending) end(failure(pending, 'INTERNAL'));
    });
    startedAtMs = performance.now();
    return opened;
  }

  return {
    ask(request) {
      if (pending) {
        answer(failure(request, 'LOGIN_BUSY'));
        return;
      }
      if (performance.now() - startedAtMs > DIAGNOSIS_LIMIT_MS) stop();
      if (!port && !clickGate.spend()) {
        answer(failure(request, 'CLICK_REQUIRED'));
        return;
      }
      clearTimeout(pauseTimer);
      port ??= open();
      pending = request;
      port.postMessage(request);
    },
    stop,
  };
}
