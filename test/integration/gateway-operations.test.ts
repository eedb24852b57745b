import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { RevocationHealth } from '../../gateway/certificate/revocation-sources.ts';
import { createOperations } from '../../gateway/operations.ts';
import { openSqliteStore } from '../../gateway/store/sqlite-store.ts';

const since = new Date('2026-11-22T12:00:00Z');
const HEALTH: RevocationHealth = {
  sources: [
    { name: 'ocsp.kids-id.test', kind: 'ocsp', isUp: false, since },
    { name: 'crl.kids-id.test', kind: 'crl', isUp: true, since },
  ],
  counters: {
    good: 7,
    revoked: 1,
    unknown: 0,
    cacheHits: 3,
    sourceAnswers: 8,
    sourceFailures: 5,
    sourceSkipped: 2,
    crlLoads: 1,
    prefetchAsked: 4,
    prefetchPastBudget: 0,
    prefetchUsed: 4,
  },
};

async function startOperations(context: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-operations-'));
  context.after(() => rmSync(dir, { recursive: true }));
  const store = openSqliteStore({ path: join(dir, 'store.sqlite'), now: () => since });
  const server = createOperations({ store, health: () => HEALTH });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const get = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return { status: response.status, text: await response.text() };
  };
  return { get, store };
}

test('metrics tell which source of revocation is down, and count, in Prometheus’ format', async (context) => {
  const { get } = await startOperations(context);
  const { status, text } = await get('/metrics');
  assert.equal(status, 200);
  assert.match(
    text,
    /^kids_id_revocation_source_up\{source="ocsp\.kids-id\.test",kind="ocsp"\} 0$/m,
  );
  assert.match(text, /^kids_id_revocation_source_up\{source="crl\.kids-id\.test",kind="crl"\} 1$/m);
  assert.match(text, /^# TYPE kids_id_revocation_source_failures_total counter$/m);
  assert.match(text, /^kids_id_revocation_source_failures_total 5$/m);
  for (const line of text.trimEnd().split('\n')) {
    assert.match(line, /^(# TYPE \w+ (gauge|counter)|\w+(\{[^}]+\})? \d+)$/);
  }
});

test('readyz: ready while the store answers, a source that is down is named; 503 without the store', async (context) => {
  const { get, store } = await startOperations(context);
  const ready = await get('/readyz');
  assert.equal(ready.status, 200);
  assert.deepEqual(JSON.parse(ready.text).revocation[0], {
    name: 'ocsp.kids-id.test',
    kind: 'ocsp',
    isUp: false,
    since: since.toISOString(),
  });
  await store.close();
  const gone = await get('/readyz');
  assert.deepEqual([gone.status, JSON.parse(gone.text).ready], [503, false]);
});

test('nothing else is served, and nothing is changed by it', async (context) => {
  const { get } = await startOperations(context);
  assert.equal((await get('/')).status, 404);
  assert.equal((await get('/metrics', 'POST')).status, 405);
});
