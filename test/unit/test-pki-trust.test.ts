/** What the gateway makes of every kind of card, trusting the authorities as the kit's gateways do (card facts §4). */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { checkCertificate } from '../../gateway/certificate/check-certificate.ts';
import { createOcspFetch } from '../../gateway/certificate/ocsp-fetch.ts';
import { createRevocationChecker } from '../../gateway/certificate/revocation-checker.ts';
import { loadTrust } from '../../gateway/certificate/trust.ts';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import { findPerson, PERSONS } from '../kit/persons.ts';
import { startOcspResponder } from '../kit/pki/ocsp-responder.ts';
import { personalise } from '../kit/pki/personalise.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';

const now = new Date('2026-11-22T12:00:00Z');
const dir = mkdtempSync(join(tmpdir(), 'kids-id-pki-trust-'));
const pki = await openTestPki({ dir, now });
const responder = await startOcspResponder({ pki, now: () => now });
after(async () => {
  await responder.stop();
  rmSync(dir, { recursive: true });
});
const trust = loadTrust({
  mode: 'test',
  anchors: [pki.root, pki.rsa().root].map(({ certificate }) => certificate),
  intermediates: [pki.citizenCa, pki.foreignerCa, pki.rsa().citizenCa].map(
    ({ certificate }) => certificate,
  ),
});
const fetchOcsp = createOcspFetch({ responders: { 'ocsp.kids-id.test': responder.url } });
const revocation = createRevocationChecker({ trust, fetchOcsp, now: () => now });

/** What the person's certificate of that use comes to: a code, or `undefined` when it is taken. */
async function judge(
  name: string,
  use: 'authentication' | 'signature',
): Promise<ErrorCode | undefined> {
  const person = findPerson(name) ?? assert.fail();
  const made = await personalise({ person, pki, now });
  const der = use === 'signature' ? made.signatureCertificate : made.authenticationCertificate;
  try {
    const certificate = parseCertificate(der ?? assert.fail());
    const path = checkCertificate({ certificate, trust, now });
    await revocation.check(path);
    return undefined;
  } catch (error) {
    return (error as { code: ErrorCode }).code;
  }
}

for (const { name, certificate, applet, description } of PERSONS) {
  if (certificate === 'none') continue;
  const codes: Readonly<Record<typeof certificate, ErrorCode | undefined>> = {
    valid: applet === '1.1' ? 'CERTIFICATE_KEY' : undefined,
    revoked: 'CERTIFICATE_REVOKED',
    expired: 'CERTIFICATE_EXPIRED',
    'unknown-issuer': 'CERTIFICATE_ISSUER_UNKNOWN',
  };
  const code = codes[certificate];
  test(`${code ?? 'a login'} for ${name}: ${description}`, async () => {
    assert.equal(await judge(name, 'authentication'), code);
  });
}

for (const name of ['karel', 'piotr', 'lotte', 'hugo']) {
  test(`no login with the certificate for signatures of ${name} (§4.1)`, async () => {
    assert.equal(await judge(name, 'signature'), 'CERTIFICATE_POLICY');
  });
}
