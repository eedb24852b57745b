import assert from 'node:assert/strict';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { BY_NAME } from '../../native-host/login/connect-by-name.ts';

function look(hostname: string, options: LookupOptions = {}): Promise<string | LookupAddress[]> {
  return new Promise((resolve, reject) => {
    BY_NAME.lookup(hostname, options, (error, address) =>
      error ? reject(error) : resolve(address),
    );
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

test('a computer that is slow for half a second does not give up the address that answers', async (context) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: 'gateway.localhost', port, ...BY_NAME });
  context.after(() => socket.destroy());
  // Longer than Node's own 250 ms; ::1, the name's other address, refuses.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  await once(socket, 'connect');
  assert.equal(socket.remoteAddress, '127.0.0.1');
});
