/**
 * A gateway in this process, with the test PKI and its OCSP responder, on free ports: for tests that
 * speak its protocols themselves. TEST ONLY.
 */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway } from '../../../gateway/app.ts';
import { loadTrust } from '../../../gateway/certificate/trust.ts';
import { type GatewayConfig, readConfig } from '../../../gateway/config.ts';
import { readKeys } from '../../../gateway/keys.ts';
import { buildPageScripts } from '../../../gateway/login/build-page-scripts.ts';
import { openClientFolder } from '../../../gateway/oidc/client-folder.ts';
import { createClientRegistration } from '../../../gateway/oidc/dynamic-registration.ts';
import { checkClient } from '../../../gateway/oidc/provider.ts';
import { createRevocation } from '../../../gateway/revocation.ts';
import { openSqliteStore } from '../../../gateway/store/sqlite-store.ts';
import { encodeCertificatePem } from '../pki/build-certificate.ts';
import { type OcspResponder, startOcspResponder } from '../pki/ocsp-responder.ts';
import { openTestPki, type TestPki, type WebCertificate } from '../pki/test-pki.ts';
import { writeChatFiles } from '../start/example-sites.ts';
import { writeGatewayFiles } from '../start/gateway-files.ts';
import { claimPort } from '../start/ports.ts';

export interface TestGateway {
  readonly origin: string;
  readonly port: number;
  /** PEM of the CA of the web listener. */
  readonly webCa: string;
  readonly connectionKeyThumbprint: string;
  readonly pki: TestPki;
  readonly ocsp: OcspResponder;
  readonly storeFile: string;
  /** Registered: `chat` as `npm start` has it, with this callback and private key. */
  readonly redirectUri: string;
  readonly clientKey: Readonly<Record<string, string>>;
  /** Everything that was logged. */
  readonly log: readonly { readonly fields: object; readonly message: string }[];
  stop(): Promise<void>;
}

/** One whose clients a test may change while it runs. */
export interface ChangeableTestGateway extends TestGateway {
  /** A file per client, watched; `reloadClients` reads it at once. */
  readonly clientsFolder: string;
  reloadClients(): void;
}

/** The name that raw clients ask for in their handshake, whatever the origin's is. */
const USUAL_NAME = 'gateway.localhost';

/**
 * Starts a gateway in a temporary folder. `clients` are registered beside the chat; `hostname` is for
 * browsers that are told where it leads.
 */
export async function startTestGateway(
  options: {
    clients?: readonly object[];
    now?: () => Date;
    hostname?: string;
    /** Beside what the test files say. */
    config?: Partial<GatewayConfig>;
  } = {},
): Promise<ChangeableTestGateway> {
  const now = options.now ?? (() => new Date());
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-gateway-'));
  const port = await claimPort(0);
  const origin = `https://${options.hostname ?? USUAL_NAME}:${port}`;
  const chatOrigin = 'https://chat.localhost';
  const pki = await openTestPki({ dir: join(dir, 'pki'), now: now() });
  const ocsp = await startOcspResponder({ pki, now });
  const { children: chat } = await writeChatFiles({
    dir: join(dir, 'chat'),
    pki,
    origin: chatOrigin,
  });
  const { configFile, connectionKeyThumbprint } = await writeGatewayFiles({
    dir: join(dir, 'gateway'),
    pki,
    origin,
    port,
    ocspUrl: ocsp.url,
    clients: [chat, ...(options.clients ?? [])],
  });
  const config = { ...readConfig(configFile), ...options.config };
  if (options.hostname)
    writeWebFiles(config, pki.issueWebCertificate([options.hostname, USUAL_NAME]));
  const store = openSqliteStore({ path: config.storeFile, now });
  const log: { fields: object; message: string }[] = [];
  const write = (fields: object, message: string) => void log.push({ fields, message });
  const trust = loadTrust({
    mode: 'test',
    anchors: [pki.root, pki.rsa().root].map(({ certificate }) => certificate),
    intermediates: [pki.citizenCa, pki.foreignerCa, pki.rsa().citizenCa].map(
      ({ certificate }) => certificate,
    ),
  });
  const logger = { info: write, warn: write, error: write };
  const { clientsFolder: folder, development } = config;
  const clients = openClientFolder({ folder, development, checkClient, logger });
  const server = createGateway({
    config,
    keys: await readKeys(config.keysFile),
    clients,
    registration: development ? createClientRegistration({ folder, clients }) : undefined,
    trust,
    revocation: createRevocation({ config, trust, now }),
    store,
    pageScripts: await buildPageScripts(),
    now,
    logger,
  });
  const stop = async () => {
    clients.close();
    server.close();
    server.closeAllConnections();
    await store.close();
    await ocsp.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await once(server.listen(config.listen), 'listening');
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    origin,
    port,
    webCa: encodeCertificatePem(pki.webCa.certificate),
    connectionKeyThumbprint,
    pki,
    ocsp,
    storeFile: config.storeFile,
    clientsFolder: folder,
    reloadClients: clients.reload,
    redirectUri: `${chatOrigin}/callback`,
    clientKey: JSON.parse(readFileSync(join(dir, 'chat', 'client-key.json'), 'utf8')),
    log,
    stop,
  };
}

function writeWebFiles({ tls }: GatewayConfig, web: WebCertificate): void {
  writeFileSync(tls.certificateFile, web.certificatePem);
  writeFileSync(tls.keyFile, web.privateKeyPem, { mode: 0o600 });
}
