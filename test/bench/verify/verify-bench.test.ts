/** What the bench compares: the same signatures on both sides, and no more than there must be. */
import assert from 'node:assert/strict';
import { createVerify } from 'node:crypto';
import { test } from 'node:test';
import { measure } from './measure.ts';
import { recordSignatureChecks, repeatSignatureChecks } from './signature-checks.ts';
import { type CardKind, createVerification } from './verification.ts';

for (const kind of ['ec', 'rsa'] satisfies CardKind[]) {
  test(`checks two signatures where the OCSP answer is cached: proof and certificate (${kind})`, async () => {
    const verification = await createVerification({ kind, isLeafCached: true });
    const whole = await recordSignatureChecks(verification.verify);
    const bare = await recordSignatureChecks(() => repeatSignatureChecks(whole));
    const parts = await recordSignatureChecks(async () => {
      for (const { run } of verification.parts) await run();
    });
    await verification.close();
    assert.equal(whole.length, 2);
    assert.deepEqual(bare.map(bytesOf), whole.map(bytesOf));
    assert.deepEqual(parts.map(bytesOf), whole.map(bytesOf));
  });

  test(`checks two more where it was fetched early: the answer and its delegate (${kind})`, async () => {
    const verification = await createVerification({ kind, isLeafCached: false });
    await verification.prefetch();
    const whole = await recordSignatureChecks(verification.verify);
    const bare = await recordSignatureChecks(() => repeatSignatureChecks(whole));
    await verification.close();
    assert.equal(whole.length, 4);
    assert.deepEqual(bare.map(bytesOf), whole.map(bytesOf));
  });
}

test('does not let a signature escape the count', async () => {
  await assert.rejects(
    recordSignatureChecks(() => void createVerify('sha384')),
    TypeError,
  );
  assert.equal(typeof createVerify('sha384').update, 'function');
});

test('refuses to time a check that fails', async () => {
  const verification = await createVerification({ kind: 'ec', isLeafCached: true });
  const [check] = await recordSignatureChecks(verification.verify);
  await verification.close();
  assert.ok(check);
  assert.throws(() => repeatSignatureChecks([{ ...check, data: Buffer.from('other') }]), TypeError);
});

test('measures both sides and every part', async () => {
  const { signatures, median, quiet, parts } = await measure({
    kind: 'ec',
    ocsp: 'cached',
    rounds: 3,
  });
  assert.equal(signatures, 2);
  for (const { wholeMs, bareMs, ratio } of [median, quiet]) {
    assert.ok(bareMs > 0);
    assert.equal(ratio, wholeMs / bareMs);
  }
  assert.equal(
    parts.reduce((sum, part) => sum + part.signatures, 0),
    signatures,
  );
});

function bytesOf({
  algorithm,
  data,
  signature,
}: Awaited<ReturnType<typeof recordSignatureChecks>>[number]) {
  return [algorithm, Buffer.from(data).toString('hex'), Buffer.from(signature).toString('hex')];
}
