/** A host in this process with a gateway, readers and a PIN window around it. TEST ONLY. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { TestContext } from 'node:test';
import type { OpenCardReaders } from '../../../native-host/card/readers.ts';
import type { Gateway } from '../../../native-host/gateways.ts';
import { runHost } from '../../../native-host/host.ts';
import type { LoginTiming } from '../../../native-host/login/login.ts';
import type { CardContents } from '../card/card-contents.ts';
import { findPerson } from '../persons.ts';
import { personalise } from '../pki/personalise.ts';
import { openTestPki, type TestPki } from '../pki/test-pki.ts';
import { type CardGateway, TICKET } from './card-gateway.ts';
import { createHostTalk, type HostMessage, type HostTalk } from './frame-stream.ts';

/** A PKI for the present day: TLS looks at the machine's clock. */
export interface HostPki {
  readonly pki: TestPki;
  /** PEM file of the CA of web certificates. */
  readonly certificateAuthority: string;
  contentsOf(name: string): Promise<CardContents>;
  close(): Promise<void>;
}

/** Makes a PKI in a folder of its own. */
export async function openHostPki(): Promise<HostPki> {
  const dir = await mkdtemp(join(tmpdir(), 'kids-id-host-'));
  const now = new Date();
  const pki = await openTestPki({ dir, now });
  const certificateAuthority = join(dir, 'web-ca.pem');
  const base64 = Buffer.from(pki.webCa.certificate).toString('base64');
  const pem = `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  await writeFile(certificateAuthority, pem);
  return {
    pki,
    certificateAuthority,
    async contentsOf(name) {
      const person = findPerson(name);
      if (!person) throw new RangeError('no test person of that name');
      return personalise({ person, pki, now });
    },
    close: () => rm(dir, { recursive: true }),
  };
}

/** A host that runs, and the window's end of it. */
export interface RunningHost extends HostTalk {
  /** Codes that it logged. */
  readonly logged: string[];
  /** Resolves when the host has ended. */
  readonly ended: Promise<void>;
  /** Closes its stdin. */
  closeWindow(): void;
  /** Sends the login and returns its id. */
  startLogin(origin: string): string;
  /** The reply to the login. */
  findReply(): Promise<HostMessage>;
}

/** The list entry of a gateway. */
export function listEntry(gateway: CardGateway, certificateAuthority: string): Gateway {
  const { origin, connectionKey } = gateway;
  return { origin, connectionKey, certificateAuthority };
}

/** Runs a host until the test ends. */
export function startHost(
  context: TestContext,
  options: {
    gateways: readonly Gateway[];
    openReaders: OpenCardReaders;
    timing?: LoginTiming;
  },
): RunningHost {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const logged: string[] = [];
  const ended = runHost({
    stdin,
    stdout,
    openReaders: options.openReaders,
    loadGateways: async () => options.gateways,
    log: (code) => void logged.push(code),
    timing: options.timing ?? { heartbeatMs: 10_000, cardTimeoutMs: 5_000 },
  });
  context.after(async () => {
    stdin.end();
    await ended;
  });
  const talk = createHostTalk({ input: stdin, output: stdout });
  return {
    ...talk,
    logged,
    ended,
    closeWindow: () => void stdin.end(),
    startLogin(origin) {
      const id = 'login-1';
      talk.send({ type: 'login', id, origin, ticket: TICKET, language: 'nl' });
      return id;
    },
    findReply: () => talk.find(({ type }) => type === 'login'),
  };
}

/** The stages and questions that the window was given, in order. */
export function eventsOf(host: HostTalk): string[] {
  return host.messages.flatMap((message) => {
    if (message.type === 'stage') return [String(message['stage'])];
    return message.type === 'login' || message.type === 'hello' ? [] : [message.type];
  });
}
