/**
 * The files that keep the CAs of the test PKI, one file a generation, written whole and never changed: two programs
 * that start at once agree on whichever file was there first. TEST ONLY.
 */
import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DistinguishedName } from './build-certificate.ts';
import type { Signer } from './certificate-profiles.ts';

/** A CA: its name, its key and its certificate (DER). */
export interface TestAuthority extends Signer {
  readonly certificate: Uint8Array;
}

type Authorities<Name extends string> = Readonly<Record<Name, TestAuthority>>;
type StoredAuthority = { name: DistinguishedName; privateKey: string; certificate: string };

const REMAINING_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Reads the newest generation of `<series>-N.json` in `dir` (made with mode 0700), or makes one where there is none
 * that has every name and lasts 30 days more.
 */
export function openAuthorityFile<Name extends string>(options: {
  dir: string;
  series: string;
  names: readonly Name[];
  now: Date;
  create: (now: Date) => Authorities<Name>;
}): Authorities<Name> {
  const { dir, series, names, now } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  for (;;) {
    const generation = newestGeneration(dir, series);
    const stored =
      generation === 0 ? undefined : readGeneration(pathOf(dir, series, generation), names);
    if (stored !== undefined && isUsable(Object.values(stored), now)) return stored;
    writeGeneration(pathOf(dir, series, generation + 1), names, options.create(now));
  }
}

function isUsable(authorities: readonly TestAuthority[], now: Date): boolean {
  return authorities.every(({ certificate }) => {
    const { validFrom, validTo } = new X509Certificate(certificate);
    const remainingMs = Date.parse(validTo) - now.getTime();
    return Date.parse(validFrom) <= now.getTime() && remainingMs >= REMAINING_DAYS * DAY_MS;
  });
}

function newestGeneration(dir: string, series: string): number {
  const pattern = new RegExp(`^${series}-(\\d+)\\.json$`);
  const numbers = readdirSync(dir).map((file) => Number(pattern.exec(file)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

function pathOf(dir: string, series: string, generation: number): string {
  return join(dir, `${series}-${generation}.json`);
}

/** `undefined` for a file of an earlier version of the test PKI, which had fewer authorities. */
function readGeneration<Name extends string>(
  path: string,
  names: readonly Name[],
): Authorities<Name> | undefined {
  try {
    const stored = JSON.parse(readFileSync(path, 'utf8')) as Record<string, StoredAuthority>;
    const entries: [Name, TestAuthority][] = [];
    for (const name of names) {
      const authority = stored[name];
      if (authority === undefined) return undefined;
      entries.push([name, parseAuthority(authority)]);
    }
    return Object.fromEntries(entries) as Authorities<Name>;
  } catch (error) {
    throw new Error(`the test PKI cannot read ${path}: remove its folder`, { cause: error });
  }
}

function parseAuthority(stored: StoredAuthority): TestAuthority {
  return {
    name: stored.name,
    privateKey: createPrivateKey(stored.privateKey),
    certificate: Uint8Array.from(Buffer.from(stored.certificate, 'base64')),
  };
}

function writeGeneration<Name extends string>(
  path: string,
  names: readonly Name[],
  authorities: Authorities<Name>,
): void {
  const stored = names.map((authority) => {
    const { name, privateKey, certificate } = authorities[authority];
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const base64 = Buffer.from(certificate).toString('base64');
    return [authority, { name, privateKey: pem, certificate: base64 }];
  });
  const temporary = `${path}.${randomUUID()}`;
  writeFileSync(temporary, JSON.stringify(Object.fromEntries(stored), null, 1), { mode: 0o600 });
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary);
  }
}
