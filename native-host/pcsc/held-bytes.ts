/** Bytes that the binding may read until its call is back. */

/**
 * Makes a call with a copy of bytes that lives until the call is back, and is wiped then. The binding (pcsc-mini
 * 0.1.3) hands the address of an array to another thread and keeps no reference to it: one that is collected, or
 * wiped by its owner, meanwhile would reach the card as something else.
 */
export async function withHeldBytes<Result>(
  bytes: Uint8Array,
  call: (held: Uint8Array) => Promise<Result>,
): Promise<Result> {
  const held = bytes.slice();
  try {
    return await call(held);
  } finally {
    // Also what keeps it reachable.
    held.fill(0);
  }
}
