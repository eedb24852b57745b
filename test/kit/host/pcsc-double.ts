/**
 * Stands where the PC/SC binding's objects are and follows a script: each call, with every byte of it, must be exactly
 * the next one. TEST ONLY.
 */
import assert from 'node:assert/strict';
import type { PcscReader } from '../../../native-host/pcsc/connect-card.ts';
import type { PcscCard } from '../../../native-host/pcsc/pcsc-connection.ts';

/**
 * A call and its outcome. Calls: `connect`, `transaction`, `end leave`, `reconnect reset`, `disconnect leave`,
 * `transmit <hex>`, `control <code> <hex>`, `attribute <id>`; numbers and bytes in upper case hexadecimal.
 * Outcomes: bytes in hexadecimal; an Error, thrown; `late`, for a call that comes back, with nothing, when `release`
 * is called. Like the binding it throws at a call to the card while another is under way.
 */
export type PcscStep = readonly [call: string, outcome: string | Error];

/** A scripted card and the reader it is in. */
export interface PcscDouble {
  readonly card: PcscCard;
  readonly reader: PcscReader;
  /** Lets the call that is late come back. */
  release(): void;
  /** Asserts that every step was taken, and no other: the host does not pass on what a late call throws. */
  checkDone(): void;
}

/** CM_IOCTL_GET_FEATURE_REQUEST on this operating system (PC/SC part 10; MSDN's CTL_CODE on Windows). */
export const FEATURE_REQUEST =
  process.platform === 'win32' ? '00313520' : (0x42000000 + 3400).toString(16).toUpperCase();

const DISPOSITIONS = ['leave', 'reset', 'unpower', 'eject'];

/** A failure as the binding throws it. */
export function pcscError(code: string): Error {
  return Object.assign(new Error('failure of the PC/SC double'), { code });
}

/** Creates a card, in a reader of that name, that takes exactly these calls, in this order. */
export function createPcscDouble(steps: readonly PcscStep[], name = 'Reader 00 00'): PcscDouble {
  const left = [...steps];
  const others: string[] = [];
  let late: (() => void) | undefined;
  const take = (call: string): Promise<Uint8Array> => {
    if (late) throw pcscError('CardIsBusy');
    const [expected, outcome] = left.shift() ?? ['no further call', ''];
    if (call !== expected) others.push(call);
    assert.equal(call, expected);
    if (outcome instanceof Error) return Promise.reject(outcome);
    if (outcome !== 'late') return Promise.resolve(Uint8Array.from(Buffer.from(outcome, 'hex')));
    return new Promise((resolve) => {
      late = () => resolve(new Uint8Array(0));
    });
  };
  const card: PcscCard = {
    attributeGet: (id) => take(`attribute ${hexOf(id)}`),
    control: (code, command) => take(`control ${hexOf(code)} ${hexOf(command)}`.trimEnd()),
    transmit: (input) => take(`transmit ${hexOf(input)}`),
    async disconnect(then) {
      await take(`disconnect ${DISPOSITIONS[then]}`);
    },
    async reconnect(mode, first) {
      assert.equal(mode, 2, 'shared');
      await take(`reconnect ${DISPOSITIONS[first]}`);
      return 1;
    },
    async transaction() {
      await take('transaction');
      return {
        async end(then) {
          await take(`end ${DISPOSITIONS[then]}`);
        },
      };
    },
  };
  return {
    card,
    reader: {
      name: () => name,
      async connect(mode) {
        assert.equal(mode, 2, 'shared');
        await take('connect');
        return card;
      },
    },
    release() {
      late?.();
      late = undefined;
    },
    checkDone() {
      assert.deepEqual(others, [], 'calls other than the next one');
      assert.deepEqual(left, [], 'calls that were never made');
    },
  };
}

function hexOf(value: number | Uint8Array | undefined): string {
  if (typeof value === 'number') return value.toString(16).toUpperCase().padStart(8, '0');
  return Buffer.from(value ?? [])
    .toString('hex')
    .toUpperCase();
}
