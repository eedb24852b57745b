/** Waiting that a signal can end. */

/**
 * Waits for a promise, but no longer than until the signal is aborted. What the promise becomes after that is
 * nobody's concern; it must clean up after itself.
 * @throws the signal's reason, or what the promise throws
 */
export async function abortable<Result>(
  promise: Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  promise.catch(() => undefined);
  try {
    signal.throwIfAborted();
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
