/** A card that follows a script: each command must be exactly the next one. TEST ONLY. */
import assert from 'node:assert/strict';
import type { CardTransaction, TransactionEnd } from '../../../native-host/card/readers.ts';

/** A command and its answer, in hexadecimal; an Error is thrown in place of an answer. */
export type ScriptStep = readonly [command: string, answer: string | Error];

/** A transaction that follows a script. */
export interface ScriptChannel extends CardTransaction {
  /** How the transaction would end now. */
  readonly end: TransactionEnd;
  /** Asserts that every step was taken. */
  checkDone(): void;
}

/** Creates a channel that takes exactly these commands, in this order. */
export function createScriptChannel(steps: readonly ScriptStep[]): ScriptChannel {
  const left = [...steps];
  let end: TransactionEnd = 'leave';
  return {
    get end() {
      return end;
    },
    setEnd(wanted) {
      end = wanted;
    },
    async transmit(command) {
      const [expected, answer] = left.shift() ?? ['no further command', ''];
      assert.equal(Buffer.from(command).toString('hex').toUpperCase(), expected);
      if (answer instanceof Error) throw answer;
      return Uint8Array.from(Buffer.from(answer, 'hex'));
    },
    checkDone() {
      assert.deepEqual(left, [], 'commands that were never sent');
    },
  };
}
