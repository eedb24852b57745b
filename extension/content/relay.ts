/**
 * Relays between a gateway's page and the background. It answers `hello` itself, lets one
 * login or diagnosis through per real click, and repeats to the page only replies of the known shape.
 */
import * as v from 'valibot';
import type { Runtime } from 'webextension-polyfill';
import browser from 'webextension-polyfill';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import { failure } from '../../gateway/protocol/message.ts';
import {
  loginReply,
  type PageReply,
  type PageRequest,
  toExtension,
} from '../../gateway/protocol/page-messages.ts';
import { PAGE_PORT } from '../../gateway/protocol/window-messages.ts';
import { createClickGate } from './click-gate.ts';
import { createDiagnosisRelay } from './diagnosis-relay.ts';

type LoginRequest = Extract<PageRequest, { type: 'login' }>;

/** Starts relaying for this window until `signal` ends it. */
export function startRelay(page: Window, signal: AbortSignal): void {
  const clickGate = createClickGate(page, signal);
  const diagnosis = createDiagnosisRelay({ clickGate, answer });
  let port: Runtime.Port | undefined;
  let openLoginId: string | undefined;

  function answer(message: PageReply): void {
    page.postMessage({ kidsId: 'page', message }, page.location.origin);
  }

  function endLogin(reply: PageReply): void {
    openLoginId = undefined;
    answer(reply);
  }

  function dropPort(): void {
    port?.disconnect();
    port = undefined;
  }

  function logIn(request: LoginRequest): void {
    const refusal = findRefusal();
    if (refusal) {
      answer(failure(request, refusal));
      return;
    }
    // The last login's port stays open after its end, so that its window dies with this page.
    dropPort();
    const opened = browser.runtime.connect({ name: PAGE_PORT });
    port = opened;
    openLoginId = request.id;
    opened.onMessage.addListener((raw: unknown) => {
      const reply = v.safeParse(loginReply, raw);
      if (reply.success && reply.output.id === openLoginId) endLogin(reply.output);
    });
    opened.onDisconnect.addListener(() => {
      if (port === opened) port = undefined;
      if (openLoginId === request.id) endLogin(failure(request, 'INTERNAL'));
    });
    opened.postMessage(request);
  }

  function findRefusal(): ErrorCode | undefined {
    if (!clickGate.spend()) return 'CLICK_REQUIRED';
    return openLoginId === undefined ? undefined : 'LOGIN_BUSY';
  }

  function handle(request: PageRequest): void {
    switch (request.type) {
      case 'hello':
        answer({
          type: 'hello',
          id: request.id,
          ok: true,
          extensionVersion: browser.runtime.getManifest().version,
        });
        return;
      case 'login':
        logIn(request);
        return;
      case 'diagnose':
        diagnosis.ask(request);
        return;
      case 'cancel':
        diagnosis.stop();
        if (openLoginId !== undefined) port?.postMessage(request);
        answer({ type: 'cancel', id: request.id, ok: true });
    }
  }

  hear(page, signal, handle);
  const leave = () => {
    dropPort();
    diagnosis.stop();
  };
  page.addEventListener('pagehide', leave, { signal });
  signal.addEventListener('abort', leave);
}

/** Hands on what the page itself says to the extension, and nothing else. */
function hear(page: Window, signal: AbortSignal, handle: (request: PageRequest) => void): void {
  page.addEventListener(
    'message',
    (event: MessageEvent<unknown>) => {
      if (event.source !== page || event.origin !== page.location.origin) return;
      const envelope = v.safeParse(toExtension, event.data);
      // After an update the old script is cut off from its extension: the new one answers.
      if (envelope.success && browser.runtime.id !== undefined) handle(envelope.output.message);
    },
    { signal },
  );
}
