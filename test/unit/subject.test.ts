/** The `sub` of a client: its HMAC input byte by byte, and what makes it differ (design §5, §8). */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import {
  createSubjectKey,
  createTransientSubject,
  encodeSubjectInput,
  pairwiseSubject,
} from '../../gateway/oidc/subject.ts';

const secret = new Uint8Array(32).fill(0x6b);
const key = createSubjectKey({ version: 'v1', secret });
const account = Uint8Array.from([0x00, 0xff, 0x10]);

test('signs v1 ‖ len16(sector) ‖ sector ‖ len16(account) ‖ account (design §8)', () => {
  const input = encodeSubjectInput({ version: 'v1', sector: 'a.be', account });
  //                                          "v1"  len   "a.be"    len   account
  assert.equal(
    Buffer.from(input).toString('hex'),
    '7631' + '0004' + '612e6265' + '0003' + '00ff10',
  );
});

test('is the HMAC-SHA-256 of that input in base64url', async () => {
  const input = Buffer.from('76310004612e6265000300ff10', 'hex');
  const expected = createHmac('sha256', secret).update(input).digest('base64url');
  assert.equal(await pairwiseSubject({ key, sector: 'a.be', account }), expected);
  assert.match(expected, /^[A-Za-z0-9_-]{43}$/);
});

test('gives a known value for a known key, so that no release changes every pseudonym', async () => {
  assert.equal(
    await pairwiseSubject({ key, sector: 'a.be', account }),
    'a_hjAazstA4AC_jynZF7KsGmKFZJ2-6rk3jW6ViexVU',
  );
});

test('differs between sectors, accounts, key versions and secrets', async () => {
  const later = createSubjectKey({ version: 'v2', secret });
  const other = createSubjectKey({ version: 'v1', secret: new Uint8Array(32).fill(0x6c) });
  const subjects = await Promise.all([
    pairwiseSubject({ key, sector: 'a.be', account }),
    pairwiseSubject({ key, sector: 'b.be', account }),
    pairwiseSubject({ key, sector: 'a.be', account: account.slice(1) }),
    pairwiseSubject({ key: later, sector: 'a.be', account }),
    pairwiseSubject({ key: other, sector: 'a.be', account }),
  ]);
  assert.equal(new Set(subjects).size, subjects.length);
});

test('keeps apart what only its lengths keep apart', () => {
  const left = encodeSubjectInput({
    version: 'v1',
    sector: 'ab',
    account: Uint8Array.from([0x63]),
  });
  const right = encodeSubjectInput({
    version: 'v1',
    sector: 'a',
    account: Uint8Array.from([0x62, 0x63]),
  });
  assert.notDeepEqual(left, right);
});

test('leaves the signing to the key, which may be far away', async () => {
  const seen: Uint8Array[] = [];
  const remote = {
    version: 'v1' as const,
    sign: async (input: Uint8Array) => {
      seen.push(input);
      return new Uint8Array(32);
    },
  };
  assert.equal(await pairwiseSubject({ key: remote, sector: 'a.be', account }), 'A'.repeat(43));
  assert.deepEqual(seen, [encodeSubjectInput({ version: 'v1', sector: 'a.be', account })]);
});

test('refuses a secret of fewer than 32 bytes', () => {
  assert.throws(() => createSubjectKey({ version: 'v1', secret: new Uint8Array(31) }), RangeError);
});

test('makes a transient sub that looks like a stable one and never comes again', () => {
  const subjects = Array.from({ length: 100 }, createTransientSubject);
  assert.equal(new Set(subjects).size, 100);
  for (const subject of subjects) assert.match(subject, /^[A-Za-z0-9_-]{43}$/);
});
