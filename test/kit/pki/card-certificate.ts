/** Issues the certificates of a card to its keys, and enters them in the PKI's register. TEST ONLY. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { isForeigner, nationalNumberOf, type Person } from '../persons.ts';
import { buildCertificate, createSerial, kindOf } from './build-certificate.ts';
import type { CardIssuer } from './card-issuer.ts';
import { OID, withoutExtension } from './certificate-extensions.ts';
import {
  authenticationOptions,
  cardSubject,
  signatureOptions,
  type Validity,
  validityAround,
} from './certificate-profiles.ts';
import { cardDatesOf } from './identity-file.ts';
import type { TestPki } from './test-pki.ts';

/** Issues one certificate; returns its DER. */
export function issueCardCertificate(options: {
  person: Person;
  pki: TestPki;
  now: Date;
  issuer: CardIssuer;
  key: KeyObject;
  use: 'Authentication' | 'Signature';
}): Uint8Array {
  const { person, pki, now, use } = options;
  const { authority, policies } = options.issuer;
  const { givenNames, surname } = person;
  const serial = createSerial();
  const subject = cardSubject(
    { givenNames, surname, nationalNumber: nationalNumberOf(person, now) },
    use,
  );
  const makeOptions = use === 'Signature' ? signatureOptions : authenticationOptions;
  const policy = policies[`${isForeigner(person) ? 'foreigner' : 'citizen'}${use}`];
  const publicKey = createPublicKey(options.key);
  const validity = certificateValidity(person, now);
  const built = makeOptions(subject, publicKey, authority, validity, policy);
  const isRsa = kindOf(authority.privateKey) === 'rsa';
  const certificate = buildCertificate({
    ...built,
    serial,
    // Certificates of the RSA era have no extended key usage (card facts §4.1).
    extensions: isRsa ? withoutExtension(built.extensions, OID.extendedKeyUsage) : built.extensions,
    hash: isRsa ? 'sha256' : 'sha384',
  });
  pki.issued.record(
    authority.certificate,
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
