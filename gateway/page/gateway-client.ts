/** The three requests of the login page to its own gateway: same origin, JSON, the cookies decide. */
import * as v from 'valibot';
import { KidsIdError } from '../protocol/errors.ts';
import { errorCode } from '../protocol/fields.ts';
import {
  type completeRequest,
  LOGIN_REQUEST_MAX_BYTES,
  locationReply,
  ticketReply,
} from '../protocol/login-requests.ts';
import { parseJsonMessage } from '../protocol/message.ts';

const REQUEST_TIMEOUT_MS = 15_000;

export interface GatewayClient {
  /** Gets a fresh login ticket (120 s, one use). */
  requestTicket(): Promise<string>;
  /** Hands in the completion code; returns the address to go to, on this origin. */
  complete(completionCode: string): Promise<string>;
  /** Gives the login up; returns the address to go to, on this origin. */
  cancel(): Promise<string>;
}

/**
 * Creates the client of one interaction. Each request throws the gateway's own code, or
 * GATEWAY_UNREACHABLE when no answer came.
 */
export function createGatewayClient(uid: string): GatewayClient {
  const base = `/login/${encodeURIComponent(uid)}`;
  return {
    async requestTicket() {
      return (await postJson(`${base}/ticket`, ticketReply, {})).ticket;
    },
    async complete(completionCode) {
      const body: v.InferOutput<typeof completeRequest> = { completionCode };
      return checkLocation((await postJson(`${base}/complete`, locationReply, body)).location);
    },
    async cancel() {
      return checkLocation((await postJson(`${base}/cancel`, locationReply, {})).location);
    },
  };
}

/**
 * Posts JSON to a path of this origin.
 * @throws {KidsIdError} the gateway's own code; GATEWAY_UNREACHABLE, MESSAGE_MALFORMED, MESSAGE_TOO_LARGE
 */
export async function postJson<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
  body: object,
): Promise<v.InferOutput<Schema>> {
  let response: Response;
  let bytes: Uint8Array;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new KidsIdError('GATEWAY_UNREACHABLE', 'the gateway did not answer', { cause });
  }
  if (response.ok) return parseJsonMessage(schema, bytes, LOGIN_REQUEST_MAX_BYTES);
  const failed = v.strictObject({ code: errorCode });
  const { code } = parseJsonMessage(failed, bytes, LOGIN_REQUEST_MAX_BYTES);
  throw new KidsIdError(code, 'the gateway refused');
}

/** A path such as `//elsewhere` would leave the origin: the browser's own reading decides. */
function checkLocation(path: string): string {
  const url = new URL(path, location.origin);
  if (url.origin === location.origin) return url.href;
  throw new KidsIdError('MESSAGE_MALFORMED', 'location on another origin');
}
