/**
 * Makes the data of one card for a synthetic person: keys, certificate, identity and address with
 * the National Register's signatures (card facts §3). TEST ONLY.
 */
import { createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type CardContents, SIGNATURE_FILE_BYTES } from '../card/card-contents.ts';
import { nationalNumberOf, PERSONS, type Person } from '../persons.ts';
import { createEcKey } from './authorities.ts';
import { buildCertificate, createSerial } from './build-certificate.ts';
import {
  authenticationOptions,
  authenticationSubject,
  type Validity,
  validityAround,
} from './certificate-profiles.ts';
import { cardDatesOf, encodeAddressFile, encodeIdentityFile } from './identity-file.ts';
import { createPortrait } from './portrait.ts';
import type { TestPki } from './test-pki.ts';

/**
 * Makes the contents of a fresh card, with keys and certificate of its own. The certificate is
 * entered in the PKI's register, so that its OCSP responder knows it.
 */
export async function personalise(options: {
  person: Person;
  pki: TestPki;
  now: Date;
}): Promise<CardContents> {
  const { person, pki, now } = options;
  const hasCertificate = person.certificate !== 'none';
  const authenticationKey = hasCertificate ? createEcKey('P-384') : undefined;
  const basicKey = createEcKey('P-384');
  // GET CARD DATA (card facts §1.3): "SL", the manufacturer, 12 bytes of its own
  const chipSerial = Uint8Array.from([0x53, 0x4c, 0x47, 0x90, ...randomBytes(12)]);
  const photo = createPortrait(PERSONS.indexOf(person) + 1);
  const identity = encodeIdentityFile({
    person,
    now,
    chipSerial,
    photo,
    basicKey: createPublicKey(basicKey).export({ type: 'spki', format: 'der' }),
  });
  const identitySignature = signFile(identity, pki);
  const address = encodeAddressFile();
  const isUnknown = person.certificate === 'unknown-issuer';
  return {
    chipSerial,
    pin: person.pin,
    authenticationKey,
    basicKey,
    authenticationCertificate:
      authenticationKey && issueAuthentication({ person, pki, now, key: authenticationKey }),
    citizenCaCertificate: (isUnknown ? pki.unknownCa : pki.citizenCa).certificate,
    rootCertificate: (isUnknown ? pki.unknownRoot : pki.root).certificate,
    nationalRegisterCertificate: pki.nationalRegister.certificate,
    identity,
    identitySignature,
    address,
    // The address is bound to the identity by the signature file as it is stored (card facts §3.6)
    addressSignature: signFile(Buffer.concat([address, storedSignature(identitySignature)]), pki),
    photo,
  };
}

function issueAuthentication(options: {
  person: Person;
  pki: TestPki;
  now: Date;
  key: KeyObject;
}): Uint8Array {
  const { person, pki, now } = options;
  const issuer = person.certificate === 'unknown-issuer' ? pki.unknownCa : pki.citizenCa;
  const serial = createSerial();
  const subject = authenticationSubject({
    givenNames: person.givenNames,
    surname: person.surname,
    nationalNumber: nationalNumberOf(person, now),
  });
  const publicKey = createPublicKey(options.key);
  const certificate = buildCertificate({
    ...authenticationOptions(subject, publicKey, issuer, certificateValidity(person, now)),
    serial,
  });
  pki.issued.record(
    issuer.certificate,
    serial,
    person.certificate === 'revoked'
      ? { kind: 'revoked', revokedAt: validityAround(now, 1, 0).notBefore }
      : { kind: 'good' },
  );
  return certificate;
}

/**
 * As long as the card, from a day before it was made: "made today" is valid now in every time zone.
 */
function certificateValidity(person: Person, now: Date): Validity {
  const { from, until } = cardDatesOf(person, now);
  return { notBefore: validityAround(from, 1, 0).notBefore, notAfter: until };
}

function signFile(content: Uint8Array, pki: TestPki): Uint8Array {
  return Uint8Array.from(sign('sha384', content, pki.nationalRegister.privateKey));
}

function storedSignature(signature: Uint8Array): Uint8Array {
  const stored = new Uint8Array(SIGNATURE_FILE_BYTES);
  stored.set(signature);
  return stored;
}
