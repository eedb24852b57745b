/**
 * An example as somebody else runs it: copied out to a folder of its own with the packages that its package.json names
 * and no others, started as a program on one port of loopback, with TLS, its database in a file and a sign-in issuer
 * (card-issuer.ts); killed and started again, as often as a test likes. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { encodeCertificatePem } from '../pki/build-certificate.ts';
import { openTestPki } from '../pki/test-pki.ts';
import { claimPort } from '../start/ports.ts';
import { type IssuerClient, startCardIssuer } from './card-issuer.ts';

export type ExampleName = 'chat' | 'library';

/** What a package.json says that concerns us here. */
export interface ExamplePackage {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The example as a process. */
export interface ExampleProcess {
  /** Everything it printed so far. */
  readonly lines: readonly string[];
  /** Ends it at once, as a power cut does. */
  kill(): Promise<void>;
  /** Asks it to end; returns its exit code. */
  stop(): Promise<number | null>;
}

/** How an `npm run …` of the example ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

export interface ExampleStage {
  /** The copy. */
  readonly folder: string;
  readonly package: ExamplePackage;
  /** Under which browsers reach it; the port is the real one. */
  readonly origin: string;
  readonly issuer: string;
  /** PEM file of the authority that signed all the certificates. */
  readonly caFile: string;
  /** Where the database is, unless {@link start} is told otherwise. */
  readonly databaseFile: string;
  /** Begins to start it, and waits for nothing. */
  launch(databaseFile?: string): ExampleProcess;
  /** Starts it, and resolves when it listens. Rejects with what it printed when it ends instead. */
  start(databaseFile?: string): Promise<ExampleProcess>;
  /** Runs one of its scripts beside it. */
  run(script: string, ...args: readonly string[]): Promise<CommandResult>;
  /** Ends whatever still runs, and removes the folder. */
  remove(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The registrations of each example, as its README has them, and the names of their settings. */
const CLIENTS: Readonly<
  Record<
    ExampleName,
    readonly (Omit<IssuerClient, 'key' | 'redirectUri'> & {
      readonly path: string;
      readonly setting: string;
    })[]
  >
> = {
  chat: [
    { id: 'chat', path: '/callback', setting: '', requireAge: { min: 6, below: 13 } },
    {
      id: 'chat-moderators',
      path: '/moderate/callback',
      setting: 'MODERATORS_',
      requireAge: { min: 18 },
    },
  ],
  library: [
    { id: 'library', path: '/callback', setting: '' },
    { id: 'library-desk', path: '/desk/callback', setting: 'DESK_', requireAge: { min: 18 } },
  ],
};

/**
 * Copies the example and prepares all that it needs. Trusts the test authority in this process.
 *
 * @param change Changes the copy before anything is started: for a test of a test.
 */
export async function openExampleStage(
  name: ExampleName,
  change: (folder: string) => Promise<void> = async () => undefined,
): Promise<ExampleStage> {
  const base = await mkdtemp(join(tmpdir(), `kids-id-${name}-`));
  const folder = join(base, 'site');
  const manifest = await copyExample(name, folder);
  await change(folder);
  const pki = await openTestPki({ dir: join(base, 'pki'), now: new Date() });
  const web = pki.issueWebCertificate(['127.0.0.1', `${name}.localhost`]);
  const caPem = encodeCertificatePem(pki.webCa.certificate);
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), caPem]);
  const origin = `https://${name}.localhost:${await claimPort(0)}`;
  const clients = await Promise.all(
    CLIENTS[name].map(async ({ path, ...client }) => {
      return { ...client, key: await makeKey(client.id), redirectUri: `${origin}${path}` };
    }),
  );
  const issuer = await startCardIssuer({ web, clients });
  const caFile = join(base, 'ca.pem');
  const databaseFile = join(base, `${name}.sqlite`);
  await Promise.all([
    writeFile(caFile, caPem),
    writeFile(join(base, 'tls.key'), web.privateKeyPem, { mode: 0o600 }),
    writeFile(join(base, 'tls.pem'), web.certificatePem),
    ...clients.map(({ id, key }) => writeFile(join(base, `${id}.jwk`), JSON.stringify(key))),
  ]);
  const settings: Record<string, string> = {
    NODE_EXTRA_CA_CERTS: caFile,
    PORT: new URL(origin).port,
    PUBLIC_URL: origin,
    ISSUER: issuer.url,
    TLS_KEY_FILE: join(base, 'tls.key'),
    TLS_CERT_FILE: join(base, 'tls.pem'),
    // A test signs in more children than come to a chat in an hour.
    NEW_ACCOUNTS_PER_HOUR: '100000',
  };
  for (const { id, setting } of clients) {
    settings[`${setting}CLIENT_ID`] = id;
    settings[`${setting}CLIENT_KEY_FILE`] = join(base, `${id}.jwk`);
  }
  const children = new Set<ChildProcess>();
  const spawnScript = (script: string, args: readonly string[], file = databaseFile) => {
    const [program, ...rest] = manifest.scripts[script]?.split(' ') ?? [];
    assert.equal(program, 'node', `${script} is no script of ${name}, or does not run in Node`);
    const child = spawn(process.execPath, [...rest, ...args], {
      cwd: folder,
      env: { ...settings, [`${name.toUpperCase()}_DB`]: file },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    return child;
  };
  const launch = (file?: string) => watch(spawnScript('start', [], file));
  return {
    folder,
    package: manifest,
    origin,
    issuer: issuer.url,
    caFile,
    databaseFile,
    launch: (file) => launch(file).process,
    async start(file) {
      const { process: started, listening } = launch(file);
      await listening;
      return started;
    },
    async run(script, ...args) {
      const { process: running, ended } = watch(spawnScript(script, args));
      const code = await ended;
      return { code, output: running.lines.join('\n') };
    },
    async remove() {
      for (const child of children) await endNow(child);
      await issuer.close();
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** Copies what an example consists of to a new folder, and links the packages that its package.json names. */
export async function copyExample(name: ExampleName, folder: string): Promise<ExamplePackage> {
  await cp(join(ROOT, 'examples', name), folder, {
    recursive: true,
    filter: (source) => !source.includes('node_modules'),
  });
  const manifest: ExamplePackage = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  for (const [dependency, version] of Object.entries(manifest.dependencies)) {
    const source = join(ROOT, 'node_modules', dependency);
    const installed = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
    assert.equal(installed.version, version, `${dependency}: another version is installed here`);
    const target = join(folder, 'node_modules', dependency);
    await mkdir(dirname(target), { recursive: true });
    await symlink(source, target);
  }
  return manifest;
}

async function makeKey(clientId: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: `${clientId}-1` };
}

function watch(child: ChildProcess): {
  readonly process: ExampleProcess;
  readonly ended: Promise<number | null>;
  readonly listening: Promise<void>;
} {
  const lines: string[] = [];
  const ended = once(child, 'close').then(() => child.exitCode);
  const listening = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      assert.ok(stream);
      createInterface(stream).on('line', (line) => {
        lines.push(line);
        if (line.includes('listening on port')) resolve();
      });
    }
    void ended.then(() => reject(new Error(`it did not start:\n${lines.join('\n')}`)));
  });
  // Whoever does not wait for it does not want to hear of it.
  listening.catch(() => undefined);
  return {
    ended,
    listening,
    process: {
      lines,
      kill: () => endNow(child),
      async stop() {
        child.kill('SIGTERM');
        return ended;
      },
    },
  };
}

async function endNow(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'close');
}
