/** The first words of a native host: does it speak our protocol? Shared by whoever opens a port to it. */
import * as v from 'valibot';
import type { ErrorCode } from '../gateway/protocol/errors.ts';
import { PROTOCOL_VERSION } from '../gateway/protocol/fields.ts';

/** All that is believed of a hello before the versions agree: another one may say it in another shape. */
const anyHello = v.looseObject({
  type: v.literal('hello'),
  ok: v.literal(true),
  protocol: v.number(),
});

/** Why a host's hello ends the conversation: it names another protocol than ours. Undefined for any other message. */
export function findVersionProblem(raw: unknown): ErrorCode | undefined {
  const hello = v.safeParse(anyHello, raw);
  if (!hello.success || hello.output.protocol === PROTOCOL_VERSION) return undefined;
  return hello.output.protocol < PROTOCOL_VERSION ? 'HOST_TOO_OLD' : 'EXTENSION_TOO_OLD';
}
