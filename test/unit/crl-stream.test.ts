import assert from 'node:assert/strict';
import { createVerify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { createCrlReader } from '../../gateway/certificate/crl-reader.ts';
import { createSerialSet } from '../../gateway/certificate/crl-serials.ts';
import { numberedSerial, streamCrl } from '../kit/pki/crl-builder.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';

const now = new Date('2026-11-22T12:00:00Z');
const MEBIBYTE = 1_048_576;
const dir = mkdtempSync(join(tmpdir(), 'kids-id-crl-stream-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });
const issuer = parseCertificate(pki.citizenCa.certificate);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Bytes that are really in use. */
const liveBytes = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

for (const count of [100_000, 700_000]) {
  test(`reads a CRL of ${count} entries as it arrives, in bounded memory`, (t) => {
    const pieces = streamCrl({
      issuer: pki.citizenCa.name,
      signingKey: pki.citizenCa.privateKey,
      thisUpdate: now,
      nextUpdate: new Date(now.getTime() + 3_600_000),
      count,
    });
    const reader = createCrlReader({ authorities: [issuer] });
    const before = liveBytes();
    let most = 0;
    let bytes = 0;
    let readMs = 0;
    let number = 0;
    for (const piece of pieces) {
      const startedAt = performance.now();
      reader.write(piece);
      readMs += performance.now() - startedAt;
      bytes += piece.length;
      number += 1;
      if (number % 50 === 0) most = Math.max(most, liveBytes() - before);
    }
    const { revoked } = reader.end();
    assert.equal(revoked.size, count);
    assert.ok(revoked.has(numberedSerial(0)));
    assert.ok(revoked.has(numberedSerial(count - 1)));
    assert.ok(!revoked.has(numberedSerial(count)));
    assert.ok(revoked.byteLength <= 17 * count + 8 * 2 * count + MEBIBYTE, 'a set of its own size');
    assert.ok(most <= revoked.byteLength * 1.5 + 4 * MEBIBYTE, `${most} bytes in use`);
    t.diagnostic(
      `${count} entries, ${inMebibytes(bytes)}: read in ${Math.round(readMs)} ms, ` +
        `${inMebibytes(most)} in use at most, ${inMebibytes(revoked.byteLength)} kept`,
    );
  });
}

test('says what reading costs beside a bare walk over a buffer and a bare hash of it', (t) => {
  const options = { issuer: pki.citizenCa.name, signingKey: pki.citizenCa.privateKey };
  const der = Buffer.concat([...streamCrl({ ...options, thisUpdate: now, count: 100_000 })]);
  const ownMs = measure(() => {
    const reader = createCrlReader({ authorities: [issuer] });
    for (let at = 0; at < der.length; at += 65_536) reader.write(der.subarray(at, at + 65_536));
    assert.equal(reader.end().revoked.size, 100_000);
  });
  const walkMs = measure(() => assert.ok(countEntries(der) >= 100_000));
  const hashMs = measure(() => createVerify('sha384').update(der).verify(issuer.publicKey, der));
  t.diagnostic(
    `100000 entries: own reader ${ownMs} ms, bare walk ${walkMs} ms, bare hash ${hashMs} ms, ` +
      `ratio ${(ownMs / (walkMs + hashMs)).toFixed(1)}`,
  );
});

test('finds each serial number of a set again, and no other, though they look alike', () => {
  const set = createSerialSet();
  const serialAt = (index: number) =>
    Uint8Array.of(1 + (index >> 16), (index >> 8) & 0xff, index & 0xff);
  for (let index = 0; index < 20_000; index += 2) set.add(serialAt(index), 0, 3);
  for (let index = 0; index < 20_000; index++)
    assert.equal(set.has(serialAt(index)), index % 2 === 0);
  assert.equal(set.size, 10_000);
  assert.ok(!set.has(Uint8Array.of(1, 0)));
  assert.ok(!set.has(Uint8Array.of(0, 1, 0, 0)));
});

/** The bare cost of finding the ends of 49-byte entries: tag, length, next. */
function countEntries(der: Buffer): number {
  let count = 0;
  for (let at = der.indexOf(numberedHeader()); at + 2 < der.length && der[at] === 0x30; count++) {
    at += 2 + (der[at + 1] ?? 0);
  }
  return count;
}

function numberedHeader(): Uint8Array {
  return Uint8Array.of(0x30, 0x2f, 0x02, 0x10, ...numberedSerial(0));
}

function measure(work: () => unknown): number {
  const times = Array.from({ length: 3 }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return Math.round(Math.min(...times) * 10) / 10;
}

function inMebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}
