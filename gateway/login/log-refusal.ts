/** What the log says of a request that ended badly: its code, and for what nobody foresaw where it came from. */
import { errorCodeOf } from '../protocol/errors.ts';
import { describeFault } from '../protocol/fault.ts';

/** The part of a logger that is needed here. */
export interface RefusalLogger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Logs a refusal at info and an unforeseen error at error. `path` is one of ours, never the caller's own. */
export function logRefusal(
  logger: RefusalLogger,
  error: unknown,
  place: { path: string | undefined; message: string },
): void {
  const { path, message } = place;
  const code = errorCodeOf(error);
  if (code === 'INTERNAL') logger.error({ code, path, fault: describeFault(error) }, message);
  else logger.info({ code, path }, message);
}
