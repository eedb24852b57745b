/**
 * What RFC 5280 §4 asks of a CA's certificate by itself. The path algorithm of §6.1 does without
 * these rules; CAs that keep to the standard keep them, and all Belgian CAs do.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { Certificate } from './certificate.ts';
import { EXTENSION_OID, isCritical } from './certificate-extensions.ts';
import type { CertificateRule } from './end-entity.ts';

/** The rules in order. All throw CERTIFICATE_PATH. */
export const AUTHORITY_RULES: readonly CertificateRule[] = [
  checkNamed,
  checkBasicConstraintsCritical,
  checkKeyUsagePresent,
  checkPolicyConstraintsCritical,
];

/** §4.1.2.6: a name of its own, alternative names or not. */
function checkNamed({ subject }: Certificate): void {
  if (subject.length === 0) throw broken('a CA without a name');
}

/** §4.2.1.9. */
function checkBasicConstraintsCritical(certificate: Certificate): void {
  if (!isCritical(certificate, EXTENSION_OID.basicConstraints)) {
    throw broken('basic constraints that are not critical');
  }
}

/** §4.2.1.3. */
function checkKeyUsagePresent({ keyUsage }: Certificate): void {
  if (keyUsage === undefined) throw broken('a CA without a key usage');
}

/** §4.2.1.11 and §4.2.1.14. */
function checkPolicyConstraintsCritical(certificate: Certificate): void {
  for (const oid of [EXTENSION_OID.policyConstraints, EXTENSION_OID.inhibitAnyPolicy]) {
    const isThere = certificate.extensions.some((extension) => extension.oid === oid);
    if (isThere && !isCritical(certificate, oid)) {
      throw broken('policy constraints that are not critical');
    }
  }
}

function broken(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_PATH', message);
}
