/** JSON over HTTP on both of the gateway's channels: bodies read to a limit, replies and `{ code }` errors written. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GenericSchema, InferOutput } from 'valibot';
import { type ErrorCode, KidsIdError } from '../protocol/errors.ts';
import { parseJsonMessage } from '../protocol/message.ts';
import { HTTP_STATUS } from './http-status.ts';

/**
 * Reads and judges a request's JSON body.
 * @throws {KidsIdError} MESSAGE_TOO_LARGE, MESSAGE_MALFORMED (also for another content type).
 */
export async function readJson<Schema extends GenericSchema>(
  request: IncomingMessage,
  schema: Schema,
  maxBytes: number,
): Promise<InferOutput<Schema>> {
  if (request.headers['content-type'] !== 'application/json') {
    throw new KidsIdError('MESSAGE_MALFORMED', 'body is not application/json');
  }
  return parseJsonMessage(schema, await readBody(request, maxBytes), maxBytes);
}

/** Reads a body to its limit. @throws {KidsIdError} MESSAGE_TOO_LARGE */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw new KidsIdError('MESSAGE_TOO_LARGE', 'body over its limit');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Writes a JSON reply that no cache keeps. */
export function sendJson(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}

/** Writes an error: its status and `{ code }`, nothing else. */
export function sendError(response: ServerResponse, code: ErrorCode): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  sendJson(response, { code }, HTTP_STATUS[code]);
}
