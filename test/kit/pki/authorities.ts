/**
 * The certification authorities of the test PKI and the file that keeps them. TEST ONLY. A
 * generation is one file, written whole and never changed; two programs that start at once agree on
 * whichever file was there first.
 */
import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  X509Certificate,
} from 'node:crypto';
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
import { buildCertificate, type DistinguishedName } from './build-certificate.ts';
import {
  citizenCaOptions,
  rootOptions,
  type Signer,
  type Validity,
  validityAround,
} from './certificate-profiles.ts';

/** A CA: its name, its key and its certificate (DER). */
export interface TestAuthority extends Signer {
  readonly certificate: Uint8Array;
}

/** Every CA of the test PKI. */
export interface TestAuthorities {
  /** EC P-384, as Belgium Root CA6. */
  readonly root: TestAuthority;
  readonly citizenCa: TestAuthority;
  /** A Citizen CA under a root that no gateway knows. */
  readonly unknownRoot: TestAuthority;
  readonly unknownCa: TestAuthority;
  /** EC P-256; for the listeners of gateway and examples, nothing to do with cards. */
  readonly webCa: TestAuthority;
}

type AuthorityName = keyof TestAuthorities;
type StoredAuthority = { name: DistinguishedName; privateKey: string; certificate: string };

const AUTHORITY_NAMES: readonly AuthorityName[] = [
  'root',
  'citizenCa',
  'unknownRoot',
  'unknownCa',
  'webCa',
];
const REMAINING_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Reads the newest generation in `dir`, or makes one where there is none that lasts 30 days more.
 */
export function openAuthorities(options: { dir: string; now: Date }): TestAuthorities {
  const { dir, now } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  for (;;) {
    const generation = newestGeneration(dir);
    const stored = generation === 0 ? undefined : readGeneration(dir, generation);
    if (stored !== undefined && isUsable(stored, now)) return stored;
    writeGeneration(dir, generation + 1, createAuthorities(now));
  }
}

/** Makes new CAs, valid from four years before `now` until ten years after it. */
export function createAuthorities(now: Date): TestAuthorities {
  const validity = validityAround(now, 4 * 365, 10 * 365);
  const series = `${now.getUTCFullYear()}01`;
  const root = createRoot(rootName('TEST ONLY Belgium Root CA6'), 'P-384', validity);
  const unknownRoot = createRoot(rootName('TEST ONLY Unknown Root CA'), 'P-384', validity);
  return {
    root,
    citizenCa: createCitizenCa(citizenCaName('TEST ONLY Citizen CA', series), root, validity),
    unknownRoot,
    unknownCa: createCitizenCa(
      citizenCaName('TEST ONLY Unknown Citizen CA', series),
      unknownRoot,
      validity,
    ),
    webCa: createRoot(
      [
        { type: 'O', value: 'TEST ONLY' },
        { type: 'CN', value: 'TEST ONLY Kids-ID web CA' },
      ],
      'P-256',
      validity,
    ),
  };
}

/** Makes a Citizen CA under a root: a sibling, an impostor of the same name, an expired one. */
export function createCitizenCa(
  name: DistinguishedName,
  issuer: Signer,
  validity: Validity,
): TestAuthority {
  const signer = { name, privateKey: createEcKey('P-384') };
  return { ...signer, certificate: buildCertificate(citizenCaOptions(signer, issuer, validity)) };
}

/** A fresh EC private key. */
export function createEcKey(namedCurve: 'P-256' | 'P-384' | 'P-521'): KeyObject {
  return generateKeyPairSync('ec', { namedCurve }).privateKey;
}

function createRoot(
  name: DistinguishedName,
  curve: 'P-256' | 'P-384',
  validity: Validity,
): TestAuthority {
  const signer = { name, privateKey: createEcKey(curve) };
  const pathLength = curve === 'P-384' ? 1 : 0;
  return { ...signer, certificate: buildCertificate(rootOptions(signer, validity, pathLength)) };
}

function rootName(commonName: string): DistinguishedName {
  return [
    { type: 'C', value: 'BE' },
    { type: 'L', value: 'Brussels' },
    { type: 'O', value: 'TEST ONLY Kingdom of Nowhere - Federal Government' },
    { type: 'OU', value: 'TEST ONLY FPS Home Affairs' },
    { type: 'OU', value: 'TEST ONLY FPS Policy and Support' },
    { type: 'CN', value: commonName },
  ];
}

function citizenCaName(commonName: string, series: string): DistinguishedName {
  return [
    { type: 'C', value: 'BE' },
    { type: 'O', value: 'TEST ONLY' },
    { type: 'CN', value: commonName },
    { type: 'serialNumber', value: series },
  ];
}

function isUsable(authorities: TestAuthorities, now: Date): boolean {
  return AUTHORITY_NAMES.every((name) => {
    const certificate = new X509Certificate(authorities[name].certificate);
    const remainingMs = Date.parse(certificate.validTo) - now.getTime();
    return (
      Date.parse(certificate.validFrom) <= now.getTime() && remainingMs >= REMAINING_DAYS * DAY_MS
    );
  });
}

function newestGeneration(dir: string): number {
  const numbers = readdirSync(dir).map((file) => /^authorities-(\d+)\.json$/.exec(file)?.[1]);
  return Math.max(0, ...numbers.map((number) => Number(number ?? 0)));
}

function generationPath(dir: string, generation: number): string {
  return join(dir, `authorities-${generation}.json`);
}

function readGeneration(dir: string, generation: number): TestAuthorities {
  try {
    const stored = JSON.parse(readFileSync(generationPath(dir, generation), 'utf8')) as Record<
      AuthorityName,
      StoredAuthority
    >;
    const entries = AUTHORITY_NAMES.map((name) => [name, parseAuthority(stored[name])]);
    return Object.fromEntries(entries) as Record<AuthorityName, TestAuthority>;
  } catch (error) {
    throw new Error(`the test PKI in ${dir} cannot be read: remove that folder`, { cause: error });
  }
}

function parseAuthority(stored: StoredAuthority): TestAuthority {
  return {
    name: stored.name,
    privateKey: createPrivateKey(stored.privateKey),
    certificate: Uint8Array.from(Buffer.from(stored.certificate, 'base64')),
  };
}

function writeGeneration(dir: string, generation: number, authorities: TestAuthorities): void {
  const stored = AUTHORITY_NAMES.map((name) => {
    const { privateKey, certificate } = authorities[name];
    return [
      name,
      {
        name: authorities[name].name,
        privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        certificate: Buffer.from(certificate).toString('base64'),
      },
    ];
  });
  const temporary = join(dir, `.${randomUUID()}`);
  writeFileSync(temporary, JSON.stringify(Object.fromEntries(stored), null, 1), { mode: 0o600 });
  try {
    linkSync(temporary, generationPath(dir, generation));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary);
  }
}
