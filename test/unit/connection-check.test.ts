import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { calculateJwkThumbprint } from 'jose';
import {
  type ConnectionKey,
  type ConnectionPrivateKey,
  type ConnectionStatement,
  connectionKeyThumbprint,
  isThumbprint,
  signConnectionCheck,
  verifyConnectionCheck,
} from '../../gateway/protocol/connection-check.ts';
import { rejectsWithCode } from '../kit/rejects.ts';

const statement: ConnectionStatement = {
  exporterValue: new Uint8Array(32).fill(1),
  request: Uint8Array.of(13, 0, 0, 0),
  webKeys: [new Uint8Array(32).fill(2), new Uint8Array(32).fill(3)],
};
let key: ConnectionKey;
let signature: Uint8Array;
let pinnedThumbprint: string;
let otherKey: ConnectionKey;

before(async () => {
  const mine = await generate();
  key = mine.key;
  pinnedThumbprint = await connectionKeyThumbprint(key);
  signature = await signConnectionCheck(mine.privateKey, statement);
  otherKey = (await generate()).key;
});

test('the signed statement of this connection under the pinned key passes', async () => {
  assert.equal(signature.length, 64);
  await verifyConnectionCheck({ statement, key, signature, pinnedThumbprint });
});

test('the thumbprint is that of RFC 7638 as an independent library computes it', async () => {
  const jwk = { kty: 'EC', crv: 'P-256', ...key };
  assert.equal(pinnedThumbprint, await calculateJwkThumbprint(jwk));
  assert.equal(isThumbprint(pinnedThumbprint), true);
  assert.equal(isThumbprint(`${pinnedThumbprint}A`), false);
  assert.equal(isThumbprint('short'), false);
});

test('another connection, request or web key is CONNECTION_INTERCEPTED (docs/PROTOCOL.md, Connection check)', async () => {
  const others: ConnectionStatement[] = [
    { ...statement, exporterValue: new Uint8Array(32).fill(9) },
    { ...statement, request: Uint8Array.of(13, 0, 0, 1, 0) },
    { ...statement, webKeys: [new Uint8Array(32).fill(2)] },
    { ...statement, webKeys: [...statement.webKeys].reverse() },
  ];
  for (const other of others) {
    await rejectsWithCode(
      'CONNECTION_INTERCEPTED',
      verifyConnectionCheck({ statement: other, key, signature, pinnedThumbprint }),
    );
  }
});

test('every flipped bit of the signature is CONNECTION_INTERCEPTED', async () => {
  for (let bit = 0; bit < 512; bit += 1) {
    const flipped = Uint8Array.from(signature);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    await rejectsWithCode(
      'CONNECTION_INTERCEPTED',
      verifyConnectionCheck({ statement, key, signature: flipped, pinnedThumbprint }),
    );
  }
});

test('a key that the list does not pin is GATEWAY_UNTRUSTED, whatever it signed', async () => {
  await rejectsWithCode(
    'GATEWAY_UNTRUSTED',
    verifyConnectionCheck({ statement, key: otherKey, signature, pinnedThumbprint }),
  );
});

async function generate(): Promise<{ key: ConnectionKey; privateKey: ConnectionPrivateKey }> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const { x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  assert.ok(x && y);
  return { key: { x, y }, privateKey: pair.privateKey };
}
