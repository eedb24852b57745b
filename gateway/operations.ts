/**
 * What an operator's machines ask: `/readyz` and `/metrics`, on a listener of its own over plain http, meant for
 * loopback or an inner network. Numbers and names of sources; nothing of any login.
 */
import { createServer, type Server } from 'node:http';
import type { RevocationHealth } from './certificate/revocation-sources.ts';
import type { Store } from './store/store.ts';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Creates the server; the caller lets it listen. */
export function createOperations(deps: { store: Store; health: () => RevocationHealth }): Server {
  const text = 'text/plain; version=0.0.4';
  const answer = async (method: string, url: string): Promise<Answer> => {
    if (method !== 'GET') return { status: 405, type: text, body: 'GET only\n' };
    switch (url) {
      case '/metrics':
        return { status: 200, type: text, body: metrics(deps.health()) };
      case '/readyz': {
        const ready = await isStoreThere(deps.store);
        const body = `${JSON.stringify({ ready, revocation: deps.health().sources })}\n`;
        return { status: ready ? 200 : 503, type: 'application/json', body };
      }
      default:
        return { status: 404, type: text, body: 'not found\n' };
    }
  };
  return createServer(({ method = '', url = '' }, response) => {
    void answer(method, url).then(({ status, type, body }) =>
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body),
    );
  });
}

/** A source of revocation that is down leaves the gateway ready: others may answer. */
async function isStoreThere(store: Store): Promise<boolean> {
  try {
    await store.find('login', 'readyz');
    return true;
  } catch {
    return false;
  }
}

/** In Prometheus' text format. */
function metrics({ sources, counters }: RevocationHealth): string {
  const up = sources.map(
    ({ name, kind, isUp }) =>
      `kids_id_revocation_source_up{source="${name}",kind="${kind}"} ${isUp ? 1 : 0}`,
  );
  const counts = Object.entries(counters).map(([name, count]) => {
    const metric = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return `kids_id_revocation_${metric}_total ${count}`;
  });
  return [
    '# TYPE kids_id_revocation_source_up gauge',
    ...up,
    ...counts.map((line) => `# TYPE ${line.split(' ')[0]} counter\n${line}`),
    '',
  ].join('\n');
}
