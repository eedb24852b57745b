/** The gateway's diagnosis page and its reports: who may report, what is logged, what is refused. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import express from 'express';
import { createDiagnosisRoutes } from '../../gateway/login/diagnosis-routes.ts';
import { LANGUAGES } from '../../gateway/protocol/fields.ts';
import { textsFor } from '../../gateway/texts/texts.ts';

const ORIGIN = 'https://gateway.localhost';
const REPORT = {
  device: 'ready',
  extension: 'ready',
  host: 'ready',
  reader: 'ready',
  card: 'CARD_ABSENT',
  extensionVersion: '0.1.0',
  hostVersion: '0.1.0',
};

let server: Server;
let base: string;
let nowMs = Date.UTC(2026, 4, 1);
const logged: [fields: object, message: string][] = [];

before(async () => {
  const log = (fields: object, message: string) => void logged.push([fields, message]);
  const app = express();
  const logger = { info: log, error: log };
  app.use(createDiagnosisRoutes({ origin: ORIGIN, logger, now: () => new Date(nowMs) }));
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

async function report(
  body: object | string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${base}/diagnosis/report`, {
    method: 'POST',
    headers: { origin: ORIGIN, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

for (const language of LANGUAGES) {
  test(`${language}: the page is there without cookie or login, and nothing in it is inline`, async () => {
    const response = await fetch(`${base}/diagnosis?lang=${language}`);
    const page = await response.text();
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal(response.headers.get('set-cookie'), null);
    assert.ok(page.includes(`<html lang="${language}">`));
    assert.ok(page.includes(textsFor(language).diagnosis.start));
    assert.doesNotMatch(page, /<style|style=|javascript:|\son[a-z]+=/i);
    assert.doesNotMatch(page, /<script(?! src="\/assets\/diagnosis-page\.js" defer><\/script>)/i);
  });
}

test('logs a report under a reference of its own, and nothing else about whoever sent it', async () => {
  const references = new Set<unknown>();
  for (let count = 0; count < 5; count += 1) {
    logged.length = 0;
    const { status, body } = await report(REPORT);
    assert.equal(status, 200);
    assert.match(String(body['reference']), /^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
    assert.deepEqual(logged, [[{ reference: body['reference'], ...REPORT }, 'diagnosis']]);
    references.add(body['reference']);
  }
  assert.equal(references.size, 5);
});

for (const [name, body, headers, status, code] of [
  ['another origin', REPORT, { origin: 'https://evil.example' }, 400, 'MESSAGE_MALFORMED'],
  ['a form', REPORT, { 'content-type': 'text/plain' }, 400, 'MESSAGE_MALFORMED'],
  ['free text', { ...REPORT, note: 'Emma' }, {}, 400, 'MESSAGE_MALFORMED'],
  ['another word for an outcome', { ...REPORT, card: 'Emma' }, {}, 400, 'MESSAGE_MALFORMED'],
  ['what is not JSON', '{', {}, 400, 'MESSAGE_MALFORMED'],
  ['more than 1 KiB', { ...REPORT, note: 'x'.repeat(1_024) }, {}, 413, 'MESSAGE_TOO_LARGE'],
] as const) {
  test(`refuses ${name}: ${code} ${status}, and logs the code only`, async () => {
    logged.length = 0;
    assert.deepEqual(await report(body, headers), { status, body: { code } });
    const fields = { code, path: '/diagnosis/report' };
    assert.deepEqual(logged, [[fields, 'diagnosis refused']]);
  });
}

test('takes so many reports at once and no more, whoever sends them, until time has gone by', async () => {
  nowMs += 3_600_000;
  let taken = 0;
  while ((await report(REPORT)).status === 200) taken += 1;
  assert.equal(taken, 30);
  assert.deepEqual(await report(REPORT), { status: 503, body: { code: 'GATEWAY_UNREACHABLE' } });
  nowMs += 2_000;
  assert.equal((await report(REPORT)).status, 200);
  assert.equal((await report(REPORT)).status, 503);
});
