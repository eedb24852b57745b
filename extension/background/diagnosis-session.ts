/**
 * One diagnosis: the page's port, and the port to the host that it is answered from. It makes way for every login, and
 * goes on when that has ended.
 */
import * as v from 'valibot';
import type { Runtime } from 'webextension-polyfill';
import { errorCodeOf } from '../../gateway/protocol/errors.ts';
import { failure } from '../../gateway/protocol/message.ts';
import {
  type DiagnoseReply,
  diagnoseRequest,
  type PageRequest,
} from '../../gateway/protocol/page-messages.ts';
import { connectDiagnosisHost, type DiagnosisHost } from './diagnosis-host.ts';

type DiagnoseRequest = Extract<PageRequest, { type: 'diagnose' }>;

export interface DiagnosisSession {
  /** Lets go of host and card, for a login. */
  pause(): void;
  /** Ends it and its port. */
  close(): void;
}

/** Answers a page that has shown who it is. */
export function startDiagnosisSession(options: {
  pagePort: Runtime.Port;
  origin: string;
  isLoginRunning: () => boolean;
}): DiagnosisSession {
  const { pagePort, origin, isLoginRunning } = options;
  let host: DiagnosisHost | undefined;
  let isAsked = false;

  function pause(): void {
    host?.close();
    host = undefined;
  }

  function close(): void {
    pagePort.disconnect();
    pause();
  }

  async function answer(request: DiagnoseRequest): Promise<DiagnoseReply> {
    if (isLoginRunning()) return failure(request, 'LOGIN_BUSY');
    host ??= connectDiagnosisHost(origin);
    try {
      const { hostVersion, findings } = await host.look();
      return { type: 'diagnose', id: request.id, ok: true, hostVersion, ...findings };
    } catch (error) {
      // The next question finds a host that was installed, or mended, meanwhile.
      pause();
      return failure(request, isLoginRunning() ? 'LOGIN_BUSY' : errorCodeOf(error));
    }
  }

  pagePort.onMessage.addListener((raw: unknown) => {
    const request = v.safeParse(diagnoseRequest, raw);
    if (!request.success || isAsked) {
      close();
      return;
    }
    isAsked = true;
    void answer(request.output).then((reply) => {
      isAsked = false;
      try {
        pagePort.postMessage(reply);
      } catch {
        // The page went away at the same moment: nobody waits for the answer.
      }
    });
  });
  pagePort.onDisconnect.addListener(pause);
  return { pause, close };
}
