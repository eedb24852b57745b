/**
 * Typed client of the extension, for a gateway's page: requests and replies of page-messages.ts over
 * `window.postMessage`. A reply counts only when it comes from this very window and origin and
 * answers a request that is still open, by id.
 */
import * as v from 'valibot';
import type { HostFindings } from '../protocol/diagnosis.ts';
import { type ErrorCode, KidsIdError } from '../protocol/errors.ts';
import type { Language } from '../protocol/fields.ts';
import { type PageReply, type PageRequest, toPage } from '../protocol/page-messages.ts';

const HELLO_TIMEOUT_MS = 3_000;
/** Longer than any login may take: the gateway ends it first. */
const LOGIN_TIMEOUT_MS = 300_000;
const CANCEL_TIMEOUT_MS = 3_000;
/** Longer than the extension gives a host to start and to answer. */
const DIAGNOSE_TIMEOUT_MS = 13_000;

/** What silence means. */
const SILENCE: Readonly<Record<PageRequest['type'], ErrorCode>> = {
  hello: 'EXTENSION_ABSENT',
  login: 'TIMED_OUT',
  // It was there for `hello`: it does not know the word.
  diagnose: 'EXTENSION_TOO_OLD',
  cancel: 'EXTENSION_ABSENT',
};

export interface ExtensionClient {
  /**
   * Resolves with its version when the extension is there.
   * @throws {KidsIdError} EXTENSION_ABSENT when it does not answer in time (3 s unless told).
   */
  hello(timeoutMs?: number): Promise<string>;
  /**
   * Logs in with the card and returns the completion code. The page must just have been clicked.
   * @throws {KidsIdError} With the code that ended the login.
   */
  login(options: { ticket: string; language: Language }): Promise<string>;
  /**
   * Looks at host, reader and card. The page must have been clicked before the first of them; those that follow it
   * closely need no click.
   * @throws {KidsIdError} EXTENSION_TOO_OLD when an extension that is there does not answer; CLICK_REQUIRED; the code
   *   that says what is missing.
   */
  diagnose(): Promise<HostState>;
  /** Ends the login or diagnosis that is running, if there is one; its promise fails with USER_CANCELLED. */
  cancel(): Promise<void>;
}

/** What a host says when it is there. */
export interface HostState extends HostFindings {
  readonly hostVersion: string;
}

/** Creates the client of a window; it listens as long as the page lives. */
export function createExtensionClient(page: Window): ExtensionClient {
  const pending = new Map<string, (reply: PageReply) => void>();

  page.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== page || event.origin !== page.location.origin) return;
    const envelope = v.safeParse(toPage, event.data);
    if (!envelope.success) return;
    const reply = envelope.output.message;
    pending.get(keyOf(reply))?.(reply);
  });

  async function ask(request: PageRequest, timeoutMs: number): Promise<PageReply> {
    const key = keyOf(request);
    const { promise, resolve, reject } = Promise.withResolvers<PageReply>();
    const timer = setTimeout(() => {
      reject(new KidsIdError(SILENCE[request.type], 'the extension did not answer in time'));
    }, timeoutMs);
    pending.set(key, resolve);
    try {
      page.postMessage({ kidsId: 'extension', message: request }, page.location.origin);
      return await promise;
    } finally {
      clearTimeout(timer);
      pending.delete(key);
    }
  }

  return {
    async hello(timeoutMs = HELLO_TIMEOUT_MS) {
      const reply = checkReply(await ask({ type: 'hello', id: crypto.randomUUID() }, timeoutMs));
      if (reply.type === 'hello') return reply.extensionVersion;
      throw otherType();
    },
    async login({ ticket, language }) {
      const request: PageRequest = { type: 'login', id: crypto.randomUUID(), ticket, language };
      const reply = checkReply(await ask(request, LOGIN_TIMEOUT_MS));
      if (reply.type === 'login') return reply.completionCode;
      throw otherType();
    },
    async diagnose() {
      const request: PageRequest = { type: 'diagnose', id: crypto.randomUUID() };
      const reply = checkReply(await ask(request, DIAGNOSE_TIMEOUT_MS));
      if (reply.type === 'diagnose') return reply;
      throw otherType();
    },
    async cancel() {
      checkReply(await ask({ type: 'cancel', id: crypto.randomUUID() }, CANCEL_TIMEOUT_MS));
    },
  };
}

function otherType(): KidsIdError {
  return new KidsIdError('MESSAGE_MALFORMED', 'reply of another type');
}

function keyOf({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type} ${id}`;
}

function checkReply(reply: PageReply): PageReply & { readonly ok: true } {
  if (reply.ok) return reply;
  throw new KidsIdError(reply.code, 'the extension refused');
}
