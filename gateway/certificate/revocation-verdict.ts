/**
 * What a source of revocation says about one certificate, verified, whichever source it was.
 */
import { KidsIdError } from '../protocol/errors.ts';

/** A verified status and the instant after which it may not be used any more. */
export interface RevocationVerdict {
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly expiresAt: Date;
}

/**
 * Passes where the certificate is good. `unknown` is not `revoked` (RFC 6960 §2.2).
 * @throws {KidsIdError} CERTIFICATE_REVOKED, REVOCATION_UNKNOWN
 */
export function checkVerdict({ status }: RevocationVerdict): void {
  switch (status) {
    case 'good':
      return;
    case 'revoked':
      throw new KidsIdError('CERTIFICATE_REVOKED', 'certificate is revoked');
    case 'unknown':
      throw new KidsIdError('REVOCATION_UNKNOWN', 'responder does not know the certificate');
  }
}
