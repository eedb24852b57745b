/** How paths are looked for: every one that exists, in bounded time. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { checkCertificate } from '../../gateway/certificate/check-certificate.ts';
import { verifyPath } from '../../gateway/certificate/path.ts';
import { linkTrust, loadTrust } from '../../gateway/certificate/trust.ts';
import { createAuthorities, createEcKey, type TestAuthority } from '../kit/pki/authorities.ts';
import { buildCertificate } from '../kit/pki/build-certificate.ts';
import { basicConstraints, withExtensions } from '../kit/pki/certificate-extensions.ts';
import { citizenCaOptions, type Signer, validityAround } from '../kit/pki/certificate-profiles.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const now = new Date('2026-11-22T12:00:00Z');
const dir = mkdtempSync(join(tmpdir(), 'kids-id-search-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });
const { root } = pki;
const validity = validityAround(now, 100, 100);
/** A root that sets no limit to what is below it. */
const wideRoot = certify(root, root);

test('takes the way round a CA that may not issue, where there is one', () => {
  // One CA, certified by the root and by another CA whose certificate has expired
  const other = signer('Other CA');
  const expired = certify(other, root, validityAround(now, 100, -1));
  const ca = signer('Twice certified CA');
  const leaf = parseCertificate(forgeCertificate(pki, { issuer: ca }).certificate);
  for (const twice of [
    [certify(ca, other), certify(ca, root)],
    [certify(ca, root), certify(ca, other)],
  ]) {
    const trust = trustIn([expired, ...twice]);
    const { issuers } = checkCertificate({ certificate: leaf, trust, now });
    assert.deepEqual(issuers.at(-1)?.der, root.certificate);
    assert.equal(issuers.length, 2);
  }
});

test('has at most 4 CAs between leaf and anchor, or as many as are allowed', () => {
  const chain: TestAuthority[] = [];
  for (let depth = 0; depth < 5; depth++) {
    const ca = signer(`CA ${depth}`);
    chain.push(certify(ca, chain.at(-1) ?? wideRoot));
  }
  const trust = linkTrust({
    anchors: [parseCertificate(wideRoot.certificate)],
    intermediates: chain.map(({ certificate }) => parseCertificate(certificate)),
    mode: 'test',
  });
  const judge = (depth: number, maxIntermediates?: number) => {
    const issuer = chain[depth - 1] ?? wideRoot;
    const certificate = parseCertificate(forgeCertificate(pki, { issuer }).certificate);
    return verifyPath({
      certificate,
      trust,
      now,
      ...(maxIntermediates !== undefined && { maxIntermediates }),
    });
  };
  assert.equal(judge(4).issuers.length, 5);
  throwsWithCode('CERTIFICATE_PATH', () => judge(5));
  assert.equal(judge(5, 5).issuers.length, 6);
  assert.equal(judge(0, 0).issuers.length, 1);
  throwsWithCode('CERTIFICATE_PATH', () => judge(1, 0));
});

test('finds nothing among CAs that certified each other and lead to no anchor', () => {
  const [left, right] = [signer('Left CA'), signer('Right CA')];
  const loop = [certify(left, right), certify(right, left)];
  const trust = linkTrust({
    anchors: [parseCertificate(root.certificate)],
    intermediates: loop.map(({ certificate }) => parseCertificate(certificate)),
    mode: 'test',
  });
  assert.deepEqual(trust.intermediates, []);
  const certificate = parseCertificate(forgeCertificate(pki, { issuer: left }).certificate);
  throwsWithCode('CERTIFICATE_ISSUER_UNKNOWN', () => verifyPath({ certificate, trust, now }));
});

test('ends quickly among many CAs that certified each other', () => {
  const names = Array.from({ length: 8 }, (_, index) => [
    { type: 'CN', value: `TEST ONLY Web of CAs ${index}` } as const,
  ]);
  const { root: base } = createAuthorities(now);
  const signers = names.map((name) => ({ name, privateKey: createEcKey('P-384') }));
  const crossed = signers.flatMap((ca) =>
    [...signers, base]
      .filter((issuer) => issuer !== ca)
      .map((issuer) => ({
        ...ca,
        certificate: buildCertificate({
          ...citizenCaOptions(ca, issuer, validity),
          extensions: withExtensions(
            citizenCaOptions(ca, issuer, validity).extensions,
            basicConstraints({ ca: true, pathLength: 0 }),
          ),
          // Only the first has a path that holds; the leaf is of the last
          ...(issuer === base && ca !== signers[0] ? validityAround(now, 100, -1) : {}),
        }),
      })),
  );
  const last = crossed.at(-1);
  assert.ok(last);
  const leaf = forgeCertificate(pki, { issuer: last }).certificate;
  const trust = loadTrust({
    anchors: [base.certificate],
    intermediates: crossed.map(({ certificate }) => certificate),
    mode: 'test',
  });
  const startedAt = performance.now();
  throwsWithCode('CERTIFICATE_PATH', () =>
    checkCertificate({ certificate: parseCertificate(leaf), trust, now }),
  );
  assert.ok(performance.now() - startedAt < 2000);
});

function signer(name: string): Signer {
  return { name: [{ type: 'CN', value: `TEST ONLY ${name}` }], privateKey: createEcKey('P-384') };
}

/** A CA certificate without a path length. */
function certify(ca: Signer, issuer: Signer, period = validity): TestAuthority {
  const options = citizenCaOptions(ca, issuer, period);
  const extensions = withExtensions(options.extensions, basicConstraints({ ca: true }));
  return { ...ca, certificate: buildCertificate({ ...options, extensions }) };
}

function trustIn(intermediates: readonly TestAuthority[]) {
  return loadTrust({
    anchors: [root.certificate],
    intermediates: intermediates.map(({ certificate }) => certificate),
    mode: 'test',
  });
}
