/**
 * The signature of a CRL over bytes that arrive in pieces. The same algorithms as for certificates;
 * the bytes are hashed as they come and never held.
 */
import { createVerify, type Verify } from 'node:crypto';
import type { AlgorithmIdentifier, Certificate } from './certificate.ts';
import { malformedCrl } from './crl-window.ts';
import { findAlgorithm } from './signature.ts';

/** Takes signed bytes, then tells which of the authorities signed them. */
export interface StreamedSignature {
  update(bytes: Uint8Array): void;
  /** @throws {KidsIdError} REVOCATION_UNKNOWN when it is none of them */
  verify(signature: Uint8Array): Certificate;
}

/**
 * Begins the check of a signature by one of these authorities.
 * @throws {KidsIdError} REVOCATION_UNKNOWN for an algorithm that is not taken, or fits none of them
 */
export function createStreamedSignature(
  identifier: AlgorithmIdentifier,
  authorities: readonly Certificate[],
): StreamedSignature {
  const algorithm = findAlgorithm(identifier);
  if (algorithm === undefined) throw malformedCrl('CRL signature not of a kind taken');
  const checks: readonly { authority: Certificate; check: Verify }[] = authorities
    .filter(({ key }) => key.kind === algorithm.kind)
    .map((authority) => ({ authority, check: createVerify(algorithm.hash) }));
  if (checks.length === 0) throw malformedCrl('CRL signature does not fit the key of its issuer');
  return {
    update(bytes) {
      for (const { check } of checks) check.update(bytes);
    },
    verify(signature) {
      const found = checks.find(({ authority, check }) =>
        check.verify({ key: authority.publicKey, dsaEncoding: 'der' }, signature),
      );
      if (found === undefined) throw malformedCrl('CRL is not signed by its issuer');
      return found.authority;
    },
  };
}
