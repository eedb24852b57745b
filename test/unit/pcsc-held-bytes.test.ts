import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { withHeldBytes } from '../../native-host/pcsc/held-bytes.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** A call as the binding makes it: it keeps nothing of what it was given, and comes back when told. */
function createCall() {
  const { promise, resolve } = Promise.withResolvers<void>();
  let seen: WeakRef<Uint8Array> | undefined;
  return {
    make(bytes: Uint8Array) {
      seen = new WeakRef(bytes);
      return promise;
    },
    comeBack: resolve,
    find: () => seen?.deref(),
  };
}

test('bytes are there, and as they were, until the call is back, whatever the caller does; then they are wiped', async () => {
  const call = createCall();
  const command = Uint8Array.of(0x00, 0x20, 0x12, 0x34);
  const done = withHeldBytes(command, call.make);
  command.fill(0);
  await nextTurn();
  collect();
  const held = call.find();
  assert.deepEqual(held, Uint8Array.of(0x00, 0x20, 0x12, 0x34));
  call.comeBack();
  await done;
  assert.deepEqual(held, new Uint8Array(4));
});

test('without that they are gone at the next collection: this test can fail', async () => {
  const call = createCall();
  const pending = call.make(Uint8Array.of(1, 2, 3));
  await nextTurn();
  collect();
  assert.equal(call.find(), undefined);
  call.comeBack();
  await pending;
});

test('bytes are wiped when the call fails, too', async () => {
  let held = new Uint8Array(0);
  const failing = withHeldBytes(Uint8Array.of(1, 2), async (bytes) => {
    held = bytes as Uint8Array<ArrayBuffer>;
    throw new Error('no card');
  });
  await assert.rejects(failing);
  assert.deepEqual(held, new Uint8Array(2));
});
