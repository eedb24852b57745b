/** A bound on calls that the PC/SC service may keep waiting for as long as another program likes. */
import { type ErrorCode, KidsIdError } from '../../gateway/protocol/errors.ts';

/** How long a call is waited for. */
export interface DeadlineOptions<Result> {
  readonly timeoutMs: number;
  /** Of the error when the time is over. */
  readonly code: ErrorCode;
  /** Given the result of a call that came back too late, so that it can be returned. */
  readonly onLate?: (result: Result) => Promise<unknown>;
}

/** Calls that have not come back, waited for or not. */
const underWay = new Set<Promise<unknown>>();

/** Resolves when every call that is under way now has come back. */
export async function callsReturned(): Promise<void> {
  await Promise.allSettled(underWay);
}

/**
 * Waits for a call at most so long.
 * @throws {KidsIdError} `code` when the time is over; else what the call throws
 */
export async function withDeadline<Result>(
  call: Promise<Result>,
  options: DeadlineOptions<Result>,
): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reject(new KidsIdError(options.code, 'card or reader did not answer in time'));
  }, options.timeoutMs);
  const returned = call.then(
    (result) => (isLate ? options.onLate?.(result).catch(() => undefined) : undefined),
    () => undefined,
  );
  underWay.add(returned);
  void returned.then(() => underWay.delete(returned));
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
