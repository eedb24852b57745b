/**
 * How a message is judged, on every hop: one schema per type from one table, unknown fields refused,
 * size measured before anything is looked at. The tables are in the files beside this one, a hop each.
 */
import * as v from 'valibot';
import { type ErrorCode, KidsIdError } from './errors.ts';
import { errorCode, messageId } from './fields.ts';

/** The answer to a request: same type, same id, and only `ok` and what follows from it differ. */
export type Reply<Type extends string, Fields> =
  | ({ readonly type: Type; readonly id: string; readonly ok: true } & Fields)
  | Failure<Type>;

export interface Failure<Type extends string = string> {
  readonly type: Type;
  readonly id: string;
  readonly ok: false;
  readonly code: ErrorCode;
}

/** Schema of a request `{ type, id, … }`. */
export function request<Type extends string, Fields extends v.ObjectEntries>(
  type: Type,
  fields: Fields,
) {
  return v.strictObject({ type: v.literal(type), id: messageId, ...fields });
}

/** Schema of a reply: `{ type, id, ok: true, … }` or `{ type, id, ok: false, code }`. */
export function reply<Type extends string, Fields extends v.ObjectEntries>(
  type: Type,
  fields: Fields,
) {
  return v.union([
    v.strictObject({ type: v.literal(type), id: messageId, ok: v.literal(true), ...fields }),
    v.strictObject({
      type: v.literal(type),
      id: messageId,
      ok: v.literal(false),
      code: errorCode,
    }),
  ]);
}

/**
 * Judges a value that crossed a process border.
 * @throws {KidsIdError} MESSAGE_MALFORMED; the message never holds the value.
 */
export function parseMessage<Schema extends v.GenericSchema>(
  schema: Schema,
  raw: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, raw, { abortEarly: true });
  // No message is an array, and an array without elements would pass for an object without fields.
  if (!result.success || Array.isArray(raw))
    throw new KidsIdError('MESSAGE_MALFORMED', 'message of another shape');
  return result.output;
}

/**
 * Parses JSON text of at most `maxBytes` bytes of UTF-8 and judges it.
 * @throws {KidsIdError} MESSAGE_TOO_LARGE, MESSAGE_MALFORMED
 */
export function parseJsonMessage<Schema extends v.GenericSchema>(
  schema: Schema,
  bytes: Uint8Array,
  maxBytes: number,
): v.InferOutput<Schema> {
  if (bytes.length > maxBytes) throw new KidsIdError('MESSAGE_TOO_LARGE', 'message over its limit');
  let raw: unknown;
  try {
    raw = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'message is not JSON', { cause });
  }
  return parseMessage(schema, raw);
}

/** Makes the failing reply to a request. */
export function failure<Type extends string>(
  to: { readonly type: Type; readonly id: string },
  code: ErrorCode,
): Failure<Type> {
  return { type: to.type, id: to.id, ok: false, code };
}
