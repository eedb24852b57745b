/**
 * Authentication certificates with something wrong in them: the right ones, with overrides. TEST
 * ONLY.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { createEcKey } from './authorities.ts';
import { buildCertificate, type CertificateOptions } from './build-certificate.ts';
import {
  authenticationOptions,
  cardSubject,
  type Signer,
  validityAround,
} from './certificate-profiles.ts';
import type { TestIdentity, TestPki } from './test-pki.ts';

/** A synthetic number of someone born on 1 January 2000, day serial 000. */
export const FORGED_NATIONAL_NUMBER = '00010100006';

/** What to change: the issuer, the key, and any field of the certificate. */
export interface Forgery {
  readonly issuer?: Signer;
  readonly key?: KeyObject;
  readonly fields?: (options: CertificateOptions) => Partial<CertificateOptions>;
}

/**
 * Issues an authentication certificate of the Citizen CA, valid around the PKI's `now`, changed as
 * told.
 */
export function forgeCertificate(pki: TestPki, forgery: Forgery = {}): TestIdentity {
  const privateKey = forgery.key ?? createEcKey('P-384');
  const options = authenticationOptions(
    cardSubject(
      { givenNames: 'Forged', surname: 'Example', nationalNumber: FORGED_NATIONAL_NUMBER },
      'Authentication',
    ),
    createPublicKey(privateKey),
    forgery.issuer ?? pki.citizenCa,
    validityAround(pki.now, 10, 10),
  );
  const certificate = buildCertificate({ ...options, ...forgery.fields?.(options) });
  return { privateKey, certificate };
}
