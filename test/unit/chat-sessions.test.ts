/** The sessions of the example sites (the same file in both): who ends when there are too many, tokens, cookies. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSessions, findCookie } from '../../examples/chat/session.ts';

const START = new Date('2026-03-02T09:00:00Z');

describe('chat sessions', () => {
  const createSmall = () =>
    createSessions<number>({ idleMs: 1_000, maxSessions: 3, now: () => START });

  it('drops the one unused for longest when there are too many', () => {
    const sessions = createSmall();
    const [first, second, third] = [sessions.open(1), sessions.open(2), sessions.open(3)];
    assert.equal(sessions.find(first), 1);
    const fourth = sessions.open(4);
    assert.deepEqual(
      [first, second, third, fourth].map((token) => sessions.find(token)),
      [1, undefined, 3, 4],
    );
  });

  it('drops one in which nobody signed in before those of people: anybody can open thousands', () => {
    const sessions = createSessions<number>({
      idleMs: 1_000,
      maxSessions: 3,
      isSpare: (value) => value >= 10,
      now: () => START,
    });
    const [child, visitor, other] = [sessions.open(1), sessions.open(10), sessions.open(2)];
    const flood = [sessions.open(11), sessions.open(12)];
    assert.deepEqual(
      [child, visitor, other, ...flood].map((token) => sessions.find(token)),
      [1, undefined, 2, undefined, 12],
    );
    const third = sessions.open(3);
    const fourth = sessions.open(4);
    assert.deepEqual(
      [child, other, third, fourth].map((token) => sessions.find(token)),
      [undefined, 2, 3, 4],
    );
  });

  it('finds nothing for no token or a strange one, and gives each session its own', () => {
    const sessions = createSmall();
    assert.notEqual(sessions.open(1), sessions.open(1));
    for (const token of [undefined, '', 'x'.repeat(43)])
      assert.equal(sessions.find(token), undefined);
  });

  it('reads exactly the cookie that is named', () => {
    const header = 'a=1; __Host-chat-language=fr; x__Host-chat=2; __Host-chat=abc; __Host-chat=z';
    assert.equal(findCookie(header, '__Host-chat'), 'abc');
    assert.equal(findCookie(header, 'b'), undefined);
    assert.equal(findCookie(undefined, '__Host-chat'), undefined);
  });
});
