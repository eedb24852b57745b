/** The files of a gateway in test mode: configuration, keys, trust, TLS, and the chat as its client. TEST ONLY. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { createKeysFile } from '../../../gateway/keys.ts';
import {
  type ConnectionKey,
  connectionKeyThumbprint,
} from '../../../gateway/protocol/connection-check.ts';
import { encodeCertificatePem } from '../pki/build-certificate.ts';
import { OCSP_URL } from '../pki/certificate-profiles.ts';
import type { TestPki } from '../pki/test-pki.ts';

export interface GatewayFiles {
  readonly configFile: string;
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
  write('anchor.pem', encodeCertificatePem(pki.root.certificate));
  write('citizen-ca.pem', encodeCertificatePem(pki.citizenCa.certificate));
  writeWebCertificate(dir, pki, new URL(origin).hostname);
  for (const [index, client] of options.clients.entries()) {
    write(`clients/${index}.json`, JSON.stringify(client, undefined, 2));
  }
  const keysFile = join(dir, 'keys.json');
  if (!existsSync(keysFile)) await createKeysFile(keysFile);
  const config = {
    mode: 'test',
    origin,
    listen: { host: '127.0.0.1', port },
    tls: { keyFile: 'web-key.pem', certificateFile: 'web.pem' },
    keysFile: 'keys.json',
    clientsFolder: 'clients',
    storeFile: 'store.sqlite',
    trust: {
      anchorFiles: ['anchor.pem'],
      intermediates: [{ file: 'citizen-ca.pem', ocspUrl: OCSP_URL }],
    },
    ocspResponders: { 'ocsp.kids-id.test': options.ocspUrl },
  };
  write('config.json', JSON.stringify(config, undefined, 2));
  const { connectionKey } = JSON.parse(readFileSync(keysFile, 'utf8')) as {
    connectionKey: ConnectionKey;
  };
  return {
    configFile: join(dir, 'config.json'),
    connectionKeyThumbprint: await connectionKeyThumbprint(connectionKey),
  };
}

/** A server certificate and key for one of our names, as `web.pem` and `web-key.pem`. */
export function writeWebCertificate(dir: string, pki: TestPki, hostname: string): void {
  const web = pki.issueWebCertificate([hostname]);
  writeFileSync(join(dir, 'web.pem'), web.certificatePem);
  writeFileSync(join(dir, 'web-key.pem'), web.privateKeyPem, { mode: 0o600 });
}

/** The chat's folder, with its client key; returns its registration at the gateway (design §5). */
export async function writeChatFiles(options: {
  dir: string;
  pki: TestPki;
  origin: string;
}): Promise<object> {
  const { dir, pki, origin } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const { hostname } = new URL(origin);
  writeWebCertificate(dir, pki, hostname);
  const pair = await generateKeyPair('ES256', { extractable: true });
  const kid = 'chat-1';
  const privateKey = { ...(await exportJWK(pair.privateKey)), kid };
  writeFileSync(join(dir, 'client-key.json'), JSON.stringify(privateKey), { mode: 0o600 });
  return {
    clientId: 'chat',
    site: { name: 'Kids Chat', picture: CHAT_PICTURE },
    organisation: 'Example Chat vzw',
    sector: hostname,
    subjectMode: 'pairwise',
    ageThresholds: [9],
    requireAge: { min: 6, below: 13 },
    redirectUris: [`${origin}/callback`],
    authentication: {
      method: 'private_key_jwt',
      jwks: { keys: [{ ...(await exportJWK(pair.publicKey)), kid }] },
    },
    par: 'required',
  };
}

/** Two speech balloons. */
const CHAT_PICTURE = `data:image/svg+xml;base64,${Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">' +
    '<rect width="64" height="64" rx="14" fill="#12766b"/>' +
    '<path d="M12 16h26a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H24l-8 7v-7h-4a4 4 0 0 1-4-4V20a4 4 0 0 1 4-4z" fill="#fff"/>' +
    '<path d="M46 28h6a4 4 0 0 1 4 4v10a4 4 0 0 1-4 4h-2v7l-8-7H30a4 4 0 0 1-4-4v-2h14a6 6 0 0 0 6-6z" fill="#ffd166"/>' +
    '</svg>',
).toString('base64')}`;
