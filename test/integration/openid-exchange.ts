/** HTTPS exchanges with a server whose certificate the caller brings. TEST ONLY. */
import type { IncomingHttpHeaders } from 'node:http';
import { type Agent, request } from 'node:https';

/** One answer of the gateway, with what its cookies came to. */
export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly setCookies: readonly string[];
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Anything that is fetched is fetched over our own certificate authority. */
export function createFetch(agent: Agent): typeof globalThis.fetch {
  return async (input, init) => {
    const asked = new Request(input, init);
    const answer = await exchange(agent, new URL(asked.url), {
      method: asked.method,
      headers: Object.fromEntries(asked.headers),
      body: await asked.text(),
    });
    return new globalThis.Response(answer.text, { status: answer.status, headers: answer.headers });
  };
}

/** One request and its whole answer. */
export function exchange(
  agent: Agent,
  url: URL,
  init: {
    method: string;
    headers: Record<string, string>;
    port?: number | undefined;
    body?: string;
  },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: url.hostname,
        port: init.port ?? url.port,
        path: url.pathname + url.search,
        method: init.method,
        headers: init.headers,
        agent,
        // Node would take the Host header for the name in the certificate.
        servername: '',
        timeout: 10_000,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            location: incoming.headers.location,
            setCookies: incoming.headers['set-cookie'] ?? [],
            headers: plainHeaders(incoming.headers),
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 10 s')));
    outgoing.on('error', reject);
    outgoing.end(init.body);
  });
}

/** As fetch has them: one string each. Cookies are told apart by `setCookies` instead. */
function plainHeaders({
  'set-cookie': _,
  ...headers
}: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]);
  return { 'content-type': 'text/plain', ...Object.fromEntries(entries) };
}
