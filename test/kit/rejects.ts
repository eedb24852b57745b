/** Assertions on error codes, never on message text. TEST ONLY. */
import assert from 'node:assert/strict';
import { type ErrorCode, KidsIdError } from '../../gateway/protocol/errors.ts';

/** Asserts that a call throws a KidsIdError of exactly this code. */
export function throwsWithCode(code: ErrorCode, call: () => unknown): void {
  assert.throws(call, (error) => hasCode(error, code));
}

/** Asserts that a promise rejects with a KidsIdError of exactly this code. */
export async function rejectsWithCode(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => hasCode(error, code));
}

function hasCode(error: unknown, code: ErrorCode): boolean {
  assert.ok(error instanceof KidsIdError, `not a KidsIdError but ${String(error)}`);
  assert.equal(error.code, code);
  return true;
}
