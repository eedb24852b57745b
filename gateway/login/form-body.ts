/** The body of a form that a page of ours posts. */
import type { IncomingMessage } from 'node:http';
import { KidsIdError } from '../protocol/errors.ts';
import { readBody } from './json-exchange.ts';

/**
 * Reads a form's fields (WHATWG URL §5.1).
 * @throws {KidsIdError} MESSAGE_TOO_LARGE; MESSAGE_MALFORMED for another content type.
 */
export async function readForm(
  request: IncomingMessage,
  maxBytes: number,
): Promise<URLSearchParams> {
  if (request.headers['content-type'] !== 'application/x-www-form-urlencoded') {
    throw new KidsIdError('MESSAGE_MALFORMED', 'body is not a form');
  }
  const body = await readBody(request, maxBytes);
  return new URLSearchParams(Buffer.from(body).toString('utf8'));
}
