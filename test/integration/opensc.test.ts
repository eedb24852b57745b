/** OpenSC judges the virtual card: an independent client, through a PC/SC daemon (card facts §6.1). */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { InsertedCard } from '../kit/card/answer-reader.ts';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestContents } from '../kit/card/card-fixture.ts';
import { findPcscdProblems, type Pcscd, startPcscd } from '../kit/card/pcscd.ts';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import { connectVpcd } from '../kit/card/vpcd-client.ts';

const run = promisify(execFile);
const MODULE = ['--module', 'opensc-pkcs11.so'];

function findProblems(): string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const isInstalled = folders.some((folder) => existsSync(join(folder, 'pkcs11-tool')));
  return isInstalled ? findPcscdProblems() : ['the package opensc is not installed'];
}

const problems = findProblems();

describe('OpenSC', { skip: problems.length > 0 ? problems.join('; ') : false }, () => {
  let dir: string;
  let pcscd: Pcscd;
  let contents: CardContents;
  let inserted: InsertedCard | undefined;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kids-id-opensc-'));
    pcscd = await startPcscd({ dir });
  });

  after(async () => {
    await pcscd.stop();
    await rm(dir, { recursive: true, force: true });
  });

  afterEach(async () => {
    await inserted?.remove();
  });

  async function insert(made: CardContents): Promise<void> {
    inserted = await connectVpcd({ card: createVirtualCard(made), port: pcscd.port });
  }

  async function tool(program: string, ...args: string[]): Promise<string> {
    // Without a configuration of its own OpenSC caches in the home folder.
    const env = { PATH: process.env['PATH'], HOME: dir, ...pcscd.env };
    const { stdout } = await run(program, args, { env, timeout: 20_000 });
    return stdout;
  }

  describe('with the card of a child of 8', () => {
    beforeEach(async () => {
      contents = await createTestContents('emma');
      await insert(contents);
    });

    it('reads the answer to reset and calls it a Belpic card', async () => {
      const atr = '3b:7f:96:00:00:80:31:80:65:b0:85:04:01:20:12:0f:ff:82:90:00';
      assert.equal((await tool('opensc-tool', '-a')).trim(), atr);
      assert.equal((await tool('opensc-tool', '-n')).trim(), 'Belpic cards');
    });

    it('understands every PKCS#15 file (§2.1)', async () => {
      const dump = await tool('pkcs15-tool', '-D');
      assert.match(dump, /PKCS#15 Card \[BELPIC\]/);
      assert.match(dump, /PIN \[Basic PIN\].*min_len:4, max_len:12, stored_len:8/s);
      assert.match(dump, /Private EC Key \[Authentication\].*FieldLength\s*: 384/s);
      const certificates = [...dump.matchAll(/X\.509 Certificate \[(.*)\]/g)].map(
        ([, name]) => name,
      );
      assert.deepEqual(certificates, ['Authentication', 'CA', 'Root']);
    });

    it('lists the certificates through PKCS#11', async () => {
      const objects = await tool('pkcs11-tool', ...MODULE, '-O');
      assert.match(objects, /Certificate Object.*label:\s+Authentication/s);
      assert.match(objects, /Public Key Object; EC\s+EC_POINT 384 bits/);
    });

    it('reads each certificate as the DER that was loaded', async () => {
      const loaded = [
        ['02', contents.authenticationCertificate],
        ['04', contents.citizenCaCertificate],
        ['06', contents.rootCertificate],
      ] as const;
      for (const [id, der] of loaded) {
        const file = join(dir, `${id}.der`);
        await tool('pkcs11-tool', ...MODULE, '-r', '-y', 'cert', '--id', id, '-o', file);
        assert.deepEqual(new Uint8Array(await readFile(file)), Uint8Array.from(der ?? []));
      }
    });

    it('verifies the PIN', async () => {
      const objects = await tool('pkcs11-tool', ...MODULE, '--login', '--pin', '1234', '-O');
      assert.match(objects, /Private Key Object; EC.*label:\s+Authentication/s);
      await assert.rejects(tool('pkcs11-tool', ...MODULE, '--login', '--pin', '9999', '-O'));
      const command = '00:20:00:01:00';
      assert.match(await tool('opensc-tool', '-s', command), /SW1=0x63, SW2=0xC2/);
    });
  });

  it('finds no authentication certificate on the card of a child under 6 (§4.6)', async () => {
    await insert(await createTestContents('arthur'));
    const dump = await tool('pkcs15-tool', '-D');
    const certificates = [...dump.matchAll(/X\.509 Certificate \[(.*)\]/g)].map(([, name]) => name);
    assert.deepEqual(certificates, ['CA', 'Root']);
  });

  it('finds all four certificates on the card of an adult (§2.1)', async () => {
    const made = await createTestContents('karel');
    await insert({ ...made, signatureCertificate: made.authenticationCertificate });
    const dump = await tool('pkcs15-tool', '-D');
    const certificates = [...dump.matchAll(/X\.509 Certificate \[(.*)\]/g)].map(([, name]) => name);
    assert.deepEqual(certificates, ['Authentication', 'Signature', 'CA', 'Root']);
  });
});
