/**
 * The gateway as operators run it, a process of its own, with a relay on its web channel and one before
 * its OCSP responder; the card channel is recorded by the host that the test drives. TEST ONLY.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { encodeBase64url } from '../../../gateway/protocol/bytes.ts';
import { openSqliteStore } from '../../../gateway/store/sqlite-store.ts';
import { parseCertificateFields } from '../../../native-host/login/certificate-fields.ts';
import { createLoginSteps, type LoginSteps, type OpenLogin } from '../gateway/login-steps.ts';
import { makeAuthenticator, makeEmptyAuthenticator, type RawHost } from '../gateway/raw-host.ts';
import type { TestGateway } from '../gateway/test-gateway.ts';
import { encodeCertificatePem } from '../pki/build-certificate.ts';
import { startOcspResponder } from '../pki/ocsp-responder.ts';
import { openTestPki, type TestPki } from '../pki/test-pki.ts';
import { startChild } from '../start/child-process.ts';
import { writeChatFiles } from '../start/example-sites.ts';
import { writeGatewayFiles } from '../start/gateway-files.ts';
import { claimPort } from '../start/ports.ts';
import type { CardHolder } from './card-holder.ts';
import { startTap, type Tap } from './tap.ts';

const root = join(import.meta.dirname, '../../..');
const DAY_MS = 86_400_000;
const OUTPUT_TIMEOUT_MS = 5_000;

export interface WatchedGateway {
  readonly pki: TestPki;
  readonly web: Tap;
  readonly ocsp: Tap;
  readonly storeFile: string;
  /** Steps whose web requests pass the relay; `connect` and what uses it cannot. */
  readonly steps: LoginSteps;
  /** Everything that the process wrote, both streams. */
  output(): string;
  /** Resolves when the output matches; pipes are read later than answers. */
  waitForOutput(pattern: RegExp): Promise<void>;
  /** What hosts sent on the card channel, and what they were answered. */
  readonly cardChannel: { readonly sent: string[]; readonly answered: string[] };
  /** A host's connection of which nothing is recorded. */
  connect(): Promise<RawHost>;
  /** Proves a card for a login as a host does. */
  prove(login: OpenLogin, holder: CardHolder): Promise<Record<string, unknown>>;
  /** Says the authenticated no. */
  refuse(login: OpenLogin): Promise<Record<string, unknown>>;
  /** The database, its log and its shared memory as they are on the disk now; none that is absent. */
  disk(): Record<string, Buffer>;
  /** Lets the process die when it next reads a person. */
  crashAtNextPerson(): void;
  /** Ends the process; a day later another one opens the store and sweeps it. */
  endAndSweep(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it in a temporary folder. */
export async function startWatchedGateway(): Promise<WatchedGateway> {
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-privacy-'));
  const at = { dir, now: () => new Date(), chatOrigin: 'https://chat.localhost' };
  const pki = await openTestPki({ dir: join(dir, 'pki'), now: at.now() });
  const responder = await startOcspResponder({ pki, now: at.now });
  const ocsp = await startTap({ targetPort: responder.port });
  const port = await claimPort(0);
  const origin = `https://gateway.localhost:${port}`;
  const { children: chat } = await writeChatFiles({
    ...{ dir: join(dir, 'chat'), pki, origin: at.chatOrigin },
  });
  const { configFile, connectionKeyThumbprint } = await writeGatewayFiles({
    ...{ dir: join(dir, 'gateway'), pki, origin, port, clients: [chat] },
    ocspUrl: `http://127.0.0.1:${ocsp.port}/`,
  });
  const crashFile = join(dir, 'crash');
  const child = await startChild({
    name: 'The gateway',
    script: join(root, 'gateway/main.ts'),
    args: ['--config', configFile],
    preloads: ['../privacy/crash-at-person.ts'],
    env: { KIDS_ID_CRASH_FILE: crashFile },
    ready: /"msg":"listening"/,
  });
  const shown = pki.issueWebCertificate(['gateway.localhost']);
  const webCa = encodeCertificatePem(pki.webCa.certificate);
  const web = await startTap({
    targetPort: port,
    tls: {
      key: shown.privateKeyPem,
      cert: shown.certificatePem,
      ca: webCa,
      servername: 'gateway.localhost',
    },
  });
  const storeFile = join(dir, 'gateway', 'store.sqlite');
  const gateway: TestGateway = {
    ...{ origin, port, webCa, connectionKeyThumbprint, pki, ocsp: responder, storeFile, log: [] },
    redirectUri: `${at.chatOrigin}/callback`,
    clientKey: JSON.parse(readFileSync(join(dir, 'chat', 'client-key.json'), 'utf8')),
    stop: () => child.stop(),
  };
  const steps = await createLoginSteps({ ...gateway, port: web.port });
  const direct = await createLoginSteps(gateway);
  const cardChannel = { sent: [] as string[], answered: [] as string[] };

  /** A host up to the request that it is to sign. */
  async function claim(login: OpenLogin) {
    const host = record(await direct.connect(), cardChannel);
    return { host, request: await direct.claim(host, await steps.ticketOf(login)) };
  }

  return {
    ...{ pki, web, ocsp, storeFile, steps, cardChannel },
    output: () => child.output(),
    connect: direct.connect,
    async waitForOutput(pattern) {
      const deadline = AbortSignal.timeout(OUTPUT_TIMEOUT_MS);
      while (!pattern.test(child.output())) await setTimeout(20, undefined, { signal: deadline });
    },
    async prove(login, { contents }) {
      const { authenticationCertificate: certificate, authenticationKey: key } = contents;
      if (!certificate || !key) throw new TypeError('card without a certificate');
      const { host, request } = await claim(login);
      const { issuer, serial } = parseCertificateFields(certificate);
      const named = { issuer: encodeBase64url(issuer), serial: encodeBase64url(serial) };
      await host.post('/card/certificate', named);
      const card = { certificate, key };
      const authenticator = await makeAuthenticator({ keys: host.keys(), request, card });
      const { body } = await host.post('/card/authenticator', { authenticator });
      host.close();
      return body;
    },
    async refuse(login) {
      const { host, request } = await claim(login);
      const authenticator = await makeEmptyAuthenticator(host.keys(), request);
      const { body } = await host.post('/card/authenticator', { authenticator });
      host.close();
      return body;
    },
    disk: () =>
      Object.fromEntries(
        ['', '-wal', '-shm']
          .map((suffix) => storeFile + suffix)
          .filter((file) => existsSync(file))
          .map((file) => [file.slice(dir.length), readFileSync(file)]),
      ),
    crashAtNextPerson: () => writeFileSync(crashFile, ''),
    async endAndSweep() {
      await child.stop();
      const now = () => new Date(Date.now() + DAY_MS);
      const store = openSqliteStore({ path: storeFile, now });
      await store.sweep();
      await store.close();
    },
    async stop() {
      await child.stop();
      await web.stop();
      await ocsp.stop();
      await responder.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function record(host: RawHost, kept: { sent: string[]; answered: string[] }): RawHost {
  return {
    ...host,
    async post(path, body) {
      kept.sent.push(`${path} ${JSON.stringify(body)}`);
      const reply = await host.post(path, body);
      kept.answered.push(`${reply.status} ${JSON.stringify(reply.body)}`);
      return reply;
    },
  };
}
