/**
 * Everything that a login needs, started: test PKI, OCSP responder, gateway, chat and library, card slot, extension
 * and host. `npm start` opens one on fixed ports, end-to-end tests one each on free ports. TEST ONLY.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright';
import { buildExtension } from '../../../extension/package/build-extension.ts';
import { launchChromium } from '../browser/chromium.ts';
import { createVirtualCard, type VirtualCardOptions } from '../card/virtual-card.ts';
import type { Person } from '../persons.ts';
import { encodeCertificatePem } from '../pki/build-certificate.ts';
import { openHolderKeys } from '../pki/holder-keys.ts';
import { type OcspResponder, startOcspResponder } from '../pki/ocsp-responder.ts';
import { personalise } from '../pki/personalise.ts';
import { openTestPki, type TestPki } from '../pki/test-pki.ts';
import { type CardSlot, openCardSlot } from './card-slot.ts';
import { subjectOf } from './card-subject.ts';
import { type Child, startChild } from './child-process.ts';
import {
  chatDatabaseIn,
  libraryDatabaseIn,
  startChat,
  startLibrary,
  writeChatFiles,
  writeLibraryFiles,
} from './example-sites.ts';
import { fillChat, fillLibrary, type SeededMember } from './fill-sites.ts';
import { writeGatewayFiles } from './gateway-files.ts';
import { writeHostFiles } from './host-files.ts';
import { claimPort } from './ports.ts';

export interface Ports {
  readonly gateway: number;
  readonly chat: number;
  readonly ocsp: number;
  readonly library: number;
}

/** What is special about a card that is put in. */
export interface CardMaking extends Pick<Parameters<typeof personalise>[0], 'applet' | 'forgery'> {
  /** A new card with new keys, in place of the person's former one: another `sub` everywhere. */
  readonly isRenewed?: boolean;
}

export interface World {
  readonly ports: Ports;
  readonly gatewayOrigin: string;
  readonly chatOrigin: string;
  readonly libraryOrigin: string;
  readonly pki: TestPki;
  readonly ocsp: OcspResponder;
  readonly slot: CardSlot;
  /** The gateway that runs now. */
  readonly gateway: Child;
  /** The gateway's SQLite file. */
  readonly storeFile: string;
  readonly chat: Child;
  readonly library: Child;
  /** The SQLite files of the sites. */
  readonly databases: { readonly chat: string; readonly library: string };
  /** Who of the test persons has a library card. */
  readonly members: readonly SeededMember[];
  /** What the browser starts as the host; tests put others in its place. */
  readonly hostLauncher: string;
  /** Personalises a card for a person and puts it into the reader. It has the keys that it had before. */
  insertCardOf(person: Person, options?: VirtualCardOptions, made?: CardMaking): Promise<void>;
  /** Starts the gateway again on its files, after it was stopped or killed. */
  startGatewayAgain(): Promise<void>;
  /** A browser with a fresh profile, the extension (unless it is to be without) and the host. */
  openBrowser(options: { headless: boolean; extension?: boolean }): Promise<BrowserContext>;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '../../..');

/**
 * Starts a world in `dir`. Ports of 0 are chosen freely, and so is the library's when none is given.
 * @param options.say gets a line for each step, for whoever waits.
 */
export async function startWorld(options: {
  dir: string;
  ports: Omit<Ports, 'library'> & Partial<Ports>;
  slot?: CardSlot['kind'];
  /** Added to the development host's environment (development-host.ts). */
  hostEnv?: Readonly<Record<string, string>>;
  say?: (line: string) => void;
}): Promise<World> {
  const { dir, say = () => undefined } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const cleanups: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    return await buildWorld({ ...options, say, stop, cleanups });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function buildWorld(options: {
  dir: string;
  ports: Omit<Ports, 'library'> & Partial<Ports>;
  slot?: CardSlot['kind'];
  hostEnv?: Readonly<Record<string, string>>;
  say: (line: string) => void;
  stop: () => Promise<void>;
  cleanups: (() => Promise<void>)[];
}): Promise<World> {
  const { dir, say, cleanups } = options;
  const ports = {
    gateway: await claimPort(options.ports.gateway),
    chat: await claimPort(options.ports.chat),
    ocsp: await claimPort(options.ports.ocsp),
    library: await claimPort(options.ports.library ?? 0),
  };
  const gatewayOrigin = `https://gateway.localhost:${ports.gateway}`;
  const chatOrigin = `https://chat.localhost:${ports.chat}`;
  const libraryOrigin = `https://library.localhost:${ports.library}`;
  say(
    `Ports on 127.0.0.1: ${ports.gateway} (gateway), ${ports.chat} (chat), ${ports.ocsp} (OCSP responder), ${ports.library} (library)`,
  );

  say('Test PKI and OCSP responder …');
  const pki = await openTestPki({ dir: join(dir, 'pki'), now: new Date() });
  const ocsp = await startOcspResponder({ pki, now: () => new Date(), port: ports.ocsp });
  cleanups.push(() => ocsp.stop());
  const caFile = join(dir, 'web-ca.pem');
  writeFileSync(caFile, encodeCertificatePem(pki.webCa.certificate));

  say('Gateway …');
  const chatSite = { dir: join(dir, 'chat'), port: ports.chat, origin: chatOrigin };
  const librarySite = { dir: join(dir, 'library'), port: ports.library, origin: libraryOrigin };
  const chatClients = await writeChatFiles({ ...chatSite, pki });
  const libraryClients = await writeLibraryFiles({ ...librarySite, pki });
  const files = await writeGatewayFiles({
    dir: join(dir, 'gateway'),
    pki,
    origin: gatewayOrigin,
    port: ports.gateway,
    ocspUrl: ocsp.url,
    clients: [
      chatClients.children,
      chatClients.adults,
      libraryClients.readers,
      libraryClients.desk,
    ],
  });
  let gateway = await startGateway(files.configFile);
  cleanups.push(() => gateway.stop());

  say('Chat and library …');
  const cards = join(dir, 'cards');
  const subject = (person: string, { sector }: { readonly sector: string }) =>
    subjectOf({ dir: cards, keysFile: files.keysFile, person, sector });
  const databases = {
    chat: chatDatabaseIn(chatSite.dir),
    library: libraryDatabaseIn(librarySite.dir),
  };
  const now = new Date();
  const moderatorSub = await subject('moderator', chatClients.adults);
  fillChat({ file: databases.chat, moderatorSub, now });
  const librarianSub = await subject('librarian', libraryClients.desk);
  const members = await fillLibrary({ file: databases.library, librarianSub, now });
  const [chat, library] = await startBoth(cleanups, [
    startChat({ ...chatSite, issuer: gatewayOrigin, caFile }),
    startLibrary({ ...librarySite, issuer: gatewayOrigin, caFile }),
  ]);

  say('Card reader …');
  const slot = await openCardSlot({ dir, ...(options.slot && { kind: options.slot }) });
  cleanups.push(() => slot.stop());

  say('Extension and native host …');
  const extensionDir = join(dir, 'extension');
  await buildExtension({ outDir: extensionDir, gateways: [gatewayOrigin] });
  const home = join(dir, 'home');
  const hostLauncher = writeHostFiles({
    home,
    slot: { kind: slot.kind, env: { ...slot.env, ...options.hostEnv } },
    gateways: [
      {
        origin: gatewayOrigin,
        connectionKey: files.connectionKeyThumbprint,
        certificateAuthority: caFile,
      },
    ],
  });

  let profiles = 0;
  return {
    ports,
    gatewayOrigin,
    chatOrigin,
    libraryOrigin,
    pki,
    ocsp,
    slot,
    get gateway() {
      return gateway;
    },
    storeFile: files.storeFile,
    chat,
    library,
    databases,
    members,
    hostLauncher,
    async insertCardOf(person, cardOptions, { isRenewed = false, ...made } = {}) {
      const applet = made.applet ?? person.applet ?? '1.8';
      const keys = openHolderKeys({ dir: cards, person, applet, isRenewed });
      const contents = await personalise({ person, pki, now: new Date(), keys, ...made });
      await slot.insert(createVirtualCard(contents, cardOptions));
    },
    async startGatewayAgain() {
      gateway = await startGateway(files.configFile);
    },
    async openBrowser({ headless, extension = true }) {
      profiles += 1;
      const context = await launchChromium({
        profileDir: join(home, `profile-${process.pid}-${profiles}`),
        ...(extension && { extensionDir }),
        hostLauncher,
        caFile,
        headless,
      });
      cleanups.push(() => context.close());
      return context;
    },
    stop: options.stop,
  };
}

function startGateway(configFile: string): Promise<Child> {
  return startChild({
    name: 'The gateway',
    script: join(root, 'gateway/main.ts'),
    args: ['--config', configFile],
    ready: /"msg":"listening"/,
  });
}

/** Waits for both; one that started is stopped with the world, also when the other did not. */
async function startBoth(
  cleanups: (() => Promise<void>)[],
  starting: readonly [Promise<Child>, Promise<Child>],
): Promise<[Child, Child]> {
  for (const outcome of await Promise.allSettled(starting)) {
    if (outcome.status === 'fulfilled') cleanups.push(() => outcome.value.stop());
  }
  return Promise.all(starting);
}
