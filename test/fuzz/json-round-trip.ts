/** What must hold for every JSON message: what was parsed, said again, is parsed to the same. TEST ONLY. */
import { isDeepStrictEqual } from 'node:util';
import type { GenericSchema } from 'valibot';
import { parseJsonMessage } from '../../gateway/protocol/message.ts';
import { insist, tryParse } from './target.ts';

/** Where the code of messages lies, with the library that judges them. */
export const MESSAGE_FILES: readonly string[] = [
  'gateway/protocol/message.ts',
  'gateway/protocol/fields.ts',
  'gateway/protocol/bytes.ts',
  'node_modules/valibot/dist/index.mjs',
];

/** What such a message may be refused with. */
export const MESSAGE_CODES = ['MESSAGE_MALFORMED', 'MESSAGE_TOO_LARGE'] as const;

/** Parses an input by a schema; where it is taken, also what came of it. */
export function checkJsonMessage(
  schema: GenericSchema,
  input: Uint8Array,
  maxBytes: number,
): unknown {
  const parse = (bytes: Uint8Array) => parseJsonMessage(schema, bytes, maxBytes);
  const message = tryParse(MESSAGE_CODES, () => parse(input));
  if (message === undefined) return undefined;
  const again = tryParse(MESSAGE_CODES, () =>
    parse(new TextEncoder().encode(JSON.stringify(message))),
  );
  insist(isDeepStrictEqual(again, message), 'a message that was taken is taken again');
  return message;
}
