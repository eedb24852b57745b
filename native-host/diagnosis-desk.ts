/** Answers `diagnose` in a host process: the first one opens the readers, which are watched until the end. */
import { type ErrorCode, errorCodeOf, KidsIdError } from '../gateway/protocol/errors.ts';
import type { FromHost, ToHost } from '../gateway/protocol/host-messages.ts';
import { failure } from '../gateway/protocol/message.ts';
import type { OpenCardReaders } from './card/readers.ts';
import { findGateway, type Gateway } from './gateways.ts';
import type { Diagnosis } from './login/diagnosis.ts';

type DiagnoseRequest = Extract<ToHost, { type: 'diagnose' }>;

export interface DiagnosisDesk {
  /** Somebody has asked: this process does nothing else any more. */
  readonly isOpen: boolean;
  /** Answers by and by. Never throws. */
  take(request: DiagnoseRequest): void;
  /** Lets go of the readers; nothing is answered any more. Never throws. */
  close(): Promise<void>;
}

/** Creates the desk. Readers are opened for a listed gateway only. */
export function createDiagnosisDesk(options: {
  loadGateways: () => Promise<readonly Gateway[]>;
  openReaders: OpenCardReaders;
  send: (message: FromHost) => void;
  log: (code: ErrorCode) => void;
}): DiagnosisDesk {
  const { send, log } = options;
  let loading: Promise<readonly Gateway[]> | undefined;
  let opening: Promise<Diagnosis> | undefined;
  let isClosed = false;

  async function open(): Promise<Diagnosis> {
    const { openDiagnosis } = await import('./login/diagnosis.ts');
    return openDiagnosis(options.openReaders);
  }

  async function answer({ type, id, origin }: DiagnoseRequest): Promise<FromHost> {
    loading ??= options.loadGateways();
    if (!findGateway(await loading, origin)) {
      throw new KidsIdError('GATEWAY_UNTRUSTED', 'origin is not on the list');
    }
    // Nothing may be opened behind a close.
    if (isClosed) throw new KidsIdError('USER_CANCELLED', 'nobody waits any more');
    opening ??= open();
    return { type, id, ok: true, ...(await (await opening).look()) };
  }

  return {
    get isOpen() {
      return loading !== undefined;
    },
    take(request) {
      const replying = answer(request).catch((error: unknown) => {
        const code = errorCodeOf(error);
        if (!isClosed) log(code);
        return failure(request, code);
      });
      void replying.then((reply) => isClosed || send(reply));
    },
    async close() {
      isClosed = true;
      await opening?.then((diagnosis) => diagnosis.close()).catch(() => undefined);
    },
  };
}
