/** The real host's login in this process, with a virtual card and a person who types the PIN. TEST ONLY. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ErrorCode, errorCodeOf } from '../../../gateway/protocol/errors.ts';
import { runLogin } from '../../../native-host/login/login.ts';
import { createVirtualCard } from '../card/virtual-card.ts';
import type { TestGateway } from '../gateway/test-gateway.ts';
import { createVirtualReaders } from '../host/virtual-readers.ts';
import { findPerson } from '../persons.ts';
import { personalise } from '../pki/personalise.ts';

/** How a login ended at the host, and how far it came. */
export interface HostOutcome {
  readonly completionCode?: string;
  readonly code?: ErrorCode;
  /** What the window was told and asked, in order: stages, `site`, `pin`. */
  readonly events: readonly string[];
  /** Commands that reached the card, in hexadecimal. */
  readonly commands: readonly string[];
}

/**
 * Logs in with the card of a synthetic person. `port` is where the network leads this machine when it
 * asks for the gateway: a proxy's, or the gateway's own.
 */
export async function logInWithHost(options: {
  gateway: TestGateway;
  ticket: string;
  person: string;
  port?: number;
}): Promise<HostOutcome> {
  const { gateway, ticket } = options;
  const person = findPerson(options.person);
  if (!person?.pin) throw new RangeError('no test person of that name who has a PIN');
  const digits = [...person.pin].map(Number);
  const readers = createVirtualReaders();
  readers.insert(
    createVirtualCard(await personalise({ person, pki: gateway.pki, now: new Date() })),
  );
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-attack-'));
  const certificateAuthority = join(dir, 'web-ca.pem');
  writeFileSync(certificateAuthority, gateway.webCa);
  const events: string[] = [];
  const login = runLogin({
    gateway: {
      origin: `https://gateway.localhost:${options.port ?? gateway.port}`,
      connectionKey: gateway.connectionKeyThumbprint,
      certificateAuthority,
    },
    ticket,
    language: 'nl',
    note: () => undefined,
    hostVersion: '0.1.0',
    openReaders: readers.open,
    window: {
      showStage: (stage) => void events.push(stage),
      showSite: () => void events.push('site'),
      chooseCard: async () => 0,
      askLastTry: () => Promise.reject(new Error('no test card has one try left')),
      showPinOnReader: () => undefined,
      askNewPin: () => Promise.reject(new Error('no login changes a PIN')),
      showNewPinOnReader: () => undefined,
      askPin: async () => {
        events.push('pin');
        return Uint8Array.from(digits);
      },
    },
    timing: { heartbeatMs: 10_000, cardTimeoutMs: 5_000 },
    signal: AbortSignal.timeout(20_000),
  });
  const { commands } = readers;
  try {
    return { completionCode: await login, events, commands };
  } catch (error) {
    return { code: errorCodeOf(error), events, commands };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
