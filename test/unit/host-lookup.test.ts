import assert from 'node:assert/strict';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { test } from 'node:test';
import { lookupHost } from '../../native-host/login/loopback-lookup.ts';

function look(hostname: string, options: LookupOptions = {}): Promise<string | LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookupHost(hostname, options, (error, address) => (error ? reject(error) : resolve(address)));
  });
}

test('localhost and every name under it are loopback (RFC 6761 §6.3)', async () => {
  for (const name of ['localhost', 'gateway.localhost', 'a.b.localhost']) {
    assert.equal(await look(name), '127.0.0.1');
    assert.equal(await look(name, { family: 6 }), '::1');
    assert.deepEqual(await look(name, { all: true }), [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
  }
});

test('other names are left to the system’s resolver', async () => {
  assert.equal(await look('127.0.0.1'), '127.0.0.1');
});
