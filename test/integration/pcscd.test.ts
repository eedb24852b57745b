/** The PC/SC daemon of our own: isolated, more than one at a time, gone when it should be. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestContents, toHex } from '../kit/card/card-fixture.ts';
import { findPcscdProblems, type Pcscd, startPcscd } from '../kit/card/pcscd.ts';
import { createVirtualCard } from '../kit/card/virtual-card.ts';
import { connectVpcd } from '../kit/card/vpcd-client.ts';

const run = promisify(execFile);
const PROBE = fileURLToPath(new URL('../kit/card/pcsc-probe.ts', import.meta.url));
const MAIN = fileURLToPath(new URL('../kit/card/main.ts', import.meta.url));
const DEADLINE_MS = 20_000;
const problems = findPcscdProblems();

describe('pcscd of our own', { skip: problems.length > 0 ? problems.join('; ') : false }, () => {
  let root: string;
  let emma: CardContents;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kids-id-pcscd-'));
    emma = await createTestContents('emma');
  });

  after(() => rm(root, { recursive: true, force: true }));

  async function withPcscd(name: string, use: (pcscd: Pcscd) => Promise<void>): Promise<void> {
    const pcscd = await startPcscd({ dir: join(root, name) });
    try {
      await use(pcscd);
    } finally {
      await pcscd.stop();
    }
  }

  async function probe(pcscd: Pcscd, ...commands: string[]): Promise<string[]> {
    const env = { PATH: process.env['PATH'], ...pcscd.env };
    const { stdout } = await run(process.execPath, [PROBE, ...commands], {
      env,
      timeout: DEADLINE_MS,
    });
    return stdout.trim().split('\n');
  }

  it('gives pcsc-mini a card that answers GET CARD DATA (§1.3)', async () => {
    await withPcscd('one', async (pcscd) => {
      const inserted = await connectVpcd({ card: createVirtualCard(emma), port: pcscd.port });
      const [data, extended] = await probe(pcscd, '80E400001C', '80E400011F');
      assert.equal(data?.slice(0, 32), toHex(emma.chipSerial));
      assert.equal(data?.slice(42), '1800010000020f9000');
      assert.equal(extended?.slice(-10), '03ffff9000');
      await inserted.remove();
    });
  });

  it('takes a card out and another in', async () => {
    await withPcscd('swap', async (pcscd) => {
      for (const name of ['emma', 'noah']) {
        const contents = await createTestContents(name);
        const inserted = await connectVpcd({ card: createVirtualCard(contents), port: pcscd.port });
        const [data] = await probe(pcscd, '80E400001C');
        assert.equal(data?.slice(0, 32), toHex(contents.chipSerial));
        await inserted.remove();
      }
    });
  });

  it('gives an empty answer or an error for a silent card, which then comes back (§1.8)', async () => {
    await withPcscd('silent', async (pcscd) => {
      const card = createVirtualCard(emma, { silentCommands: 1 });
      const inserted = await connectVpcd({ card, port: pcscd.port });
      const ask = () => probe(pcscd, '80E400001C').catch(() => ['']);
      assert.deepEqual(await ask(), ['']);
      const deadlineMs = performance.now() + DEADLINE_MS;
      let [data] = await ask();
      while (data === '' && performance.now() < deadlineMs) [data] = await ask();
      assert.equal(data?.slice(0, 32), toHex(emma.chipSerial));
      await inserted.remove();
    });
  });

  it('runs twice at the same time, each with its own card', async () => {
    const noah = await createTestContents('noah');
    await withPcscd('left', (left) =>
      withPcscd('right', async (right) => {
        await connectVpcd({ card: createVirtualCard(emma), port: left.port });
        await connectVpcd({ card: createVirtualCard(noah), port: right.port });
        const answers = [await probe(left, '80E400001C'), await probe(right, '80E400001C')];
        const serials = answers.map(([data]) => data?.slice(0, 32));
        assert.deepEqual(serials, [toHex(emma.chipSerial), toHex(noah.chipSerial)]);
      }),
    );
  });

  it('listens on loopback only, and leaves the system as it was', async () => {
    const before = existsSync('/run/pcscd') ? await readdir('/run/pcscd') : undefined;
    const mounts = await readFile('/proc/self/mounts', 'utf8');
    await withPcscd('quiet', async (pcscd) => {
      const hexPort = pcscd.port.toString(16).toUpperCase().padStart(4, '0');
      const table = await readFile('/proc/net/tcp', 'utf8');
      assert.match(table, new RegExp(`0100007F:${hexPort} 00000000:0000 0A`));
      assert.doesNotMatch(table, /:8C7B 00000000:0000 0A/);
      assert.equal(await readFile('/proc/self/mounts', 'utf8'), mounts);
      assert.deepEqual(existsSync('/run/pcscd') ? await readdir('/run/pcscd') : undefined, before);
    });
  });

  it('answers a command in far less than the 40 ms of a delayed acknowledgement', async () => {
    await withPcscd('fast', async (pcscd) => {
      const inserted = await connectVpcd({ card: createVirtualCard(emma), port: pcscd.port });
      const few = await timed(() => probe(pcscd, '80E400001C'));
      const many = await timed(() =>
        probe(pcscd, ...Array.from({ length: 101 }, () => '80E400001C')),
      );
      assert.ok((many - few) / 100 < 20);
      await inserted.remove();
    });
  });

  it('ends its process, port, relay and files when it is stopped, also twice', async () => {
    const dir = join(root, 'stopped');
    const pcscd = await startPcscd({ dir });
    const inserted = await connectVpcd({ card: createVirtualCard(emma), port: pcscd.port });
    await pcscd.stop();
    await pcscd.stop();
    await pcscd.exited;
    await inserted.removed;
    assert.equal(isAlive(pcscd.pid), false);
    assert.deepEqual(await readdir(dir), []);
    await assert.rejects(once(connect({ port: pcscd.port, host: '127.0.0.1' }), 'connect'));
  });

  it('refuses a second daemon in the same folder', async () => {
    await withPcscd('same', async (pcscd) => {
      await assert.rejects(startPcscd({ dir: join(root, 'same') }), /another pcscd runs/);
      assert.equal(isAlive(pcscd.pid), true);
    });
  });

  it('leaves nothing behind when the port for cards is taken', async () => {
    await withPcscd('first', async ({ port }) => {
      const dir = join(root, 'second');
      await assert.rejects(startPcscd({ dir, port }), /EADDRINUSE/);
      assert.deepEqual(await readdir(dir), []);
    });
  });

  it('refuses a folder whose path is too long for a socket (unix(7))', async () => {
    await assert.rejects(startPcscd({ dir: join(root, 'x'.repeat(100)) }), RangeError);
  });

  it('refuses a second card while one is in the reader', async () => {
    await withPcscd('full', async (pcscd) => {
      await connectVpcd({ card: createVirtualCard(emma), port: pcscd.port });
      const card = createVirtualCard(emma);
      const second = connectVpcd({ card, port: pcscd.port, timeoutMs: 1500 });
      await assert.rejects(second, /in time/);
    });
  });

  describe('npm run card', () => {
    async function startMain(name: string, ...options: string[]) {
      const child = spawn(process.execPath, [MAIN, '--person', 'emma', '--port', '1', ...options], {
        env: { PATH: process.env['PATH'], KIDS_ID_DATA: join(root, name) },
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: DEADLINE_MS,
      });
      const lines: string[] = [];
      for await (const line of createInterface(child.stdout)) {
        lines.push(line);
        if (line.includes('is in the reader')) break;
      }
      return { child, text: lines.join('\n') };
    }

    it('starts a reader of its own, says how to reach it, and takes all away at SIGTERM', async () => {
      const { child, text } = await startMain('main');
      const socket = /^export PCSCLITE_CSOCK_NAME=(.*)$/m.exec(text)?.[1] ?? '';
      assert.match(text, /PIN 1234/);
      assert.ok(existsSync(socket));
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      assert.deepEqual(await exit, [0, null]);
      assert.ok(!existsSync(socket));
      assert.deepEqual(await readdir(join(root, 'main')), ['cards', 'pki']);
    });

    it('takes an applet and a fault: the card is pulled out, and the command ends (§6.3)', async () => {
      const fault = ['--applet', '1.7', '--fault', 'pulled-reading'];
      const { child, text } = await startMain('fault', ...fault);
      assert.match(text, /applet 1\.7; PIN 1234; fault: pulled out in the middle of READ BINARY/);
      const socket = /^export PCSCLITE_CSOCK_NAME=(.*)$/m.exec(text)?.[1] ?? '';
      const env = { PATH: process.env['PATH'], PCSCLITE_CSOCK_NAME: socket };
      const exit = once(child, 'exit');
      // The answer to the second command is lost with the card; what the probe makes of it is its own affair.
      const commands = [PROBE, '00A4080C022F00', '00B0000000'];
      await run(process.execPath, commands, { env, timeout: DEADLINE_MS }).catch(() => undefined);
      assert.deepEqual(await exit, [0, null]);
    });

    it('takes its reader with it when it is killed', async () => {
      const { child, text } = await startMain('killed');
      const folder = /=(.*)\/pcscd\.comm$/m.exec(text)?.[1] ?? '';
      // The file ends in a line feed and a zero.
      const pid = Number.parseInt(await readFile(join(folder, 'pcscd.pid'), 'utf8'), 10);
      assert.equal(isAlive(pid), true);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const deadlineMs = performance.now() + 5000;
      while (isAlive(pid) && performance.now() < deadlineMs) await delay(10);
      assert.equal(isAlive(pid), false);
    });

    it('uses a reader that is there already', async () => {
      await withPcscd('theirs', async (pcscd) => {
        const child = spawn(
          process.execPath,
          [MAIN, '--person', 'emma', '--port', String(pcscd.port)],
          {
            env: { PATH: process.env['PATH'], KIDS_ID_DATA: join(root, 'main') },
            stdio: ['ignore', 'pipe', 'inherit'],
            timeout: DEADLINE_MS,
          },
        );
        const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
        assert.match(line, /The card of emma is in the reader/);
        const [data] = await probe(pcscd, '80E400001C');
        assert.match(data ?? '', /9000$/);
        const exit = once(child, 'exit');
        child.kill('SIGINT');
        assert.deepEqual(await exit, [0, null]);
      });
    });
  });
});

/** A process that has ended but waits to be collected (state Z, proc(5)) is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
