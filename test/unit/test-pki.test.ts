import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import {
  findPerson,
  isForeigner,
  isKidsCard,
  nationalNumberOf,
  PERSONS,
  type Person,
} from '../kit/persons.ts';
import { encodeCertificatePem } from '../kit/pki/build-certificate.ts';
import { startOcspResponder } from '../kit/pki/ocsp-responder.ts';
import { personalise } from '../kit/pki/personalise.ts';
import { openTestPki, type TestPki } from '../kit/pki/test-pki.ts';

const DAY_MS = 86_400_000;
// OpenSSL's commands have no injected clock: the PKI is made for the day of the test run
const now = new Date();
const dir = mkdtempSync(join(tmpdir(), 'kids-id-pki-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir: join(dir, 'pki'), now });
const emma = person('emma');

test('keeps its CAs in a folder of mode 0700, in files of mode 0600', () => {
  assert.equal(statSync(join(dir, 'pki')).mode & 0o777, 0o700);
  assert.equal(statSync(join(dir, 'pki', 'authorities-1.json')).mode & 0o777, 0o600);
});

test('uses its CAs again, and issues everything else anew', async () => {
  const again = await openTestPki({ dir: join(dir, 'pki'), now: new Date(now.getTime() + DAY_MS) });
  for (const name of ['root', 'citizenCa', 'foreignerCa', 'unknownCa', 'webCa'] as const) {
    assert.deepEqual(again[name].certificate, pki[name].certificate);
    assert.ok(again[name].privateKey.equals(pki[name].privateKey));
  }
  assert.notDeepEqual(again.ocspResponder.certificate, pki.ocspResponder.certificate);
});

test('makes new CAs once the old ones last less than 30 days', async () => {
  const folder = join(dir, 'aging');
  const first = await openTestPki({ dir: folder, now });
  const lastMs = Date.parse(new X509Certificate(first.root.certificate).validTo);
  const kept = await openTestPki({ dir: folder, now: new Date(lastMs - 31 * DAY_MS) });
  assert.deepEqual(kept.root.certificate, first.root.certificate);
  const renewed = await openTestPki({ dir: folder, now: new Date(lastMs - 29 * DAY_MS) });
  assert.notDeepEqual(renewed.root.certificate, first.root.certificate);
});

test('gives programs that open an empty folder at the same time the same CAs', async () => {
  const module = new URL('../kit/pki/test-pki.ts', import.meta.url).href;
  const folder = JSON.stringify(join(dir, 'shared'));
  const script =
    `const { openTestPki } = await import(${JSON.stringify(module)});` +
    `const pki = await openTestPki({ dir: ${folder}, now: new Date(${now.getTime()}) });` +
    `console.log(Buffer.from(pki.root.certificate).toString('hex'));`;
  const run = () => execute(process.execPath, ['--input-type=module', '-e', script]);
  const [first, second, third] = await Promise.all([run(), run(), run()]);
  assert.ok(first && first === second && second === third);
  assert.deepEqual(readdirSync(join(dir, 'shared')).sort(), ['authorities-1.json', 'issued']);
});

test('does not open with NODE_ENV=production', async () => {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await assert.rejects(openTestPki({ dir: join(dir, 'production'), now }), /TEST ONLY/);
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
  assert.ok(!readdirSync(dir).includes('production'));
});

test('says TEST ONLY in every subject', async () => {
  const web = pki.issueWebCertificate(['gateway.localhost']);
  const cards = await Promise.all(PERSONS.map((one) => personalise({ person: one, pki, now })));
  const certificates = [
    ...[...Object.values(pki), ...Object.values(pki.rsa())].flatMap((value) =>
      'certificate' in Object(value) ? [(value as { certificate: Uint8Array }).certificate] : [],
    ),
    web.certificate,
    ...cards.flatMap((card) => [
      ...(card.authenticationCertificate ? [card.authenticationCertificate] : []),
      ...(card.signatureCertificate ? [card.signatureCertificate] : []),
      card.nationalRegisterCertificate,
    ]),
  ];
  assert.equal(certificates.length, 10 + 5 + 1 + 16 + 7 + 17);
  for (const certificate of certificates) {
    assert.match(new X509Certificate(certificate).subject, /TEST ONLY/);
  }
});

test('makes each card as its person is described (card facts §4.6)', async () => {
  for (const one of PERSONS) {
    const card = await personalise({ person: one, pki, now });
    assert.equal(card.pin, one.pin);
    assert.equal(card.authenticationKey === undefined, one.certificate === 'none');
    assert.equal(card.authenticationCertificate === undefined, one.certificate === 'none');
    const fields = readFields(card.identity);
    assert.equal(fields.get(0x06)?.toString(), nationalNumberOf(one, now));
    assert.equal(Number(fields.get(0x0f)), one.documentType);
    const belgian = isKidsCard(one) ? /^615\d{9}$/ : /^59\d{10}$/;
    assert.match(fields.get(0x01)?.toString() ?? '', isForeigner(one) ? /^B\d{9}$/ : belgian);
    if (!card.authenticationCertificate || !card.authenticationKey) continue;
    const certificate = new X509Certificate(card.authenticationCertificate);
    assert.ok(certificate.checkPrivateKey(card.authenticationKey));
    assert.match(certificate.serialNumber, /^1000[0-9A-F]{28}$/);
    assert.equal(Date.parse(certificate.validTo) > now.getTime(), one.certificate !== 'expired');
  }
});

test('signs identity and address as the National Register does (card facts §3.6)', async () => {
  const card = await personalise({ person: emma, pki, now });
  const { publicKey } = new X509Certificate(card.nationalRegisterCertificate);
  assert.ok(verify('sha384', card.identity, publicKey, card.identitySignature));
  const stored = Buffer.alloc(104);
  stored.set(card.identitySignature);
  const address = Buffer.concat([card.address, stored]);
  assert.ok(verify('sha384', address, publicKey, card.addressSignature));
});

test('binds chip, photo and basic key in the identity file (card facts §3.2)', async () => {
  const card = await personalise({ person: emma, pki, now });
  const fields = readFields(card.identity);
  const hash = (bytes: Uint8Array) => createHash('sha384').update(bytes).digest();
  assert.deepEqual(fields.get(0x02), Buffer.from(card.chipSerial));
  assert.deepEqual(fields.get(0x11), hash(card.photo));
  const spki = createPublicKey(card.basicKey ?? assert.fail()).export({
    type: 'spki',
    format: 'der',
  });
  assert.deepEqual(fields.get(0x1a), hash(spki));
  const number = fields.get(0x01)?.toString() ?? '';
  assert.equal(Number(number.slice(10)), Number(number.slice(0, 10)) % 97 || 97);
});

test('draws another picture for each person, as grey JPEG of 140 x 200', async () => {
  const cards = await Promise.all(PERSONS.map((one) => personalise({ person: one, pki, now })));
  const photos = new Set(cards.map(({ photo }) => Buffer.from(photo).toString('hex')));
  assert.equal(photos.size, PERSONS.length);
  for (const { photo } of cards) {
    const frame = Buffer.from(photo).indexOf(Buffer.of(0xff, 0xc0));
    assert.deepEqual([...photo.subarray(frame + 5, frame + 10)], [0, 200, 0, 140, 1]);
    assert.deepEqual([...photo.subarray(0, 2), ...photo.subarray(-2)], [0xff, 0xd8, 0xff, 0xd9]);
  }
});

test('serves a web certificate that a TLS client accepts under the web CA', async () => {
  const web = pki.issueWebCertificate(['gateway.localhost', '127.0.0.1']);
  const server = createServer(
    { key: web.privateKeyPem, cert: web.certificatePem },
    (_, response) => {
      response.end('here');
    },
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const ask = (ca: Uint8Array, servername: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = { ca: encodeCertificatePem(ca), servername, agent: false };
      get(`https://127.0.0.1:${port}/`, options, ({ statusCode }) => resolve(statusCode)).on(
        'error',
        reject,
      );
    });
  try {
    assert.equal(await ask(pki.webCa.certificate, 'gateway.localhost'), 200);
    await assert.rejects(ask(pki.webCa.certificate, 'chat.localhost'));
    await assert.rejects(ask(pki.root.certificate, 'gateway.localhost'));
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('makes chains that OpenSSL accepts, and one that it refuses', async () => {
  const files = writeCertificates(pki);
  const card = await personalise({ person: emma, pki, now });
  const wout = await personalise({ person: person('wout'), pki, now });
  assert.ok(card.authenticationCertificate && wout.authenticationCertificate);
  const check = (certificate: Uint8Array, purpose: string) => {
    const untrusted = ['-untrusted', files.citizenCa];
    const path = writePem('leaf', certificate);
    return execute('openssl', [
      'verify',
      '-x509_strict',
      '-purpose',
      purpose,
      '-CAfile',
      files.root,
      ...untrusted,
      path,
    ]);
  };
  assert.match(await check(card.authenticationCertificate, 'sslclient'), /: OK/);
  assert.match(await check(pki.ocspResponder.certificate, 'ocsphelper'), /: OK/);
  assert.match(await check(pki.nationalRegister.certificate, 'any'), /: OK/);
  await assert.rejects(check(wout.authenticationCertificate, 'sslclient'));
});

test('answers OpenSSL’s OCSP client by POST, and by GET (RFC 6960 §A.1)', async () => {
  const files = writeCertificates(pki);
  const responder = await startOcspResponder({ pki, now: () => now });
  try {
    const ask = async (name: string) => {
      const card = await personalise({ person: person(name), pki, now });
      assert.ok(card.authenticationCertificate);
      const leaf = writePem('leaf', card.authenticationCertificate);
      const request = join(dir, 'request.der');
      const query = ['-issuer', files.citizenCa, '-cert', leaf];
      const trust = ['-CAfile', files.root, '-verify_other', files.citizenCa];
      const posted = await execute('openssl', ['ocsp', ...query, '-url', responder.url, ...trust]);
      await execute('openssl', ['ocsp', ...query, '-reqout', request]);
      return posted;
    };
    assert.match(await ask('emma'), /leaf\.pem: good/);
    assert.match(await ask('milan'), /leaf\.pem: revoked/);
    const path = encodeURIComponent(readFileSync(join(dir, 'request.der')).toString('base64'));
    const got = await fetch(responder.url + path);
    assert.equal(got.headers.get('content-type'), 'application/ocsp-response');
    writeFileSync(join(dir, 'response.der'), new Uint8Array(await got.arrayBuffer()));
    const read = [
      'ocsp',
      '-respin',
      join(dir, 'response.der'),
      '-CAfile',
      files.root,
      '-verify_other',
      files.citizenCa,
    ];
    assert.match(await execute('openssl', [...read, '-resp_text']), /Cert Status: revoked/);
    assert.deepEqual(
      responder.requests.map(({ method }) => method),
      ['POST', 'POST', 'GET'],
    );
  } finally {
    await responder.stop();
  }
});

function person(name: string): Person {
  const found = findPerson(name);
  assert.ok(found);
  return found;
}

function readFields(file: Uint8Array): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let offset = 0; offset < file.length; ) {
    const [tag = 0, length = 0] = file.subarray(offset, offset + 2);
    fields.set(tag, Buffer.from(file.subarray(offset + 2, offset + 2 + length)));
    offset += 2 + length;
  }
  return fields;
}

function writePem(name: string, certificate: Uint8Array): string {
  const path = join(dir, `${name}.pem`);
  writeFileSync(path, encodeCertificatePem(certificate));
  return path;
}

function writeCertificates({ root, citizenCa }: TestPki): { root: string; citizenCa: string } {
  return {
    root: writePem('root', root.certificate),
    citizenCa: writePem('citizen-ca', citizenCa.certificate),
  };
}

async function execute(file: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, { timeout: 20_000 });
  return stdout;
}
