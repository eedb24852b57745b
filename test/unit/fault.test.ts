import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { describeFault } from '../../gateway/protocol/fault.ts';

test('a fault names its class and where it was thrown, and says nothing of its message', () => {
  const fault = describeFault(new TypeError('Emma 20000000097\n    at home (secret.ts:1:1)'));
  assert.equal(fault.name, 'TypeError');
  assert.match(fault.frames[0] ?? '', /^at .*fault\.test\.ts:\d+:\d+/);
  assert.doesNotMatch(JSON.stringify(fault), /Emma|20000000097|secret/);
});

test('causes are described the same way, to a depth of four', () => {
  let error = new Error('Emma');
  for (let depth = 0; depth < 9; depth += 1)
    error = new KidsIdError('INTERNAL', 'x', { cause: error });
  const fault = describeFault(error);
  assert.equal(fault.name, 'KidsIdError');
  assert.equal(JSON.stringify(fault).match(/"name"/g)?.length, 5);
});

test('a message that was changed later leaves no frames: they cannot be told from it', () => {
  const error = new Error('before');
  // Written down when it is first looked at.
  assert.match(error.stack ?? '', /before/);
  error.message = 'changed later';
  assert.deepEqual(describeFault(error), { name: 'Error', frames: [] });
});

test('what is thrown and is no error is named by its type alone', () => {
  assert.deepEqual(describeFault('Emma'), { name: 'string', frames: [] });
});
