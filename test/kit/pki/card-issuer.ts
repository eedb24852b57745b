/**
 * Who stands behind a card: the CA of its certificates, their root, and the National Register's key, as they belong to
 * its applet and its holder (card facts §3.6, §4.2, §4.5). TEST ONLY.
 */
import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { type CardApplet, isForeigner, type Person } from '../persons.ts';
import { citizenCaName, createCitizenCa, createRsaKey, type TestAuthority } from './authorities.ts';
import { buildCertificate } from './build-certificate.ts';
import {
  EC_POLICIES,
  nationalRegisterOptions,
  type PolicySet,
  RSA_POLICIES,
  validityAround,
} from './certificate-profiles.ts';
import type { TestPki } from './test-pki.ts';

/**
 * What is wrong with the data of a card, in a card that is otherwise in order (card facts §6.3 point 9).
 * `other-number`: tag 06 is the number of somebody else; `photo-hash`: tag 11 is of another photo; `other-data`: the
 * identity signature is over other data; `expired-ca`: the issuing CA has expired; `unknown-ca`: it and its root
 * are known to nobody.
 */
export type CardForgery =
  | 'other-number'
  | 'photo-hash'
  | 'other-data'
  | 'expired-ca'
  | 'unknown-ca';

export interface CardIssuer {
  readonly root: TestAuthority;
  readonly authority: TestAuthority;
  readonly policies: PolicySet;
  /** The National Register's certificate. */
  readonly register: { readonly certificate: Uint8Array };
  /** Signs an identity or address file: RSA, or DER ECDSA. */
  signFile(content: Uint8Array): Uint8Array;
}

type Register = { readonly certificate: Uint8Array; readonly privateKey: KeyObject };

/** Chooses the issuer of a card. Cards of old applets come from the RSA authorities, unless issued anew. */
export function findCardIssuer(options: {
  person: Person;
  pki: TestPki;
  now: Date;
  applet: CardApplet;
  forgery: CardForgery | undefined;
}): CardIssuer {
  const { person, pki, applet, forgery } = options;
  const isRsa = applet === '1.1' || (applet === '1.7' && !person.isReKeyed);
  const { register, hash } = isRsa
    ? findRsaRegister(pki, applet)
    : { register: pki.nationalRegister, hash: 'sha384' };
  const isUnknown = person.certificate === 'unknown-issuer' || forgery === 'unknown-ca';
  const signers = isUnknown
    ? { root: pki.unknownRoot, authority: pki.unknownCa }
    : findKnownSigners({ ...options, isRsa });
  return {
    ...signers,
    policies: isRsa ? RSA_POLICIES : EC_POLICIES,
    register,
    signFile: (content) => Uint8Array.from(sign(hash, content, register.privateKey)),
  };
}

function findKnownSigners(options: {
  person: Person;
  pki: TestPki;
  now: Date;
  isRsa: boolean;
  forgery: CardForgery | undefined;
}): Pick<CardIssuer, 'root' | 'authority'> {
  const { person, pki, now, isRsa } = options;
  if (options.forgery === 'expired-ca') {
    const name = citizenCaName('TEST ONLY Citizen CA', '201999');
    const validity = validityAround(now, 3 * 365, -1);
    return { root: pki.root, authority: createCitizenCa(name, pki.root, validity) };
  }
  if (isRsa) {
    const { root, citizenCa } = pki.rsa();
    return { root, authority: citizenCa };
  }
  return { root: pki.root, authority: isForeigner(person) ? pki.foreignerCa : pki.citizenCa };
}

/** Applet 1.7: RSA-2048 with SHA-256. Applet 1.1: RSA-1024 with SHA-1, a key for each card made in tests. */
function findRsaRegister(pki: TestPki, applet: CardApplet): { register: Register; hash: string } {
  const { root, nationalRegister } = pki.rsa();
  if (applet === '1.7') return { register: nationalRegister, hash: 'sha256' };
  const privateKey = createRsaKey(1024);
  const validity = validityAround(pki.now, 20 * 365, 20 * 365);
  const certificate = buildCertificate({
    ...nationalRegisterOptions(
      createPublicKey(privateKey),
      root,
      validity,
      RSA_POLICIES.nationalRegister,
    ),
    hash: 'sha1',
  });
  return { register: { certificate, privateKey }, hash: 'sha1' };
}
