/** A card that follows a script: each command must be exactly the next one. TEST ONLY. */
import assert from 'node:assert/strict';
import type {
  CardTransaction,
  ReaderKeypad,
  TransactionEnd,
} from '../../../native-host/card/readers.ts';

/**
 * A command and its answer, in hexadecimal; an Error is thrown in place of an answer. A command for the reader's
 * keypad is written `KEYPAD nl 0020…`: its language, then the command.
 */
export type ScriptStep = readonly [command: string, answer: string | Error];

/** A transaction that follows a script. */
export interface ScriptChannel extends CardTransaction {
  /** How the transaction would end now. */
  readonly end: TransactionEnd;
  /** Asserts that every step was taken. */
  checkDone(): void;
}

/** Creates a channel that takes exactly these commands, in this order; without a keypad unless told. */
export function createScriptChannel(
  steps: readonly ScriptStep[],
  options: { keypad?: 'verify' | 'verify-and-change' } = {},
): ScriptChannel {
  const left = [...steps];
  let end: TransactionEnd = 'leave';
  const take = (sent: string): Uint8Array => {
    const [expected, answer] = left.shift() ?? ['no further command', ''];
    assert.equal(sent, expected);
    if (answer instanceof Error) throw answer;
    return Uint8Array.from(Buffer.from(answer, 'hex'));
  };
  const press: ReaderKeypad['verifyPin'] = async (command, language) =>
    take(`KEYPAD ${language} ${toHex(command)}`);
  return {
    get end() {
      return end;
    },
    keypad: options.keypad && {
      verifyPin: press,
      changePin: options.keypad === 'verify' ? undefined : press,
    },
    setEnd(wanted) {
      end = wanted;
    },
    async transmit(command) {
      return take(toHex(command));
    },
    checkDone() {
      assert.deepEqual(left, [], 'commands that were never sent');
    },
  };
}

function toHex(command: Uint8Array): string {
  return Buffer.from(command).toString('hex').toUpperCase();
}
