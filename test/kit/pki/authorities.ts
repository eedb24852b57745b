/**
 * The certification authorities of the test PKI. TEST ONLY. Those of today's cards have EC keys; those of older cards
 * have RSA keys, which take long to make: they are made when somebody first asks for them.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { openAuthorityFile, type TestAuthority } from './authority-file.ts';
import { buildCertificate, type DistinguishedName } from './build-certificate.ts';
import {
  citizenCaOptions,
  nationalRegisterOptions,
  RSA_POLICIES,
  rootOptions,
  type Signer,
  type Validity,
  validityAround,
} from './certificate-profiles.ts';

export type { TestAuthority } from './authority-file.ts';

/** Every CA of the test PKI that has an EC key. */
export interface TestAuthorities {
  /** EC P-384, as Belgium Root CA6. */
  readonly root: TestAuthority;
  readonly citizenCa: TestAuthority;
  /** Issues the certificates of foreigners, children among them. */
  readonly foreignerCa: TestAuthority;
  /** A Citizen CA under a root that no gateway knows. */
  readonly unknownRoot: TestAuthority;
  readonly unknownCa: TestAuthority;
  /** EC P-256; for the listeners of gateway and examples, nothing to do with cards. */
  readonly webCa: TestAuthority;
}

/** The authorities of cards with RSA keys, as under Belgium Root CA4. All RSA-2048 with SHA-256. */
export interface RsaTestAuthorities {
  readonly root: TestAuthority;
  readonly citizenCa: TestAuthority;
  /** No CA, but kept with them: it signs the identity files of applet 1.7. */
  readonly nationalRegister: TestAuthority;
}

/** Reads the EC authorities of the PKI in `dir`, or makes them. */
export function openAuthorities(options: { dir: string; now: Date }): TestAuthorities {
  return openAuthorityFile<keyof TestAuthorities>({
    ...options,
    series: 'authorities',
    names: ['root', 'citizenCa', 'foreignerCa', 'unknownRoot', 'unknownCa', 'webCa'],
    create: createAuthorities,
  });
}

/** Reads the RSA authorities of the PKI in `dir`, or makes them: a second of work at worst. */
export function openRsaAuthorities(options: { dir: string; now: Date }): RsaTestAuthorities {
  return openAuthorityFile<keyof RsaTestAuthorities>({
    ...options,
    series: 'rsa-authorities',
    names: ['root', 'citizenCa', 'nationalRegister'],
    create: createRsaAuthorities,
  });
}

/** Makes new EC CAs, valid from four years before `now` until ten years after it. */
export function createAuthorities(now: Date): TestAuthorities {
  const validity = validityAround(now, 4 * 365, 10 * 365);
  const series = `${now.getUTCFullYear()}01`;
  const root = createRoot(rootName('TEST ONLY Belgium Root CA6'), 'P-384', validity);
  const unknownRoot = createRoot(rootName('TEST ONLY Unknown Root CA'), 'P-384', validity);
  return {
    root,
    citizenCa: createCitizenCa(citizenCaName('TEST ONLY Citizen CA', series), root, validity),
    foreignerCa: createCitizenCa(citizenCaName('TEST ONLY Foreigner CA', series), root, validity),
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

/** The name of a Citizen CA or Foreigner CA. `series` is the year and number that tell them apart. */
export function citizenCaName(commonName: string, series: string): DistinguishedName {
  return [
    { type: 'C', value: 'BE' },
    { type: 'O', value: 'TEST ONLY' },
    { type: 'CN', value: commonName },
    { type: 'serialNumber', value: series },
  ];
}

/** A fresh EC private key. */
export function createEcKey(namedCurve: 'P-256' | 'P-384' | 'P-521'): KeyObject {
  return generateKeyPairSync('ec', { namedCurve }).privateKey;
}

/** A fresh RSA private key; 70 ms on average for 2048 bits. */
export function createRsaKey(modulusLength: 1024 | 2048): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength }).privateKey;
}

/** Old enough for the cards that elders keep for thirty years. */
function createRsaAuthorities(now: Date): RsaTestAuthorities {
  const validity = validityAround(now, 20 * 365, 20 * 365);
  const [root, citizenCa, register] = [
    { name: rootName('TEST ONLY Belgium Root CA4'), privateKey: createRsaKey(2048) },
    { name: citizenCaName('TEST ONLY Citizen CA', '201601'), privateKey: createRsaKey(2048) },
    { privateKey: createRsaKey(2048) },
  ] as const;
  const hash = 'sha256';
  const registerOptions = nationalRegisterOptions(
    createPublicKey(register.privateKey),
    root,
    validity,
    RSA_POLICIES.nationalRegister,
  );
  return {
    root: {
      ...root,
      certificate: buildCertificate({ ...rootOptions(root, validity, 1), hash }),
    },
    citizenCa: {
      ...citizenCa,
      certificate: buildCertificate({ ...citizenCaOptions(citizenCa, root, validity), hash }),
    },
    nationalRegister: {
      ...register,
      name: registerOptions.subject,
      certificate: buildCertificate({ ...registerOptions, hash }),
    },
  };
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
