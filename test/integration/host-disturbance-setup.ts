/** A host as a process, a PC/SC daemon of its own, and other programs at the same card. TEST ONLY. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EXTENSION_ID } from '../../extension/package/extension-id.ts';
import { type Pcscd, startPcscd } from '../kit/card/pcscd.ts';
import type { VirtualCard } from '../kit/card/virtual-card.ts';
import { connectVpcd } from '../kit/card/vpcd-client.ts';
import { type CardGateway, startCardGateway, TICKET } from '../kit/host/card-gateway.ts';
import { createHostTalk, type HostMessage, type HostTalk } from '../kit/host/frame-stream.ts';
import { type HostPki, listEntry, openHostPki } from '../kit/host/host-bench.ts';

const MAIN = fileURLToPath(new URL('../../native-host/main.ts', import.meta.url));
const OTHER_PROGRAM = fileURLToPath(new URL('../kit/host/other-program.ts', import.meta.url));
/** A machine with other work on it: what is asserted about time is asserted elsewhere. */
const ANSWER_MS = 30_000;

/** What the tests of a file share. */
export interface DisturbanceBench {
  readonly pki: HostPki;
  readonly gateway: CardGateway;
  /** A daemon for one test. */
  startReader(context: TestContext): Promise<Pcscd>;
  /** A host that runs a login; `preload`: a module that it loads first. */
  startLogin(context: TestContext, pcscd: Pcscd, preload?: string): HostProcess;
  close(): Promise<void>;
}

/** A host that runs, and the window's end of it. */
export interface HostProcess extends HostTalk {
  readonly child: ChildProcess;
  /** Resolves when the process has ended. */
  readonly exited: Promise<unknown>;
  /** The question for a PIN, first or again. */
  pinWanted(wrong?: boolean): Promise<HostMessage>;
  sendPin(pin: string): void;
  /** The reply to the login. */
  findReply(): Promise<HostMessage>;
  /** Ends its stdin and waits for it to exit. */
  end(): Promise<void>;
}

/** Another program at the card. */
export interface OtherProgram {
  /** Has it do one thing (see other-program.ts) and returns how that went. */
  ask(line: string): Promise<string>;
  /** Kills it and waits for its end. */
  kill(): Promise<void>;
}

/** Makes a gateway and a list for hosts. */
export async function openDisturbanceBench(): Promise<DisturbanceBench> {
  const dir = await mkdtemp(join(tmpdir(), 'kids-id-disturb-'));
  const pki = await openHostPki();
  const certificate = pki.pki.issueWebCertificate(['gateway.localhost']);
  const gateway = await startCardGateway({ certificate });
  await mkdir(join(dir, 'kids-id'));
  const list = [listEntry(gateway, pki.certificateAuthority)];
  await writeFile(join(dir, 'kids-id', 'gateways.json'), JSON.stringify(list));
  let count = 0;
  return {
    pki,
    gateway,
    async startReader(context) {
      count += 1;
      const pcscd = await startPcscd({ dir: join(dir, `pcscd-${count}`) });
      context.after(() => pcscd.stop());
      return pcscd;
    },
    startLogin(context, pcscd, preload) {
      const env = { XDG_CONFIG_HOME: dir, ...pcscd.env };
      return startLogin(context, { origin: gateway.origin, env, preload });
    },
    async close() {
      await gateway.stop();
      await pki.close();
      await rm(dir, { recursive: true });
    },
  };
}

function startLogin(
  context: TestContext,
  options: { origin: string; env: NodeJS.ProcessEnv; preload: string | undefined },
): HostProcess {
  const env = { ...process.env, ...options.env };
  const flags = options.preload === undefined ? [] : ['--import', options.preload];
  const words = [...flags, MAIN, `chrome-extension://${EXTENSION_ID}/`];
  const child = spawn(process.execPath, words, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  context.after(() => child.kill('SIGKILL'));
  const talk = createHostTalk({ input: child.stdin, output: child.stdout });
  const id = 'l';
  talk.send({ type: 'login', id, origin: options.origin, ticket: TICKET, language: 'nl' });
  return {
    ...talk,
    child,
    exited,
    pinWanted: (wrong = false) =>
      talk.find((message) => message.type === 'pin-wanted' && message['wrong'] === wrong),
    sendPin: (pin) => talk.send({ type: 'pin', id, digits: [...pin].map(Number) }),
    findReply: () => talk.find(({ type }) => type === 'login'),
    async end() {
      child.stdin.end();
      await exited;
    },
  };
}

/** Puts a card into the reader until the test ends. */
export async function insertCard(
  context: TestContext,
  pcscd: Pcscd,
  card: VirtualCard,
): Promise<{ remove(): Promise<void> }> {
  const inserted = await connectVpcd({ card, port: pcscd.port });
  context.after(() => inserted.remove());
  return inserted;
}

/** Starts another program, which waits for a card and for what it is asked to do. */
export function startOtherProgram(context: TestContext, pcscd: Pcscd): OtherProgram {
  const child = spawn(process.execPath, [OTHER_PROGRAM], {
    env: { ...process.env, ...pcscd.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  context.after(() => child.kill('SIGKILL'));
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const late = AbortSignal.timeout(ANSWER_MS);
      const { promise, reject } = Promise.withResolvers<never>();
      late.addEventListener('abort', () => reject(new Error(`no answer to "${line}" in time`)));
      const { value } = await Promise.race([answers.next(), promise]);
      return value ?? 'ended';
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
