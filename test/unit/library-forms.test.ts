/** The example library's one-use forms: sent twice, done once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestLibrary } from './library-setup.ts';

test('a form sent twice is done once, and answers the same', () => {
  const { store, anna, barcodes, staffId } = openTestLibrary();
  store.loans.lend({ barcode: barcodes[0], memberId: anna, staffId });
  const token = store.forms.createToken();
  const renew = () =>
    store.forms.once({ token, form: 'renew' }, () =>
      store.loans.renew({ loanId: 1, memberId: anna }),
    );
  const result = { kind: 'renewed', dueOn: '2026-04-13' };
  assert.deepEqual(renew(), { kind: 'done', result, again: false });
  assert.deepEqual(renew(), { kind: 'done', result, again: true });
  assert.equal(store.loans.listOpen(anna)[0]?.renewals, 1);
});

test('a refusal is an answer as well: a wrong try sent twice counts once', () => {
  const { store } = openTestLibrary();
  const token = store.forms.createToken();
  const typed = { sub: 'a', number: '2000000014', birthYear: '1999' };
  for (const again of [false, true]) {
    assert.deepEqual(
      store.forms.once({ token, form: 'link' }, () => store.links.linkByNumber(typed)),
      { kind: 'done', result: { kind: 'refused', reason: 'wrong' }, again },
    );
  }
  assert.equal(store.links.triesLeft('a'), 4);
});

test('a form whose deed failed can be sent again', () => {
  const { store } = openTestLibrary();
  const token = store.forms.createToken();
  const send = (action: () => string) => store.forms.once({ token, form: 'x' }, action);
  const fail = () => {
    throw new Error('TEST ONLY');
  };
  assert.throws(() => send(fail), /TEST ONLY/);
  assert.deepEqual(
    send(() => 'done'),
    { kind: 'done', result: 'done', again: false },
  );
});

test('a token serves one form, a day, and only if it is one', () => {
  const { store, clock } = openTestLibrary();
  const isDone = (token: unknown, form = 'x') =>
    store.forms.once({ token, form }, () => undefined).kind === 'done';
  const token = store.forms.createToken();
  assert.ok(isDone(token));
  assert.ok(!isDone(token, 'y'));
  const [made = '', random = ''] = store.forms.createToken().split('.');
  for (const wrong of [
    undefined,
    '',
    [token],
    7,
    'x',
    `${made}.`,
    `.${random}`,
    `${made}.${random}x`,
  ]) {
    assert.ok(!isDone(wrong), String(wrong));
  }
  assert.ok(!isDone(`zzzzzzzzz.${random}`), 'made in a far future');
  const old = store.forms.createToken();
  clock.advance({ days: 1, minutes: -1 });
  assert.ok(isDone(old));
  clock.advance({ minutes: 1 });
  assert.ok(!isDone(old), 'a used one, too old to be remembered for sure');
});

test('tokens differ', () => {
  const { store } = openTestLibrary();
  const tokens = new Set(Array.from({ length: 100 }, () => store.forms.createToken()));
  assert.equal(tokens.size, 100);
});
