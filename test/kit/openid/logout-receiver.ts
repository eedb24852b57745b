/**
 * The end of a relying party that hears of log-outs (OpenID Connect Back-Channel Logout 1.0 §2.5): an
 * HTTPS server on loopback with a certificate of the test PKI, which this process trusts meanwhile. TEST ONLY.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { encodeCertificatePem } from '../pki/build-certificate.ts';
import { openTestPki } from '../pki/test-pki.ts';

const HOST = 'rp.localhost';

/** One request as it came. */
export interface ReceivedLogout {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly form: URLSearchParams;
}

export interface LogoutReceiver {
  /** What a client registers as its `backchannel_logout_uri`. */
  readonly uri: string;
  /** The host of {@link LogoutReceiver.uri}: it leads to this machine. */
  readonly host: string;
  /** Everything that came, in order. */
  readonly received: readonly ReceivedLogout[];
  /** The next answers, first come first served; 200 when there is none. */
  readonly statuses: number[];
  close(): Promise<void>;
}

/** Starts a receiver. Certificates of the test PKI are trusted by this process until it is closed. */
export async function startLogoutReceiver(): Promise<LogoutReceiver> {
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-logout-'));
  const pki = await openTestPki({ dir, now: new Date() });
  const web = pki.issueWebCertificate([HOST]);
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, encodeCertificatePem(pki.webCa.certificate)]);
  const received: ReceivedLogout[] = [];
  const statuses: number[] = [];
  const server = createServer(
    { key: web.privateKeyPem, cert: web.certificatePem },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({
          method: request.method ?? '',
          path: request.url ?? '',
          contentType: request.headers['content-type'] ?? '',
          form: new URLSearchParams(Buffer.concat(chunks).toString()),
        });
        response.writeHead(statuses.shift() ?? 200, { 'cache-control': 'no-store' }).end();
      });
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    uri: `https://${HOST}:${port}/backchannel_logout`,
    host: HOST,
    received,
    statuses,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      setDefaultCACertificates(trusted);
      rmSync(dir, { recursive: true });
    },
  };
}
