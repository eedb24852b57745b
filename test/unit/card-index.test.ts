/** The log-out index's name of a certificate (design §4, §7). */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { cardIndexOf } from '../../gateway/oidc/card-index.ts';
import { createSubjectKey, encodeSubjectInput } from '../../gateway/oidc/subject.ts';

const secret = new Uint8Array(32).fill(7);
const subjectKey = createSubjectKey({ version: 'v1', secret });
const issuerDer = Buffer.from('issuer');
const serial = Uint8Array.of(0x10, 0, 1);

test('is HMAC-SHA-256 over "card", issuer and serial, under a key made of the subject key', async () => {
  const key = createHmac('sha256', secret).update('card index key').digest();
  const input = Buffer.concat([
    Buffer.from('card'),
    Uint8Array.of(0, 6),
    issuerDer,
    Uint8Array.of(0, 3),
    serial,
  ]);
  const index = await cardIndexOf({ subjectKey, issuerDer, serial });
  assert.equal(index, createHmac('sha256', key).update(input).digest('base64url'));
  assert.match(index, /^[A-Za-z0-9_-]{43}$/);
});

test('is another for another serial, issuer or key, also where the bytes together are the same', async () => {
  const other = createSubjectKey({ version: 'v1', secret: new Uint8Array(32).fill(8) });
  const indexes = await Promise.all([
    cardIndexOf({ subjectKey, issuerDer, serial }),
    cardIndexOf({ subjectKey, issuerDer, serial: Uint8Array.of(0x10, 0, 2) }),
    cardIndexOf({ subjectKey, issuerDer: Buffer.from('other'), serial }),
    cardIndexOf({ subjectKey: other, issuerDer, serial }),
    cardIndexOf({ subjectKey, issuerDer: Buffer.from('issue'), serial: Buffer.from('r123') }),
    cardIndexOf({ subjectKey, issuerDer: Buffer.from('issuer1'), serial: Buffer.from('23') }),
  ]);
  assert.equal(new Set(indexes).size, indexes.length);
});

test('cannot be made of a `sub`: no input for one begins as the index’s key label does', () => {
  const input = encodeSubjectInput({ version: 'v1', sector: 'a', account: new Uint8Array(32) });
  assert.notEqual(input[0], 'card index key'.charCodeAt(0));
});
