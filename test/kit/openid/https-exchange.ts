/** One HTTPS request and its whole answer, headers included, no redirect followed. TEST ONLY. */
import { type Agent, request } from 'node:https';

/** An answer as it came. */
export interface HttpsAnswer {
  readonly status: number;
  /** Names in lower case; several of one name as one text, `set-cookie` apart. */
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: readonly string[];
  readonly text: string;
}

/** What is sent. A body goes as a form, unless the headers say something else. */
export interface HttpsRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: URLSearchParams;
  readonly json?: unknown;
}

/** Sends a request to a server whose certificate `agent` trusts. */
export function exchangeHttps(
  agent: Agent,
  url: URL,
  asked: HttpsRequest = {},
): Promise<HttpsAnswer> {
  const { body, contentType } = bodyOf(asked);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: asked.method ?? (body === undefined ? 'GET' : 'POST'),
        headers: { ...(contentType && { 'content-type': contentType }), ...asked.headers },
        agent,
        timeout: 10_000,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const { 'set-cookie': setCookies = [], ...headers } = incoming.headers;
          resolve({
            status: incoming.statusCode ?? 0,
            headers: headers as Record<string, string>,
            setCookies,
            text: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 10 s')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function bodyOf({ form, json }: HttpsRequest): { body?: string; contentType?: string } {
  if (form) return { body: form.toString(), contentType: 'application/x-www-form-urlencoded' };
  if (json !== undefined) return { body: JSON.stringify(json), contentType: 'application/json' };
  return {};
}
