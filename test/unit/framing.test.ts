import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOST_MESSAGE_MAX_BYTES } from '../../gateway/protocol/host-messages.ts';
import { createFrameDecoder, encodeFrame } from '../../native-host/framing.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const text = (payload: Uint8Array | undefined) => new TextDecoder().decode(payload);
const header = (length: number) => new Uint8Array(Uint32Array.of(length).buffer);

test('decodes what it encoded: length in the machine’s byte order, then JSON (Native messaging)', () => {
  const message = { type: 'hello', id: 'één' };
  const frame = encodeFrame(message);
  assert.equal(new Uint32Array(frame.slice(0, 4).buffer)[0], frame.length - 4);
  const [payload, ...more] = createFrameDecoder().push(frame);
  assert.deepEqual(JSON.parse(text(payload)), message);
  assert.deepEqual(more, []);
});

test('decodes frames however they are cut: at every byte, one byte at a time, two at once', () => {
  const two = () => Buffer.concat([encodeFrame({ a: 1 }), encodeFrame({ bc: [2, 3] })]);
  const expected = ['{"a":1}', '{"bc":[2,3]}'];
  assert.deepEqual(createFrameDecoder().push(two()).map(text), expected);
  for (let cut = 0; cut <= two().length; cut += 1) {
    const decoder = createFrameDecoder();
    const payloads = [
      ...decoder.push(two().subarray(0, cut)),
      ...decoder.push(two().subarray(cut)),
    ];
    assert.deepEqual(payloads.map(text), expected);
    decoder.end();
  }
  const slow = createFrameDecoder();
  const payloads = [...two()].flatMap((byte) => slow.push(Uint8Array.of(byte)));
  assert.deepEqual(payloads.map(text), expected);
});

test('a stream that ends inside a frame is MESSAGE_MALFORMED, at every byte', () => {
  const frame = encodeFrame({ type: 'hello' });
  for (let length = 1; length < frame.length; length += 1) {
    const decoder = createFrameDecoder();
    assert.deepEqual(decoder.push(frame.slice(0, length)), []);
    assert.throws(() => decoder.end(), { code: 'MESSAGE_MALFORMED' });
  }
  createFrameDecoder().end();
});

test('a length over the limit is MESSAGE_TOO_LARGE before anything of it has arrived', () => {
  for (const length of [HOST_MESSAGE_MAX_BYTES + 1, 0x7fffffff, 0xffffffff]) {
    assert.throws(() => createFrameDecoder().push(header(length)), { code: 'MESSAGE_TOO_LARGE' });
  }
  assert.deepEqual(createFrameDecoder().push(header(HOST_MESSAGE_MAX_BYTES)), []);
});

test('an empty frame is a payload of no bytes', () => {
  assert.deepEqual(createFrameDecoder().push(header(0)), [new Uint8Array(0)]);
});

test('wipes every chunk that it was given: it may have held a PIN', () => {
  const frame = encodeFrame({ type: 'pin', digits: [1, 2, 3, 4] });
  createFrameDecoder().push(frame);
  assert.deepEqual(frame, new Uint8Array(frame.length));
});

test('does not write a message over the limit', () => {
  assert.throws(() => encodeFrame({ text: 'x'.repeat(HOST_MESSAGE_MAX_BYTES) }), RangeError);
});

test('a PIN before a frame that is too large is wiped with it, and one that is never finished at the end', () => {
  const whole = encodeFrame({ digits: [1, 2, 3, 4] });
  const chunk = Uint8Array.of(...whole, 0xff, 0xff, 0xff, 0xff);
  throwsWithCode('MESSAGE_TOO_LARGE', () => createFrameDecoder().push(chunk));
  assert.deepEqual(chunk, new Uint8Array(chunk.length));
  const decoder = createFrameDecoder();
  decoder.push(whole.slice(0, -1));
  throwsWithCode('MESSAGE_MALFORMED', () => decoder.end());
});
