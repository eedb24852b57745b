/**
 * Certificates that are not what a card has, sent through a running gateway's card channel with a right
 * proof of possession; and proofs that are not right, which nothing of the certificate may outrun.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { after, before, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import {
  type AuthenticatorForgery,
  entryOf,
  forgeAuthenticator,
} from '../kit/attack/forge-authenticator.ts';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import type { RawCard } from '../kit/gateway/raw-host.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';
import { createCitizenCa, createEcKey } from '../kit/pki/authorities.ts';
import { buildCertificate, type CertificateOptions } from '../kit/pki/build-certificate.ts';
import {
  basicConstraints,
  type CertificateExtension,
  certificatePolicies,
  extendedKeyUsage,
  extension,
  KEY_USAGE,
  keyUsage,
  OID,
  withExtensions,
} from '../kit/pki/certificate-extensions.ts';
import {
  citizenCaOptions,
  EC_POLICIES,
  type Signer,
  validityAround,
} from '../kit/pki/certificate-profiles.ts';
import { type Forgery, forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { malformedEcdsa } from '../kit/suites/malformed-ecdsa.ts';
import { tlv } from '../kit/suites/tlv.ts';

/** A path search that grows with what a client sends takes minutes. */
const MAX_ANSWER_MS = 5000;

let gateway: TestGateway;
let steps: LoginSteps;
let victim: RawCard;

before(async () => {
  gateway = await startTestGateway();
  steps = await createLoginSteps(gateway);
  victim = await steps.cardOf('emma');
});

after(() => gateway.stop());

const having =
  (...replacements: readonly CertificateExtension[]) =>
  ({ extensions }: CertificateOptions) => ({
    extensions: withExtensions(extensions, ...replacements),
  });
const unknown = (critical: boolean, bytes = 2) =>
  extension('1.2.3.4', tlv(0x04, new Uint8Array(bytes)), { critical });
const nameConstraints = Buffer.from('3011a00f300d820b6578616d706c652e636f6d', 'hex');

const REFUSED: readonly [code: string, what: string, forge: () => Forgery][] = [
  [
    'CERTIFICATE_PROFILE',
    'an unknown critical extension (RFC 5280 §4.2)',
    fields(having(unknown(true))),
  ],
  [
    'CERTIFICATE_PROFILE',
    'an extended key usage without clientAuth (RFC 5280 §4.2.1.12)',
    fields(having(extendedKeyUsage(OID.serverAuth))),
  ],
  [
    'CERTIFICATE_PROFILE',
    'cA true (RFC 5280 §4.2.1.9)',
    fields(having(basicConstraints({ ca: true }))),
  ],
  [
    'CERTIFICATE_PROFILE',
    'keyCertSign (RFC 5280 §4.2.1.3)',
    fields(having(keyUsage(KEY_USAGE.digitalSignature, KEY_USAGE.keyCertSign))),
  ],
  [
    'CERTIFICATE_PROFILE',
    'name constraints (RFC 5280 §4.2.1.10)',
    fields(having(extension('2.5.29.30', nameConstraints, { critical: true }))),
  ],
  ['CERTIFICATE_PROFILE', 'version 1', fields(() => ({ version: 1, extensions: [] }))],
  [
    'CERTIFICATE_POLICY',
    'the policy of a signature certificate (card facts §4.3)',
    fields(having(certificatePolicies(EC_POLICIES.citizenSignature))),
  ],
  [
    'CERTIFICATE_POLICY',
    'the policy of the National Register (card facts §4.3)',
    fields(having(certificatePolicies(EC_POLICIES.nationalRegister))),
  ],
  ['CERTIFICATE_POLICY', 'anyPolicy', fields(having(certificatePolicies(OID.anyPolicy)))],
  ['CERTIFICATE_KEY', 'a signature with SHA-1', fields(() => ({ hash: 'sha1' }))],
  [
    'CERTIFICATE_KEY',
    'two algorithms (RFC 5280 §4.1.1.2)',
    fields(() => ({ innerHash: 'sha256' })),
  ],
  ['CERTIFICATE_EXPIRED', 'yesterday as its end', fields(() => validityAround(new Date(), 10, -1))],
  [
    'CERTIFICATE_EXPIRED',
    'tomorrow as its beginning',
    fields(() => validityAround(new Date(), -1, 10)),
  ],
  [
    'CERTIFICATE_MALFORMED',
    'an extension twice (RFC 5280 §4.2)',
    fields(({ extensions }) => ({ extensions: [...extensions, unknown(false), unknown(false)] })),
  ],
  ['MESSAGE_MALFORMED', 'more than the message may hold', fields(having(unknown(false, 8200)))],
  [
    'CERTIFICATE_MALFORMED',
    'a negative serial number',
    fields(() => ({ serial: Uint8Array.of(0x80) })),
  ],
  [
    'CERTIFICATE_ISSUER_UNKNOWN',
    'a CA that is not configured',
    () => ({ issuer: gateway.pki.unknownCa }),
  ],
  [
    'CERTIFICATE_PATH',
    'the Citizen CA’s name and another key',
    () => ({ issuer: { ...gateway.pki.citizenCa, privateKey: createEcKey('P-384') } }),
  ],
];

for (const [code, what, forgery] of REFUSED) {
  test(`a certificate with ${what} is ${code}, before anything is asked`, async () => {
    const asked = gateway.ocsp.requests.length;
    const { certificate, privateKey } = forgeCertificate(gateway.pki, forgery());
    assert.equal(await codeOf(privateKey, certificate), code);
    assert.equal(gateway.ocsp.requests.length, asked);
  });
}

test('an RSA-1024 card (applet 1.1) is CERTIFICATE_KEY (design §2)', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const { certificate } = forgeCertificate(gateway.pki, { key: privateKey });
  const pss = { scheme: 0x0804, hash: 'sha256', padding: 'pss' } as const;
  assert.equal(await codeOf(privateKey, [certificate], pss), 'CERTIFICATE_KEY');
});

test('the Citizen CA’s own certificate and key are no login: CERTIFICATE_PROFILE', async () => {
  const { privateKey, certificate } = gateway.pki.citizenCa;
  assert.equal(await codeOf(privateKey, certificate), 'CERTIFICATE_PROFILE');
});

test('a leaf that another leaf issued is refused, whatever is sent beside it (RFC 5280 §6.1.4 (k))', async () => {
  const { citizenCa } = gateway.pki;
  const middle = forgeCertificate(gateway.pki, { fields: () => ({ subject: citizenCa.name }) });
  const issuer = { name: citizenCa.name, privateKey: middle.privateKey };
  const leaf = forgeCertificate(gateway.pki, { issuer });
  const list = [leaf.certificate, middle.certificate, citizenCa.certificate];
  assert.equal(await codeOf(leaf.privateKey, list), 'CERTIFICATE_PATH');
});

test('a CA below the Citizen CA, which allows none, is not built into a path from what a client sends', async () => {
  const { citizenCa, root } = gateway.pki;
  for (const [name, code] of [
    [[{ type: 'CN', value: 'TEST ONLY Deeper CA' }], 'CERTIFICATE_ISSUER_UNKNOWN'],
    // Self-issued: it would not count in the path length
    [citizenCa.name, 'CERTIFICATE_PATH'],
  ] as const) {
    const deeper = createCitizenCa(name, citizenCa, validityAround(new Date(), 10, 10));
    const leaf = forgeCertificate(gateway.pki, { issuer: deeper });
    const list = [leaf.certificate, deeper.certificate, citizenCa.certificate, root.certificate];
    assert.equal(await codeOf(leaf.privateKey, list), code);
  }
});

test('[bogus, CA, victim, bogus] is the bogus one’s login: refused, and never the victim’s (measured on pkijs)', async () => {
  const name = [{ type: 'CN', value: 'TEST ONLY Bogus' } as const];
  const key = createEcKey('P-384');
  const bogus = forgeCertificate(gateway.pki, {
    key,
    issuer: { name, privateKey: key },
    fields: () => ({ subject: name }),
  }).certificate;
  const ca = gateway.pki.citizenCa.certificate;
  const list = [bogus, ca, victim.certificate, bogus];
  assert.equal(await codeOf(key, list), 'CERTIFICATE_ISSUER_UNKNOWN');
  assert.equal(await codeOf(victim.key, list), 'AUTHENTICATOR_INVALID');
  assert.equal(await codeOf(key, [victim.certificate, ca, bogus]), 'AUTHENTICATOR_INVALID');
});

test('a web of CAs that certified each other, sent along, costs no time (measured on pkijs: it hangs)', async () => {
  const signers = ['A', 'B', 'C'].map(
    (letter): Signer => ({
      name: [{ type: 'CN', value: `TEST ONLY Web ${letter}` }],
      privateKey: createEcKey('P-384'),
    }),
  );
  const validity = validityAround(new Date(), 10, 10);
  const web = signers.flatMap((ca) =>
    signers
      .filter((issuer) => issuer !== ca)
      .map((issuer) => buildCertificate(citizenCaOptions(ca, issuer, validity))),
  );
  const [issuer] = signers;
  assert.ok(issuer);
  const leaf = forgeCertificate(gateway.pki, { issuer });
  const startedAt = performance.now();
  assert.equal(
    await codeOf(leaf.privateKey, [leaf.certificate, ...web]),
    'CERTIFICATE_ISSUER_UNKNOWN',
  );
  assert.ok(performance.now() - startedAt < MAX_ANSWER_MS);
});

test('a CA’s ECDSA signature in any form but DER is CERTIFICATE_PATH (measured on pkijs: 90 malformed taken)', async () => {
  const { certificate, privateKey } = forgeCertificate(gateway.pki);
  const { tbs, signatureAlgorithm, signature } = parseCertificate(certificate);
  for (const [what, forged] of malformedEcdsa(signature)) {
    const bits = tlv(0x03, Uint8Array.of(0), forged);
    const leaf = tlv(0x30, tbs, signatureAlgorithm.encoded, bits);
    assert.equal(await codeOf(privateKey, leaf), 'CERTIFICATE_PATH', what);
  }
});

test('a wrong proof is AUTHENTICATOR_INVALID whatever else is wrong: nothing is judged or asked before it (design §2)', async () => {
  const { citizenCa, unknownCa } = gateway.pki;
  const forgeries: readonly Forgery[] = [
    {},
    { fields: having(unknown(true)) },
    { fields: having(certificatePolicies(OID.anyPolicy)) },
    { fields: () => validityAround(new Date(), 10, -1) },
    { issuer: unknownCa },
    { issuer: { ...citizenCa, privateKey: createEcKey('P-384') } },
  ];
  const asked = gateway.ocsp.requests.length;
  for (const forgery of forgeries) {
    const { certificate } = forgeCertificate(gateway.pki, forgery);
    assert.equal(await codeOf(createEcKey('P-384'), certificate), 'AUTHENTICATOR_INVALID');
  }
  assert.equal(gateway.ocsp.requests.length, asked);
});

test('only what holds by itself is asked about, and what nobody issued is unknown (RFC 6960 §2.2)', async () => {
  const asked = gateway.ocsp.requests.length;
  const { certificate, privateKey } = forgeCertificate(gateway.pki);
  assert.equal(await codeOf(privateKey, certificate), 'REVOCATION_UNKNOWN');
  assert.ok(gateway.ocsp.requests.length > asked);
});

function fields(change: NonNullable<Forgery['fields']>): () => Forgery {
  return () => ({ fields: change });
}

/** The code that answers a list of certificates with a proof by this key; undefined for a login. */
async function codeOf(
  key: KeyObject,
  certificates: Uint8Array | readonly Uint8Array[],
  how: Partial<AuthenticatorForgery> = {},
): Promise<unknown> {
  const host = await steps.connect();
  try {
    const request = await steps.claim(host, await steps.ticketOf(await steps.openLogin()));
    const list = certificates instanceof Uint8Array ? [certificates] : certificates;
    const entries = list.map(entryOf);
    const forgery = { keys: host.keys(), request, key, entries, ...how };
    const authenticator = await forgeAuthenticator(forgery);
    const { body } = await host.post('/card/authenticator', { authenticator });
    return body['code'];
  } finally {
    host.close();
  }
}
