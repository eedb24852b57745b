/** The case that runs now, in memory that the fuzzing and the watching thread share. TEST ONLY. */
import type { Progress } from './campaign.ts';

/** The slot. */
export interface CaseSlot extends Progress {
  /** Number from 1 on, 0 before the first. */
  current(): { caseNumber: number; input: Uint8Array };
}

const INPUT_MAX_BYTES = 1_048_576;
const HEADER_BYTES = 8;

/** Memory for one slot. */
export function createCaseMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + INPUT_MAX_BYTES);
}

/** Opens a slot: case number and length, 4 bytes each, then the input. */
export function openCaseSlot(memory: SharedArrayBuffer): CaseSlot {
  const header = new Int32Array(memory, 0, 2);
  const bytes = new Uint8Array(memory, HEADER_BYTES);
  return {
    begin(input) {
      const kept = input.subarray(0, bytes.length);
      bytes.set(kept);
      Atomics.store(header, 1, kept.length);
      Atomics.add(header, 0, 1);
    },
    current: () => ({
      caseNumber: Atomics.load(header, 0),
      input: Uint8Array.from(bytes.subarray(0, Atomics.load(header, 1))),
    }),
  };
}
