/** The binding's error names, as our codes: once, at the border of the library. */
import { type ErrorCode, KidsIdError } from '../../gateway/protocol/errors.ts';

/** Names of the binding, after PC/SC's SCARD_E_… and SCARD_W_…; what is not here is CARD_ERROR. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  NoSmartCard: 'CARD_REMOVED',
  RemovedCard: 'CARD_REMOVED',
  ReaderUnavailable: 'CARD_REMOVED',
  UnknownReader: 'CARD_REMOVED',
  NoReadersAvailable: 'CARD_REMOVED',
  NoService: 'CARD_REMOVED',
  ServiceStopped: 'CARD_REMOVED',
  SharingViolation: 'CARD_BUSY',
};

/** The binding's name of a failure, `undefined` for anything that the binding did not throw. */
export function findPcscName(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Wraps a failure of the binding; a KidsIdError stays what it is. */
export function wrapPcscError(cause: unknown): KidsIdError {
  if (cause instanceof KidsIdError) return cause;
  const code = CODES[findPcscName(cause) ?? ''] ?? 'CARD_ERROR';
  return new KidsIdError(code, 'reader or card failed', { cause });
}
