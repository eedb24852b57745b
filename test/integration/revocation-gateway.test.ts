import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { encodeBase64url } from '../../gateway/protocol/bytes.ts';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import { makeAuthenticator, type RawCard, type RawHost } from '../kit/gateway/raw-host.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';

let gateway: TestGateway;
let steps: LoginSteps;
before(async () => {
  gateway = await startTestGateway();
  steps = await createLoginSteps(gateway);
});
after(() => gateway.stop());

/** Announces a certificate by its issuer's name and a serial number. */
async function announce(host: RawHost, issuer: Uint8Array, serial: Uint8Array): Promise<void> {
  const body = { issuer: encodeBase64url(issuer), serial: encodeBase64url(serial) };
  assert.equal((await host.post('/card/certificate', body)).status, 200);
}

async function prove(host: RawHost, request: Uint8Array, card: RawCard): Promise<number> {
  const authenticator = await makeAuthenticator({ keys: host.keys(), request, card });
  return (await host.post('/card/authenticator', { authenticator })).status;
}

async function openHost(): Promise<{ host: RawHost; request: Uint8Array }> {
  const host = await steps.connect();
  const request = await steps.claim(host, await steps.ticketOf(await steps.openLogin()));
  return { host, request };
}

test('a login whose answer came while the PIN was typed does not wait for a slow responder', async () => {
  // The status of the CA is known from a login before
  await steps.proveCard(await steps.ticketOf(await steps.openLogin()), await steps.cardOf('emma'));
  const card = await steps.cardOf('noah');
  const { issuerDer, serial } = parseCertificate(card.certificate);
  const { host, request } = await openHost();
  const known = gateway.ocsp.requests.length;
  await announce(host, issuerDer, serial);
  while (gateway.ocsp.requests.length === known) await new Promise(setImmediate);
  // From now on an answer takes 30 s, and the raw host waits for ten
  gateway.ocsp.setMode('slow');
  try {
    assert.equal(await prove(host, request, card), 200);
    assert.equal(gateway.ocsp.requests.length, known + 1);
  } finally {
    gateway.ocsp.setMode('normal');
    host.close();
  }
});

test('random serial numbers of many tickets reach no responder past the budget, and hurt no login', async () => {
  const { issuerDer } = parseCertificate((await steps.cardOf('emma')).certificate);
  const known = gateway.ocsp.requests.length;
  for (let count = 0; count < 30; count++) {
    const { host } = await openHost();
    await announce(host, issuerDer, Uint8Array.from([0x10, 0x00, ...randomBytes(14)]));
    host.close();
  }
  const asked = gateway.ocsp.requests.length - known;
  assert.ok(asked <= 20, `${asked} requests`);
  const card = await steps.cardOf('emma');
  const { host, request } = await openHost();
  await announce(host, issuerDer, parseCertificate(card.certificate).serial);
  assert.equal(await prove(host, request, card), 200);
  host.close();
});

test('what was announced is not logged', () => {
  const log = JSON.stringify(gateway.log);
  assert.ok(!/1000[0-9a-f]{28}/i.test(log));
});
