/** Which CAs a gateway loads: pinned anchors, one mode, nothing that leads nowhere. */
import { createHash, createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadTrust } from '../../gateway/certificate/trust.ts';
import { buildCertificate } from '../kit/pki/build-certificate.ts';
import { citizenCaOptions, rootOptions, validityAround } from '../kit/pki/certificate-profiles.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const now = new Date('2026-11-22T12:00:00Z');
const dir = mkdtempSync(join(tmpdir(), 'kids-id-trust-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });
const { root } = pki;
const validity = validityAround(now, 100, 100);
const spki = createPublicKey(root.privateKey).export({ type: 'spki', format: 'der' });
const pin = createHash('sha256').update(spki).digest('hex');

test('loads anchors by their pinned key, and no others', () => {
  const load = (anchor: Uint8Array) =>
    loadTrust({ anchors: [anchor], intermediates: [], mode: 'test', anchorPins: [pin] });
  load(root.certificate);
  // The same key in a renewed certificate
  load(buildCertificate(rootOptions(root, validity, 1)));
  throwsWithCode('CERTIFICATE_ISSUER_UNKNOWN', () => load(pki.unknownRoot.certificate));
});

test('never loads TEST ONLY and real CAs together (design §3)', () => {
  const real = rootOptions(
    { name: [{ type: 'CN', value: 'Some Root CA' }], privateKey: root.privateKey },
    validity,
    1,
  );
  const anchors = [root.certificate, buildCertificate(real)] as const;
  const load = (mode: 'production' | 'test', ...certificates: readonly Uint8Array[]) =>
    loadTrust({ anchors: certificates, intermediates: [], mode, anchorPins: [pin] });
  load('test', anchors[0]);
  load('production', anchors[1]);
  throwsWithCode('CERTIFICATE_PROFILE', () => load('production', anchors[0]));
  throwsWithCode('CERTIFICATE_PROFILE', () => load('test', anchors[1]));
  throwsWithCode('CERTIFICATE_PROFILE', () => load('test', ...anchors));
  throwsWithCode('CERTIFICATE_PROFILE', () => load('production', ...anchors));
});

test('loads in production only a known Belgium Root CA, or an anchor whose key the operator wrote down', () => {
  const name = [{ type: 'CN', value: 'Some Root CA' } as const];
  const real = buildCertificate(rootOptions({ ...root, name }, validity, 1));
  const load = (anchorPins?: readonly string[]) =>
    loadTrust({
      anchors: [real],
      intermediates: [],
      mode: 'production',
      ...(anchorPins && { anchorPins }),
    });
  const ofCertificate = createHash('sha256').update(real).digest('hex');
  for (const pins of [undefined, [], ['00'.repeat(32)], [ofCertificate], [pin.slice(0, 32)]]) {
    throwsWithCode('CERTIFICATE_ISSUER_UNKNOWN', () => load(pins));
  }
  load([pin.toUpperCase()]);
});

test('wants every anchor pinned, not one of them', () => {
  const anchors = [root.certificate, pki.unknownRoot.certificate];
  throwsWithCode('CERTIFICATE_ISSUER_UNKNOWN', () =>
    loadTrust({ anchors, intermediates: [], mode: 'test', anchorPins: [pin] }),
  );
});

test('takes an intermediate for no anchor, whoever signed it', () => {
  const { certificate } = pki.citizenCa;
  throwsWithCode('CERTIFICATE_PATH', () =>
    loadTrust({
      anchors: [pki.unknownRoot.certificate],
      intermediates: [certificate],
      mode: 'test',
    }),
  );
});

test('refuses a TEST ONLY intermediate in production, and a real one in test mode (design §3)', () => {
  const name = [{ type: 'CN', value: 'Some Root CA' } as const];
  const realRoot = buildCertificate(rootOptions({ ...root, name }, validity, 1));
  const real = buildCertificate({
    ...citizenCaOptions(pki.citizenCa, { ...root, name }, validity),
    subject: [{ type: 'CN', value: 'Some Citizen CA' }],
  });
  const load = (mode: 'production' | 'test', anchor: Uint8Array, intermediate: Uint8Array) =>
    loadTrust({ anchors: [anchor], intermediates: [intermediate], mode, anchorPins: [pin] });
  load('production', realRoot, real);
  throwsWithCode('CERTIFICATE_PROFILE', () => load('test', root.certificate, real));
  throwsWithCode('CERTIFICATE_PROFILE', () =>
    load('production', realRoot, pki.citizenCa.certificate),
  );
});

test('refuses a configuration without anchors, or with a CA that leads to none', () => {
  const { certificate } = pki.unknownCa;
  throwsWithCode('CERTIFICATE_ISSUER_UNKNOWN', () =>
    loadTrust({ anchors: [], intermediates: [], mode: 'test' }),
  );
  throwsWithCode('CERTIFICATE_PATH', () =>
    loadTrust({ anchors: [root.certificate], intermediates: [certificate], mode: 'test' }),
  );
});
