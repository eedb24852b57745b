/** The files of a gateway in test mode: configuration, keys, trust, TLS, and its clients. TEST ONLY. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeysFile } from '../../../gateway/keys.ts';
import {
  type ConnectionKey,
  connectionKeyThumbprint,
} from '../../../gateway/protocol/connection-check.ts';
import { encodeCertificatePem } from '../pki/build-certificate.ts';
import { OCSP_URL } from '../pki/certificate-profiles.ts';
import { ROOT_CRL_PATHS } from '../pki/root-crl.ts';
import type { TestPki } from '../pki/test-pki.ts';

export interface GatewayFiles {
  readonly configFile: string;
  readonly storeFile: string;
  readonly keysFile: string;
  /** What a host's list pins. */
  readonly connectionKeyThumbprint: string;
}

/** Writes a gateway's folder. Keys that are there already are kept, so that pseudonyms stay. */
export async function writeGatewayFiles(options: {
  dir: string;
  pki: TestPki;
  origin: string;
  port: number;
  ocspUrl: string;
  clients: readonly object[];
}): Promise<GatewayFiles> {
  const { dir, pki, origin, port } = options;
  const clientsFolder = join(dir, 'clients');
  mkdirSync(clientsFolder, { recursive: true, mode: 0o700 });
  const write = (name: string, content: string) =>
    writeFileSync(join(dir, name), content, { mode: 0o600 });
  const rsa = pki.rsa();
  write('anchor.pem', encodeCertificatePem(pki.root.certificate));
  write('rsa-anchor.pem', encodeCertificatePem(rsa.root.certificate));
  write('citizen-ca.pem', encodeCertificatePem(pki.citizenCa.certificate));
  write('foreigner-ca.pem', encodeCertificatePem(pki.foreignerCa.certificate));
  write('rsa-citizen-ca.pem', encodeCertificatePem(rsa.citizenCa.certificate));
  writeWebCertificate(dir, pki, new URL(origin).hostname);
  for (const [index, client] of options.clients.entries()) {
    write(`clients/${index}.json`, JSON.stringify(client, undefined, 2));
  }
  const keysFile = join(dir, 'keys.json');
  if (!existsSync(keysFile)) await createKeysFile(keysFile);
  const config = {
    mode: 'test',
    development: true,
    origin,
    listen: { host: '127.0.0.1', port },
    tls: { keyFile: 'web-key.pem', certificateFile: 'web.pem' },
    keysFile: 'keys.json',
    clientsFolder: 'clients',
    storeFile: 'store.sqlite',
    trust: {
      anchorFiles: ['anchor.pem', 'rsa-anchor.pem'],
      intermediates: ['citizen-ca.pem', 'foreigner-ca.pem', 'rsa-citizen-ca.pem'].map((file) => ({
        file,
        ocspUrl: OCSP_URL,
      })),
    },
    ocspResponders: { 'ocsp.kids-id.test': options.ocspUrl },
    revocation: {
      crls: [
        { caFile: 'anchor.pem', urls: [new URL(ROOT_CRL_PATHS.ec, options.ocspUrl).href] },
        { caFile: 'rsa-anchor.pem', urls: [new URL(ROOT_CRL_PATHS.rsa, options.ocspUrl).href] },
      ],
    },
  };
  write('config.json', JSON.stringify(config, undefined, 2));
  const { connectionKey } = JSON.parse(readFileSync(keysFile, 'utf8')) as {
    connectionKey: ConnectionKey;
  };
  return {
    configFile: join(dir, 'config.json'),
    storeFile: join(dir, 'store.sqlite'),
    keysFile,
    connectionKeyThumbprint: await connectionKeyThumbprint(connectionKey),
  };
}

/** A server certificate and key for one of our names, as `web.pem` and `web-key.pem`. */
export function writeWebCertificate(dir: string, pki: TestPki, hostname: string): void {
  const web = pki.issueWebCertificate([hostname]);
  writeFileSync(join(dir, 'web.pem'), web.certificatePem);
  writeFileSync(join(dir, 'web-key.pem'), web.privateKeyPem, { mode: 0o600 });
}
