/** The certificates of every kind of card, judged by OpenSSL and node:crypto (card facts §3.6, §4.1 to §4.6). */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import type { CardContents } from '../kit/card/card-contents.ts';
import { type CardApplet, findPerson } from '../kit/persons.ts';
import { encodeCertificatePem } from '../kit/pki/build-certificate.ts';
import type { CardForgery } from '../kit/pki/card-issuer.ts';
import { startOcspResponder } from '../kit/pki/ocsp-responder.ts';
import { personalise } from '../kit/pki/personalise.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';

// OpenSSL's commands have no injected clock: the PKI is made for the day of the test run
const now = new Date();
const dir = mkdtempSync(join(tmpdir(), 'kids-id-pki-cards-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir: join(dir, 'pki'), now });

function card(
  name: string,
  options: { applet?: CardApplet; forgery?: CardForgery } = {},
): Promise<CardContents> {
  const person = findPerson(name);
  assert.ok(person);
  return personalise({ person, pki, now, ...options });
}

test('makes RSA authorities when they are first asked for, and keeps them', async () => {
  const folder = join(dir, 'lazy');
  const first = await openTestPki({ dir: folder, now });
  assert.ok(!readdirSync(folder).includes('rsa-authorities-1.json'));
  const { root } = first.rsa();
  assert.equal(first.rsa(), first.rsa());
  assert.equal(statSync(join(folder, 'rsa-authorities-1.json')).mode & 0o777, 0o600);
  const again = await openTestPki({ dir: folder, now });
  assert.deepEqual(again.rsa().root.certificate, root.certificate);
});

test('makes new authorities where the folder has those of an earlier version', async () => {
  const folder = join(dir, 'earlier');
  await openTestPki({ dir: folder, now });
  writeFileSync(join(folder, 'authorities-2.json'), JSON.stringify({}));
  await openTestPki({ dir: folder, now });
  assert.ok(readdirSync(folder).includes('authorities-3.json'));
});

/** Person, applet, key of the leaf, kind of its issuer's key, policies of authentication and signature (§4.3). */
const CHAINS = [
  ['emma', '1.8', 384, 'ec', '2.16.56.13.6.1.1.1000', undefined],
  ['karel', '1.8', 384, 'ec', '2.16.56.13.6.1.1.1000', '2.16.56.13.6.1.2.1000'],
  ['yara', '1.8', 384, 'ec', '2.16.56.13.6.2.1.1000', undefined],
  ['piotr', '1.8', 384, 'ec', '2.16.56.13.6.2.1.1000', '2.16.56.13.6.2.2.1000'],
  ['lotte', '1.7', 2048, 'rsa', '2.16.56.12.1.1.2.2', '2.16.56.12.1.1.2.1'],
  ['hugo', '1.7', 2048, 'ec', '2.16.56.13.6.1.1.1000', '2.16.56.13.6.1.2.1000'],
  ['maria', '1.1', 1024, 'rsa', '2.16.56.12.1.1.2.2', '2.16.56.12.1.1.2.1'],
] as const;

for (const [name, applet, bits, issuerKind, authentication, signature] of CHAINS) {
  test(`gives ${name} certificates of applet ${applet} that OpenSSL accepts (§4.1, §4.3)`, async () => {
    const made = await card(name);
    assert.equal(made.applet, applet);
    const leaf = new X509Certificate(made.authenticationCertificate ?? assert.fail());
    const ca = new X509Certificate(made.citizenCaCertificate);
    const { asymmetricKeyDetails: details } = leaf.publicKey;
    assert.equal(details?.modulusLength ?? (details?.namedCurve === 'secp384r1' ? 384 : 0), bits);
    assert.equal(ca.publicKey.asymmetricKeyType, issuerKind);
    assert.match(await openssl(made, made.authenticationCertificate, 'sslclient'), /: OK/);
    assert.match(await openssl(made, made.nationalRegisterCertificate, 'any'), /: OK/);
    const text = await describeCertificate(leaf);
    assert.match(text, new RegExp(`Policy: ${authentication.replaceAll('.', '\\.')}\\n`));
    assert.match(text, /Key Usage: critical\n +Digital Signature\n/);
    // Only newer certificates have it (§4.1).
    assert.equal(text.includes('TLS Web Client Authentication'), issuerKind === 'ec');
    assert.equal(made.signatureCertificate === undefined, signature === undefined);
    if (made.signatureCertificate === undefined) return;
    const other = new X509Certificate(made.signatureCertificate);
    const otherText = await describeCertificate(other);
    assert.match(other.subject, /\(Signature\)/);
    assert.ok(other.checkPrivateKey(made.signatureKey ?? assert.fail()));
    assert.match(otherText, new RegExp(`Policy: ${signature?.replaceAll('.', '\\.')}\\n`));
    assert.match(otherText, /Key Usage: critical\n +Non Repudiation\n/);
    assert.match(otherText, /qcStatements/);
    await assert.rejects(openssl(made, made.signatureCertificate, 'sslclient'));
  });
}

test('makes any person a card of any applet', async () => {
  for (const [applet, kind] of [
    ['1.1', 'rsa'],
    ['1.7', 'rsa'],
    ['1.8', 'ec'],
  ] as const) {
    const made = await card('emma', { applet });
    assert.equal(made.applet, applet);
    assert.equal(made.authenticationKey?.asymmetricKeyType, kind);
    assert.equal(made.basicKey !== undefined, applet === '1.8');
  }
});

test('answers OCSP for citizens, foreigners and the CAs of both kinds of key (RFC 6960)', async () => {
  const responder = await startOcspResponder({ pki, now: () => now });
  try {
    for (const name of ['emma', 'yara', 'lotte', 'hugo']) {
      const made = await card(name);
      const issuer = writePem('ocsp-issuer', made.citizenCaCertificate);
      const root = writePem('ocsp-root', made.rootCertificate);
      const leaf = writePem('ocsp-leaf', made.authenticationCertificate ?? assert.fail());
      const ask = (of: string, by: string, trust: string[]): Promise<string> =>
        execute('openssl', ['ocsp', '-issuer', by, '-cert', of, '-url', responder.url, ...trust]);
      const trust = ['-CAfile', root, '-verify_other', issuer];
      assert.match(await ask(leaf, issuer, trust), /ocsp-leaf\.pem: good/);
      assert.match(await ask(issuer, root, ['-CAfile', root]), /ocsp-issuer\.pem: good/);
    }
  } finally {
    await responder.stop();
  }
});

test('forges the number, the photo’s hash or the signature, each alone (card facts §6.3)', async () => {
  const inOrder = { number: true, photo: true, signature: true };
  assert.deepEqual(judge(await card('emma')), inOrder);
  assert.deepEqual(judge(await card('emma', { forgery: 'other-number' })), {
    ...inOrder,
    number: false,
  });
  assert.deepEqual(judge(await card('emma', { forgery: 'photo-hash' })), {
    ...inOrder,
    photo: false,
  });
  assert.deepEqual(judge(await card('emma', { forgery: 'other-data' })), {
    ...inOrder,
    signature: false,
  });
});

test('forges an expired CA, and one that nobody knows', async () => {
  const expired = await card('emma', { forgery: 'expired-ca' });
  const ca = new X509Certificate(expired.citizenCaCertificate);
  assert.ok(Date.parse(ca.validTo) < now.getTime());
  assert.ok(ca.verify(new X509Certificate(pki.root.certificate).publicKey));
  await assert.rejects(openssl(expired, expired.authenticationCertificate, 'sslclient'), /expired/);
  const unknown = await card('emma', { forgery: 'unknown-ca' });
  assert.deepEqual(unknown.rootCertificate, pki.unknownRoot.certificate);
  assert.match(await openssl(unknown, unknown.authenticationCertificate, 'sslclient'), /: OK/);
});

/** What a gateway would find of the identity file. */
function judge(made: CardContents): { number: boolean; photo: boolean; signature: boolean } {
  const leaf = new X509Certificate(made.authenticationCertificate ?? assert.fail());
  const register = new X509Certificate(made.nationalRegisterCertificate).publicKey;
  const number = /serialNumber=(\d{11})/.exec(leaf.subject)?.[1];
  const file = Buffer.from(made.identity);
  return {
    number: fieldOf(file, 0x06).toString() === number,
    photo: fieldOf(file, 0x11).equals(createHash('sha384').update(made.photo).digest()),
    signature: verify('sha384', file, register, made.identitySignature),
  };
}

function fieldOf(file: Buffer, tag: number): Buffer {
  for (let offset = 0; offset < file.length; ) {
    const end = offset + 2 + (file[offset + 1] ?? 0);
    if (file[offset] === tag) return file.subarray(offset + 2, end);
    offset = end;
  }
  return assert.fail('no such tag');
}

/** Verifies a certificate under the CA and root of its own card. */
function openssl(
  made: CardContents,
  certificate: Uint8Array | undefined,
  purpose: string,
): Promise<string> {
  const root = writePem('root', made.rootCertificate);
  const isUnderRoot = certificate === made.nationalRegisterCertificate;
  const ca = isUnderRoot ? [] : ['-untrusted', writePem('ca', made.citizenCaCertificate)];
  const leaf = writePem('leaf', certificate ?? assert.fail());
  const bits = ['-auth_level', '0'];
  return execute('openssl', [
    ...['verify', ...bits, '-purpose', purpose, '-CAfile', root],
    ...ca,
    leaf,
  ]);
}

function describeCertificate(certificate: X509Certificate): Promise<string> {
  const path = writePem('described', certificate.raw);
  return execute('openssl', ['x509', '-in', path, '-noout', '-text']);
}

function writePem(name: string, certificate: Uint8Array): string {
  const path = join(dir, `${name}.pem`);
  writeFileSync(path, encodeCertificatePem(certificate));
  return path;
}

async function execute(file: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, { timeout: 20_000 });
  return stdout;
}
