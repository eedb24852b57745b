/**
 * The example sites beside a gateway: their TLS certificates, client keys, registrations as their READMEs show them, and
 * how each is started. TEST ONLY.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import type { TestPki } from '../pki/test-pki.ts';
import { type Child, startChild } from './child-process.ts';
import { writeWebCertificate } from './gateway-files.ts';

/** Where a site keeps its files, and where browsers find it. */
interface SiteOptions {
  dir: string;
  pki: TestPki;
  origin: string;
}

/** A registration at the gateway (design §5), as its operator would write it down. */
interface ClientFile extends Readonly<Record<string, unknown>> {
  readonly clientId: string;
  readonly sector: string;
}

const examples = join(import.meta.dirname, '../../../examples');

/** The chat's folder, with its client keys; returns its two registrations. */
export async function writeChatFiles(
  options: SiteOptions,
): Promise<{ children: ClientFile; adults: ClientFile }> {
  const { dir, origin } = options;
  const hostname = openSiteFolder(options);
  const organisation = 'Coucou vzw';
  const picture = pictureOf('chat/public/bird.svg');
  return {
    children: {
      clientId: 'chat',
      site: { name: 'Coucou', picture },
      organisation,
      sector: hostname,
      subjectMode: 'pairwise',
      ageThresholds: [9],
      requireAge: { min: 6, below: 13 },
      redirectUris: [`${origin}/callback`],
      ...(await createClientKey(join(dir, 'client-key.json'), 'chat-1')),
    },
    adults: {
      clientId: 'chat-moderators',
      site: { name: 'Coucou (grown-ups)', picture },
      organisation,
      sector: `moderators.${hostname}`,
      subjectMode: 'pairwise',
      requireAge: { min: 18 },
      cutPointsReason:
        "Only adults may moderate a children's chat or agree for a child; adults' and children's subjects cannot be compared.",
      redirectUris: [`${origin}/moderate/callback`],
      ...(await createClientKey(join(dir, 'moderators-key.json'), 'chat-moderators-1')),
    },
  };
}

/** The library's folder, with its client keys; returns its two registrations. */
export async function writeLibraryFiles(
  options: SiteOptions,
): Promise<{ readers: ClientFile; desk: ClientFile }> {
  const { dir, origin } = options;
  const hostname = openSiteFolder(options);
  const organisation = 'Stad Voorbeeld';
  const picture = pictureOf('library/public/book.svg');
  return {
    readers: {
      clientId: 'library',
      site: { name: 'Mirabel', picture },
      organisation,
      sector: hostname,
      subjectMode: 'pairwise',
      redirectUris: [`${origin}/callback`],
      ...(await createClientKey(join(dir, 'client-key.json'), 'library-1')),
    },
    desk: {
      clientId: 'library-desk',
      site: { name: 'Mirabel, desk', picture },
      organisation,
      sector: `desk.${hostname}`,
      subjectMode: 'pairwise',
      requireAge: { min: 18 },
      redirectUris: [`${origin}/desk/callback`],
      ...(await createClientKey(join(dir, 'desk-key.json'), 'library-desk-1')),
    },
  };
}

/** The chat's database in its folder. */
export function chatDatabaseIn(dir: string): string {
  return join(dir, 'chat.sqlite');
}

/** The library's database in its folder. */
export function libraryDatabaseIn(dir: string): string {
  return join(dir, 'library.sqlite');
}

interface StartOptions {
  dir: string;
  port: number;
  origin: string;
  issuer: string;
  caFile: string;
}

/** Starts the chat on the files of `writeChatFiles`. */
export function startChat(options: StartOptions): Promise<Child> {
  const { dir } = options;
  return startSite('chat', options, {
    CLIENT_ID: 'chat',
    MODERATORS_CLIENT_ID: 'chat-moderators',
    MODERATORS_CLIENT_KEY_FILE: join(dir, 'moderators-key.json'),
    CHAT_DB: chatDatabaseIn(dir),
  });
}

/** Starts the library on the files of `writeLibraryFiles`. */
export function startLibrary(options: StartOptions): Promise<Child> {
  const { dir } = options;
  return startSite('library', options, {
    CLIENT_ID: 'library',
    DESK_CLIENT_ID: 'library-desk',
    DESK_CLIENT_KEY_FILE: join(dir, 'desk-key.json'),
    LIBRARY_DB: libraryDatabaseIn(dir),
  });
}

function startSite(
  name: 'chat' | 'library',
  options: StartOptions,
  env: NodeJS.ProcessEnv,
): Promise<Child> {
  const { dir, port, origin, issuer, caFile } = options;
  return startChild({
    name: `The ${name}`,
    script: join(examples, name, 'server.ts'),
    preloads: ['localhost.ts', 'report-id-token.ts'],
    env: {
      ...env,
      PORT: String(port),
      PUBLIC_URL: origin,
      ISSUER: issuer,
      CLIENT_KEY_FILE: join(dir, 'client-key.json'),
      TLS_KEY_FILE: join(dir, 'web-key.pem'),
      TLS_CERT_FILE: join(dir, 'web.pem'),
      NODE_EXTRA_CA_CERTS: caFile,
    },
    ready: /listening on port/,
  });
}

function openSiteFolder({ dir, pki, origin }: SiteOptions): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const { hostname } = new URL(origin);
  writeWebCertificate(dir, pki, hostname);
  return hostname;
}

/** Writes a new private key, and returns what the gateway is told of it. */
async function createClientKey(file: string, kid: string): Promise<object> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const privateKey = { ...(await exportJWK(pair.privateKey)), kid };
  writeFileSync(file, JSON.stringify(privateKey), { mode: 0o600 });
  return {
    authentication: {
      method: 'private_key_jwt',
      jwks: { keys: [{ ...(await exportJWK(pair.publicKey)), kid }] },
    },
    par: 'required',
  };
}

/** A picture of the site's own, as its operator would hand it in. */
function pictureOf(path: string): string {
  return `data:image/svg+xml;base64,${readFileSync(join(examples, path)).toString('base64')}`;
}
