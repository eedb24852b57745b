/** What a page of the example chat may say over the WebSocket: everything else is refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedMessage, parseClientMessage } from '../../examples/chat/live/live-messages.ts';

const UUID = '0b6fa1d2-3c4e-4f50-8a61-7b8c9d0e1f2a';
const HANDLE = 'abcdefghijklmnopqrstuv';

describe('chat live messages', () => {
  const good = [
    { type: 'say', id: UUID, text: 'hello' },
    { type: 'say', id: UUID, text: '' },
    { type: 'report', messageId: 1, reason: 'unkind' },
    { type: 'mute', accountId: HANDLE },
    { type: 'unmute', accountId: HANDLE },
  ];

  it('are read as they are', () => {
    for (const message of good) {
      assert.deepEqual(parseClientMessage(JSON.stringify(message)), message);
    }
    const capitals = JSON.stringify({ type: 'say', id: UUID.toUpperCase(), text: '' });
    assert.deepEqual(parseClientMessage(capitals), { type: 'say', id: UUID, text: '' });
  });

  it('are refused when cut short anywhere, or with a character more', () => {
    for (const message of good) {
      const frame = JSON.stringify(message);
      for (let length = 0; length < frame.length; length += 1) {
        assert.throws(() => parseClientMessage(frame.slice(0, length)), MalformedMessage);
      }
      assert.throws(() => parseClientMessage(`${frame}}`), MalformedMessage);
    }
  });

  it('are refused with a member missing, one too many, or of another type', () => {
    for (const message of good) {
      assert.throws(
        () => parseClientMessage(JSON.stringify({ ...message, more: 1 })),
        MalformedMessage,
      );
      for (const name of Object.keys(message)) {
        const { [name]: _gone, ...less } = { ...message } as Record<string, unknown>;
        assert.throws(() => parseClientMessage(JSON.stringify(less)), MalformedMessage, name);
        for (const wrong of [null, true, -1, 1.5, [], {}, '__proto__', 2 ** 60]) {
          if (name === 'text' && typeof wrong === 'string') continue;
          const frame = JSON.stringify({ ...message, [name]: wrong });
          assert.throws(() => parseClientMessage(frame), MalformedMessage, frame);
        }
      }
    }
    for (const frame of ['null', '[]', '"say"', '1', '{}', `[${JSON.stringify(good[0])}]`]) {
      assert.throws(() => parseClientMessage(frame), MalformedMessage);
    }
  });

  it('never quote what was written in the error', () => {
    assert.throws(
      () => parseClientMessage('{"type":"say","text":"geheim"'),
      ({ message }: Error) => !message.includes('geheim'),
    );
  });
});
