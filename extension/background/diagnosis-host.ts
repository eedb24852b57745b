/**
 * The background's own port to the native host, for a diagnosis only: it says `hello` and `diagnose` and knows no
 * other word, so no PIN can pass here. The host's process lives as long as the port.
 */
import * as v from 'valibot';
import browser from 'webextension-polyfill';
import type { HostFindings } from '../../gateway/protocol/diagnosis.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import {
  fromHostInDiagnosis,
  HOST_NAME,
  type ToHost,
} from '../../gateway/protocol/host-messages.ts';
import { findVersionProblem } from '../host-hello.ts';

const HELLO_TIMEOUT_MS = 5_000;
/** A host answers within two seconds, whatever a card does. */
const DIAGNOSE_TIMEOUT_MS = 6_000;

type FromHost = v.InferOutput<typeof fromHostInDiagnosis>;

/** What is known when a host has answered. */
export interface HostAnswer {
  readonly hostVersion: string;
  readonly findings: HostFindings;
}

export interface DiagnosisHost {
  /**
   * Asks once; one question at a time.
   * @throws {KidsIdError} HOST_ABSENT, HOST_TOO_OLD, EXTENSION_TOO_OLD, TIMED_OUT, MESSAGE_MALFORMED, INTERNAL; the
   *   host's own code. The port is closed then.
   */
  look(): Promise<HostAnswer>;
  close(): void;
}

/** Starts a host for the page of that origin, which the browser told and not the page. */
export function connectDiagnosisHost(origin: string): DiagnosisHost {
  const port = browser.runtime.connectNative(HOST_NAME);
  let hostVersion: string | undefined;
  let failed: KidsIdError | undefined;
  let waiting: { id: string; resolve: (reply: FromHost) => void; reject: typeof fail } | undefined;

  function fail(error: KidsIdError): void {
    failed ??= error;
    port.disconnect();
    waiting?.reject(failed);
    waiting = undefined;
  }

  port.onMessage.addListener((raw: unknown) => {
    const problem = hostVersion === undefined ? findVersionProblem(raw) : undefined;
    const message = v.safeParse(fromHostInDiagnosis, raw);
    if (problem) fail(new KidsIdError(problem, 'host of another protocol'));
    else if (!message.success || message.output.id !== waiting?.id) {
      fail(new KidsIdError('MESSAGE_MALFORMED', 'host said something else'));
    } else {
      waiting.resolve(message.output);
      waiting = undefined;
    }
  });
  function failGone(): void {
    const code = hostVersion === undefined ? 'HOST_ABSENT' : 'INTERNAL';
    fail(new KidsIdError(code, 'the host is gone'));
  }

  port.onDisconnect.addListener(() => {
    // Chromium writes an error that nobody looked at into the console, for every missing host.
    void browser.runtime.lastError;
    failGone();
  });

  function send(request: ToHost): void {
    try {
      port.postMessage(request);
    } catch {
      failGone();
    }
  }

  /** Sends a request and waits for its reply. */
  async function ask(request: ToHost, timeout: { ms: number; code: 'HOST_ABSENT' | 'TIMED_OUT' }) {
    if (failed) throw failed;
    const { promise, resolve, reject } = Promise.withResolvers<FromHost>();
    waiting = { id: request.id, resolve, reject };
    const timer = setTimeout(
      () => fail(new KidsIdError(timeout.code, 'the host does not answer')),
      timeout.ms,
    );
    try {
      send(request);
      const reply = await promise;
      if (reply.ok) return reply;
      const refusal = new KidsIdError(reply.code, 'the host refused');
      fail(refusal);
      throw refusal;
    } finally {
      clearTimeout(timer);
    }
  }

  async function greet(): Promise<string> {
    const request = { type: 'hello', id: crypto.randomUUID() } as const;
    const reply = await ask(request, { ms: HELLO_TIMEOUT_MS, code: 'HOST_ABSENT' });
    if (reply.type === 'hello') return reply.hostVersion;
    throw new KidsIdError('MESSAGE_MALFORMED', 'reply of another type');
  }

  return {
    async look() {
      hostVersion ??= await greet();
      const request = { type: 'diagnose', id: crypto.randomUUID(), origin } as const;
      const reply = await ask(request, { ms: DIAGNOSE_TIMEOUT_MS, code: 'TIMED_OUT' });
      if (reply.type !== 'diagnose') {
        throw new KidsIdError('MESSAGE_MALFORMED', 'reply of another type');
      }
      const { type: _type, id: _id, ok: _ok, ...findings } = reply;
      return { hostVersion, findings };
    },
    close: () => fail(new KidsIdError('USER_CANCELLED', 'the diagnosis is over')),
  };
}
