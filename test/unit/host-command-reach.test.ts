import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Machine } from '../../native-host/command/machine.ts';
import type { ListedGateway } from '../../native-host/gateways.ts';
import { startCardGateway, webKeyOf } from '../kit/host/card-gateway.ts';
import { type HostPki, openHostPki } from '../kit/host/host-bench.ts';
import { createMachine, examine, listed, startGateway } from './host-command-machine.ts';

let bench: HostPki;

before(async () => {
  bench = await openHostPki();
});
after(() => bench.close());

test('no gateway, a damaged list and a removed key are said', async (context) => {
  const none = await examine(createMachine({}));
  assert.equal(none.of('gateway-list')[0]?.state, 'failed');
  const damaged = await examine(
    createMachine({ changes: { listGateways: () => Promise.reject(new Error('x')) } }),
  );
  assert.equal(damaged.of('gateway-list')[0]?.state, 'failed');
  const gateway = await startGateway(context, bench);
  const removed = await examine(
    createMachine({ gateways: [{ ...listed(gateway, bench), standing: 'removed' }] }),
  );
  assert.equal(removed.of('gateway-list').at(-1)?.state, 'notice');
  assert.deepEqual(gateway.connections, []);
});

async function examineGateway(entry: ListedGateway, changes: Partial<Machine> = {}) {
  const { code, of } = await examine(createMachine({ gateways: [entry], changes }));
  assert.equal(code, 1);
  return of;
}

test('another connection key is failed, and its web pages are not looked at', async (context) => {
  const gateway = await startGateway(context, bench);
  const of = await examineGateway(listed(gateway, bench, { connectionKey: 'A'.repeat(43) }));
  assert.equal(of('gateway-connection')[0]?.state, 'ok');
  assert.equal(of('gateway-key')[0]?.state, 'failed');
  assert.equal(of('gateway-key')[0]?.details['code'], 'GATEWAY_UNTRUSTED');
  assert.equal(of('web-listener')[0]?.state, 'skipped');
});

test('a web key that the gateway does not name is an intercepting proxy', async (context) => {
  const other = bench.pki.issueWebCertificate(['gateway.localhost']);
  const gateway = await startGateway(context, bench, { webKeys: [webKeyOf(other.privateKey)] });
  const of = await examineGateway(listed(gateway, bench));
  assert.equal(of('gateway-key')[0]?.state, 'ok');
  assert.equal(of('web-listener')[0]?.details['code'], 'CONNECTION_INTERCEPTED');
});

test('a certificate of an unknown CA, of another name, and a CA file that is gone are failed', async (context) => {
  const gateway = await startGateway(context, bench);
  const { certificateAuthority: _, ...gatewayWithoutCa } = listed(gateway, bench).gateway;
  const unknown = await examineGateway({ ...listed(gateway, bench), gateway: gatewayWithoutCa });
  assert.match(
    String(unknown('gateway-connection')[0]?.details['tls']),
    /^(UNABLE_TO_|SELF_SIGNED_)/,
  );
  assert.equal(unknown('gateway-key')[0]?.state, 'skipped');
  assert.equal(unknown('clock')[0]?.state, 'skipped');
  const named = await startGateway(context, bench, {
    certificate: bench.pki.issueWebCertificate(['other.localhost']),
  });
  const other = await examineGateway(listed(named, bench));
  assert.equal(other('gateway-connection')[0]?.details['tls'], 'ERR_TLS_CERT_ALTNAME_INVALID');
  const gone = await examineGateway(listed(gateway, bench, { certificateAuthority: '/none.pem' }));
  assert.equal(gone('gateway-connection')[0]?.details['code'], 'GATEWAY_UNTRUSTED');
});

test('nobody listening is failed, and the rest is skipped', async () => {
  const certificate = bench.pki.issueWebCertificate(['gateway.localhost']);
  const gateway = await startCardGateway({ certificate });
  const entry = listed(gateway, bench);
  await gateway.stop();
  const of = await examineGateway(entry);
  assert.equal(of('gateway-connection')[0]?.details['code'], 'GATEWAY_UNREACHABLE');
  for (const check of ['gateway-key', 'web-listener', 'clock'] as const) {
    assert.equal(of(check)[0]?.state, 'skipped');
  }
});

for (const [minutes, state] of [
  [4, 'ok'],
  [-4, 'ok'],
  [6, 'failed'],
  [-6, 'failed'],
] as const) {
  test(`a clock that is ${minutes} minutes off is ${state}`, async (context) => {
    const gateway = await startGateway(context, bench);
    const now = () => new Date(Date.now() + minutes * 60_000);
    const { of } = await examine(
      createMachine({ gateways: [listed(gateway, bench)], changes: { now } }),
    );
    assert.equal(of('clock')[0]?.state, state);
    assert.ok(Math.abs(Number(of('clock')[0]?.details['offBySeconds']) - minutes * 60) < 30);
  });
}

test('a proxy that is set is named without its credentials; one of another kind is failed', async () => {
  const entry: ListedGateway = {
    gateway: { origin: 'https://gateway.kids-id.test', connectionKey: 'A'.repeat(43) },
    source: 'machine',
    standing: 'in-force',
  };
  const withProxy = async (https_proxy: string) => {
    process.env['https_proxy'] = https_proxy;
    try {
      return await examine(createMachine({ gateways: [entry], changes: { env: { https_proxy } } }));
    } finally {
      delete process.env['https_proxy'];
    }
  };
  const { of, written } = await withProxy('http://anna:geheim@127.0.0.1:1');
  assert.deepEqual(of('proxy')[0]?.details, {
    origin: entry.gateway.origin,
    proxy: '127.0.0.1:1',
    credentials: true,
  });
  assert.equal(of('gateway-connection')[0]?.details['proxyFailure'], 'unreachable');
  assert.doesNotMatch(written, /anna|geheim/);
  const socks = await withProxy('socks5://127.0.0.1:1');
  assert.equal(socks.of('proxy')[0]?.state, 'failed');
  assert.equal(socks.of('gateway-connection')[0]?.details['proxyFailure'], 'unusable');
});
