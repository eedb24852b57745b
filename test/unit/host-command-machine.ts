/** A computer for the doctor, on which nothing is amiss but what a test makes so. TEST ONLY. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { runDoctor } from '../../native-host/command/doctor.ts';
import { CHECKS, type Finding } from '../../native-host/command/finding.ts';
import type { Machine } from '../../native-host/command/machine.ts';
import { CHROMIUM_EXTENSION_ID } from '../../native-host/command/start.ts';
import type { ListedGateway } from '../../native-host/gateways.ts';
import {
  type CardGateway,
  type CardGatewayOptions,
  startCardGateway,
} from '../kit/host/card-gateway.ts';
import { type HostPki, listEntry } from '../kit/host/host-bench.ts';
import { createVirtualReaders, type VirtualReaders } from '../kit/host/virtual-readers.ts';

export const HOME = '/home/proefkind';
export const PROGRAM = '/opt/kids-id/kids-id-host';
export const CHROME_MANIFEST = `${HOME}/.config/google-chrome/NativeMessagingHosts/org.kids_id.host.json`;

/** Text of a host's manifest as Chrome wants it, with changes. */
export const hostManifest = (changes: object = {}) =>
  JSON.stringify({
    name: 'org.kids_id.host',
    type: 'stdio',
    path: PROGRAM,
    allowed_origins: [`chrome-extension://${CHROMIUM_EXTENSION_ID}/`],
    ...changes,
  });

export interface MachineOptions {
  /** Text by path; `true` for a program that can be run. */
  readonly files?: Readonly<Record<string, string | true>>;
  readonly readers?: VirtualReaders;
  readonly gateways?: readonly ListedGateway[];
  readonly changes?: Partial<Machine>;
}

/** Makes a computer on which nothing is amiss but what a test makes so. */
export function createMachine(options: MachineOptions): Machine {
  const files: MachineOptions['files'] = options.files ?? {
    [PROGRAM]: true,
    [CHROME_MANIFEST]: hostManifest(),
  };
  return {
    platform: 'linux',
    env: {},
    home: HOME,
    logPath: `${HOME}/.local/state/kids-id/host.log`,
    openReaders: (options.readers ?? createVirtualReaders()).open,
    now: () => new Date(),
    hasReaderService: async () => true,
    async readText(path) {
      const text = files[path];
      return text === true ? undefined : text;
    },
    async findFile(path) {
      if (!Object.hasOwn(files, path)) return 'absent';
      return files[path] === true ? 'executable' : 'present';
    },
    readRegistry: async () => undefined,
    listGateways: async () => options.gateways ?? [],
    ...options.changes,
  };
}

export interface Report {
  readonly code: number;
  readonly findings: readonly Finding[];
  readonly written: string;
  of(check: Finding['check']): Finding[];
}

/** Runs the doctor with `--json` and checks the form of what it says. */
export async function examine(machine: Machine, timeoutMs?: number): Promise<Report> {
  let written = '';
  const code = await runDoctor(machine, {
    json: true,
    out: (text) => {
      written += text;
    },
    err: () => assert.fail('nobody watches'),
    isTerminal: false,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const report = JSON.parse(written) as { version: number; ok: boolean; findings: Finding[] };
  assert.equal(report.version, 1);
  assert.equal(report.ok, code === 0);
  for (const { check, says } of report.findings) {
    assert.ok(CHECKS.includes(check));
    assert.ok(says.length > 0);
  }
  const of = (check: Finding['check']) => report.findings.filter((found) => found.check === check);
  return { code, findings: report.findings, written, of };
}

/** Starts a gateway that stops with the test. */
export async function startGateway(
  context: TestContext,
  bench: HostPki,
  options: Partial<CardGatewayOptions> = {},
): Promise<CardGateway> {
  const certificate = bench.pki.issueWebCertificate(['gateway.localhost']);
  const gateway = await startCardGateway({ certificate, ...options });
  context.after(() => gateway.stop());
  return gateway;
}

/** The gateway on the user's list. */
export const listed = (
  gateway: CardGateway,
  bench: HostPki,
  changes: Partial<ListedGateway['gateway']> = {},
): ListedGateway => ({
  gateway: { ...listEntry(gateway, bench.certificateAuthority), ...changes },
  source: 'user',
  standing: 'in-force',
});
