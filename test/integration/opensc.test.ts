/** OpenSC judges the virtual card: an independent client, through a PC/SC daemon (card facts §6.1). */
import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestCards, createTestContents } from '../kit/card/card-fixture.ts';
import {
  findOpenscProblems,
  type OpenscBench,
  startOpenscBench,
} from '../kit/card/opensc-bench.ts';
import type { CardApplet } from '../kit/persons.ts';

const problems = findOpenscProblems();

/** Persons of every kind, and the certificates that their cards have besides CA and root (§4.6). */
const KINDS = [
  { name: 'karel', kind: 'an adult', own: ['Authentication', 'Signature'] },
  { name: 'emma', kind: 'a child of 8', own: ['Authentication'] },
  { name: 'arthur', kind: 'a child under 6', own: [] },
  { name: 'yara', kind: 'a foreign child', own: ['Authentication'] },
  { name: 'piotr', kind: 'a foreign adult', own: ['Authentication', 'Signature'] },
] as const;
const APPLETS = [
  { applet: '1.1', key: /Private RSA Key \[Authentication\].*ModLength\s*: 1024/s },
  { applet: '1.7', key: /Private RSA Key \[Authentication\].*ModLength\s*: 2048/s },
  { applet: '1.8', key: /Private EC Key \[Authentication\].*FieldLength\s*: 384/s },
] as const;

describe('OpenSC', { skip: problems.length > 0 ? problems.join('; ') : false }, () => {
  let bench: OpenscBench;

  before(async () => {
    bench = await startOpenscBench();
  });

  after(() => bench.stop());

  it('verifies the PIN of a card of applet 1.8, and calls it a Belpic card (§1.1, §1.5)', async () => {
    await bench.insert(await createTestContents('emma'));
    const atr = '3b:7f:96:00:00:80:31:80:65:b0:85:04:01:20:12:0f:ff:82:90:00';
    assert.equal((await bench.run('opensc-tool', '-a')).trim(), atr);
    assert.equal((await bench.run('opensc-tool', '-n')).trim(), 'Belpic cards');
    const objects = await bench.runPkcs11('--login', '--pin', '1234', '-O');
    assert.match(objects, /Private Key Object; EC.*label:\s+Authentication/s);
    await assert.rejects(bench.runPkcs11('--login', '--pin', '9999', '-O'));
    const command = '00:20:00:01:00';
    assert.match(await bench.run('opensc-tool', '-s', command), /SW1=0x63, SW2=0xC2/);
  });

  it('reads the answer to reset of the old applets and calls it a Belpic card (§1.1)', async () => {
    await bench.insert(await createTestContents('lotte'));
    const atr = '3b:98:13:40:0a:a5:03:01:01:01:ad:13:11';
    assert.equal((await bench.run('opensc-tool', '-a')).trim(), atr);
    assert.equal((await bench.run('opensc-tool', '-n')).trim(), 'Belpic cards');
  });

  for (const { applet, key } of APPLETS) {
    describe(`with applet ${applet}`, () => {
      const cards = new Map<string, CardContents>();

      before(async () => {
        const made = await createTestCards(KINDS.map(({ name }) => ({ name, applet })));
        for (const [index, { name }] of KINDS.entries()) {
          cards.set(name, made[index] ?? assert.fail());
        }
      });

      for (const { name, kind, own } of KINDS) {
        it(`understands every file of ${kind}, and reads the certificates by PKCS#11 (§2.1)`, async () => {
          const contents = cards.get(name) ?? assert.fail();
          await bench.insert(contents);
          const dump = await bench.run('pkcs15-tool', '-D');
          assert.match(dump, /PKCS#15 Card \[BELPIC\]/);
          assert.match(dump, /PIN \[Basic PIN\].*min_len:4, max_len:12, stored_len:8/s);
          assert.match(dump, key);
          const certificates = [...dump.matchAll(/X\.509 Certificate \[(.*)\]/g)];
          assert.deepEqual(
            certificates.map(([, label]) => label),
            [...own, 'CA', 'Root'],
          );
          await checkThroughPkcs11(bench, { contents, applet, own });
        });
      }
    });
  }
});

/** Lists the objects, and reads each certificate as the DER that was loaded. */
async function checkThroughPkcs11(
  bench: OpenscBench,
  options: { contents: CardContents; applet: CardApplet; own: readonly string[] },
): Promise<void> {
  const { contents, applet, own } = options;
  const { pin } = contents;
  const isPrivate = applet !== '1.8';
  const login = isPrivate && pin !== undefined ? ['--login', '--pin', pin] : [];
  const objects = await bench.runPkcs11(...login, '-O');
  const found = [...objects.matchAll(/Certificate Object.*\n\s+label:\s+(.*)/g)];
  const labels = found.map(([, label]) => label).sort();
  // Private certificates of a card without PIN: nobody can log in, so they are not shown.
  const isHidden = isPrivate && pin === undefined;
  assert.deepEqual(labels, isHidden ? [] : [...own, 'CA', 'Root'].sort());
  if (isHidden) {
    const pem = await bench.run('pkcs15-tool', '--read-certificate', '04');
    assertSame(new X509Certificate(pem).raw, contents.citizenCaCertificate);
    return;
  }
  const loaded = [
    ['02', contents.authenticationCertificate],
    ['03', contents.signatureCertificate],
    ['04', contents.citizenCaCertificate],
    ['06', contents.rootCertificate],
  ] as const;
  for (const [id, der] of loaded) {
    if (der !== undefined) assertSame(await bench.readCertificate(id, login), der);
  }
  if (contents.authenticationKey === undefined) return;
  const publicKey = createPublicKey(contents.authenticationKey);
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  const expected = bits ? `RSA ${bits} bits` : 'EC_POINT 384 bits';
  assert.match(objects, new RegExp(`Public Key Object;.*${expected}`));
}

function assertSame(read: Uint8Array, loaded: Uint8Array): void {
  assert.equal(Buffer.compare(read, loaded), 0);
}
