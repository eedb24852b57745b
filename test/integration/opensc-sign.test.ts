/** OpenSC signs with the RSA keys of the virtual card, and OpenSSL verifies (card facts §1.6, §6.1). */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestCards, toHex } from '../kit/card/card-fixture.ts';
import {
  findOpenscProblems,
  type OpenscBench,
  startOpenscBench,
} from '../kit/card/opensc-bench.ts';
import { encodeCertificatePem } from '../kit/pki/build-certificate.ts';

const problems = findOpenscProblems();
const MESSAGE = Buffer.from('signed by OpenSC with a virtual card');
/** DigestInfo of SHA-256 (RFC 8017 §9.2 note 1): RSA-PKCS takes it from its caller. */
const DIGEST_INFO = Buffer.concat([
  Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  createHash('sha256').update(MESSAGE).digest(),
]);

const CARDS = [
  { name: 'lotte', what: 'applet 1.7', bytes: 256 },
  { name: 'hugo', what: 'applet 1.7 with certificates issued anew', bytes: 256 },
  { name: 'maria', what: 'applet 1.1', bytes: 128 },
] as const;

describe('OpenSC signs', { skip: problems.length > 0 ? problems.join('; ') : false }, () => {
  let bench: OpenscBench;
  let commands: string[];
  const cards = new Map<string, CardContents>();

  before(async () => {
    const made = await createTestCards(CARDS.map(({ name }) => ({ name })));
    for (const [index, { name }] of CARDS.entries()) cards.set(name, made[index] ?? assert.fail());
    bench = await startOpenscBench();
    await writeFile(join(bench.dir, 'message'), MESSAGE);
    await writeFile(join(bench.dir, 'digest-info'), DIGEST_INFO);
  });

  after(() => bench.stop());

  async function insert(name: string): Promise<CardContents> {
    const contents = cards.get(name) ?? assert.fail();
    commands = [];
    await bench.insert(contents, {
      intercept(command) {
        commands.push(toHex(command));
        return undefined;
      },
    });
    return contents;
  }

  function sign(options: { pin: string; id: string; mechanism: string; input: string }) {
    const { pin, id, mechanism, input } = options;
    return bench.runPkcs11(
      ...['--login', '--pin', pin, '--sign', '--id', id, '--mechanism', mechanism],
      ...['--input-file', join(bench.dir, input)],
      ...['--output-file', join(bench.dir, 'signature')],
    );
  }

  async function verifyWithOpenssl(contents: CardContents, hash: string): Promise<string> {
    const certificate = join(bench.dir, 'certificate.pem');
    const publicKey = join(bench.dir, 'public-key.pem');
    const der = contents.authenticationCertificate ?? assert.fail();
    await writeFile(certificate, encodeCertificatePem(der));
    await openssl('x509', '-in', certificate, '-noout', '-pubkey', '-out', publicKey);
    const signature = join(bench.dir, 'signature');
    const message = join(bench.dir, 'message');
    return openssl('dgst', `-${hash}`, '-verify', publicKey, '-signature', signature, message);
  }

  for (const { name, what, bytes } of CARDS) {
    for (const [mechanism, input, hash] of [
      ['RSA-PKCS', 'digest-info', 'sha256'],
      ['SHA256-RSA-PKCS', 'message', 'sha256'],
      ['SHA1-RSA-PKCS', 'message', 'sha1'],
    ] as const) {
      it(`${mechanism} with ${what}, as OpenSSL says (§6.1)`, async () => {
        const contents = await insert(name);
        await sign({ pin: contents.pin ?? assert.fail(), id: '02', mechanism, input });
        assert.match(await verifyWithOpenssl(contents, hash), /Verified OK/);
        const le = (bytes % 256).toString(16).padStart(2, '0');
        assert.deepEqual(
          [commands.at(-4), commands.at(-3), commands.at(-1)],
          ['00a4080c043f00df00', '002241b6050480018482', `00c00000${le}`],
        );
      });
    }
  }

  it('not with a wrong PIN, which the card counts (§1.5)', async () => {
    const { pin } = await insert('lotte');
    await assert.rejects(
      sign({ pin: '0000', id: '02', mechanism: 'RSA-PKCS', input: 'digest-info' }),
    );
    const question = ['-s', '00:20:00:01:00'];
    assert.match(await bench.run('opensc-tool', ...question), /SW1=0x63, SW2=0xC2/);
    assert.ok(pin);
    await sign({ pin, id: '02', mechanism: 'RSA-PKCS', input: 'digest-info' });
    // OpenSC leaves the card open: the question is answered 9000.
    assert.match(await bench.run('opensc-tool', ...question), /SW1=0x90, SW2=0x00/);
  });

  it('not with a key that waits for activation (§7)', async () => {
    const contents = cards.get('lotte') ?? assert.fail();
    await bench.insert(contents, { activated: false });
    const pin = contents.pin ?? assert.fail();
    await assert.rejects(sign({ pin, id: '02', mechanism: 'RSA-PKCS', input: 'digest-info' }));
  });
});

async function openssl(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('openssl', args, { timeout: 20_000 });
  return stdout;
}
