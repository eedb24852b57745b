/** One login that runs in a host in this process, and the steps of the person at the window. TEST ONLY. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createVirtualCard, type VirtualCardOptions } from '../card/virtual-card.ts';
import { type CardGateway, type CardGatewayOptions, startCardGateway } from './card-gateway.ts';
import { type HostPki, listEntry, type RunningHost, startHost } from './host-bench.ts';
import type { KeypadFingers } from './virtual-keypad.ts';
import { createVirtualReaders, type VirtualReaders } from './virtual-readers.ts';

export interface Scene {
  readonly gateway: CardGateway;
  readonly readers: VirtualReaders;
  readonly host: RunningHost;
  readonly id: string;
}

/** A login that runs, with that person's card in the reader, or with those persons' in a reader each. */
export async function startLogin(
  context: TestContext,
  bench: HostPki,
  options: {
    person?: string | undefined;
    persons?: readonly string[];
    /** Who types on the readers' own keypads. */
    keypad?: KeypadFingers;
    card?: VirtualCardOptions;
    gateway?: Partial<CardGatewayOptions>;
    readers?: number;
    timing?: { heartbeatMs: number; cardTimeoutMs: number };
  } = {},
): Promise<Scene> {
  const certificate = bench.pki.issueWebCertificate(['gateway.localhost']);
  const gateway = await startCardGateway({ certificate, ...options.gateway });
  context.after(() => gateway.stop());
  const { person = 'emma', keypad } = options;
  const persons = options.persons ?? ('person' in options && !options.person ? [] : [person]);
  const count = options.readers ?? Math.max(1, persons.length);
  const readers = createVirtualReaders({ readers: count, ...(keypad && { keypad }) });
  for (const [index, name] of persons.entries()) {
    readers.insert(createVirtualCard(await bench.contentsOf(name), options.card), index);
  }
  const host = startHost(context, {
    gateways: [listEntry(gateway, bench.certificateAuthority)],
    openReaders: readers.open,
    ...(options.timing ? { timing: options.timing } : {}),
  });
  const id = host.startLogin(gateway.origin);
  return { gateway, readers, host, id };
}

export const pinWanted = (host: RunningHost, wrong = false) =>
  host.find((message) => message.type === 'pin-wanted' && message['wrong'] === wrong);

export const lastTry = (host: RunningHost) => host.find(({ type }) => type === 'last-try');

export const sendPin = ({ host, id }: Scene, pin: string) =>
  host.send({ type: 'pin', id, digits: [...pin].map(Number) });

export async function endsWith(scene: Scene, code: string): Promise<void> {
  const { host, id } = scene;
  assert.deepEqual(await host.findReply(), { type: 'login', id, ok: false, code });
}
