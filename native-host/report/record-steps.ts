/** Keeps a list of what was sent to a card and how it answered, without what the answers hold. */
import { errorCodeOf } from '../../gateway/protocol/errors.ts';
import type { CardChannel } from '../card/readers.ts';

/** One command, as it may be shown to anybody. */
export interface CardStep {
  /** Class, instruction, P1 and P2, in hexadecimal: nothing that is sent along. */
  readonly header: string;
  /** The status word in hexadecimal, or the code of what the reader failed with. */
  readonly status: string;
  /** Bytes of data that came. */
  readonly dataBytes: number;
  readonly durationMs: number;
}

/** A channel that keeps its steps. */
export interface RecordingChannel extends CardChannel {
  readonly steps: readonly CardStep[];
}

const HEADER_BYTES = 4;

/** Wraps a channel. */
export function recordSteps(channel: CardChannel): RecordingChannel {
  const steps: CardStep[] = [];
  return {
    steps,
    async transmit(command) {
      const header = hexOf(command.subarray(0, HEADER_BYTES));
      const startedAt = performance.now();
      const add = (status: string, dataBytes: number) => {
        const durationMs = Math.round(10 * (performance.now() - startedAt)) / 10;
        steps.push({ header, status, dataBytes, durationMs });
      };
      try {
        const answer = await channel.transmit(command);
        add(hexOf(answer.subarray(-2)), Math.max(0, answer.length - 2));
        return answer;
      } catch (error) {
        add(errorCodeOf(error), 0);
        throw error;
      }
    },
  };
}

/** Bytes in hexadecimal, upper case. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}
