/**
 * The calls to one card, one after another: the binding throws at a call that is made while another is under way,
 * and a call that is waited for no longer is still under way.
 */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { type DeadlineOptions, withDeadline } from './deadline.ts';

/** Makes calls to one card. */
export interface CardCalls {
  /**
   * Makes a call when those before it have come back. The time counts from now.
   * @param options.evenLate Makes the call when the time is over before its turn, too; otherwise it is not made.
   * @throws {KidsIdError} `code` when the time is over; else what the call throws
   */
  run<Result>(
    call: () => Promise<Result>,
    options: DeadlineOptions<Result> & { evenLate?: boolean },
  ): Promise<Result>;
}

/** Starts with no call under way. */
export function createCardCalls(): CardCalls {
  let last: Promise<unknown> = Promise.resolve();
  return {
    async run(call, options) {
      let isWanted = true;
      const made = last.then(() => {
        if (isWanted) return call();
        throw new KidsIdError(options.code, 'call whose time was over before its turn');
      });
      last = made.catch(() => undefined);
      try {
        return await withDeadline(made, options);
      } finally {
        isWanted = options.evenLate === true;
      }
    },
  };
}
