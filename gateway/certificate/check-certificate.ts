/**
 * The whole judgement of a card's certificate but for revocation: its profile, then its path.
 */
import type { Certificate } from './certificate.ts';
import { type VerifiedPath, verifyPath } from './path.ts';
import { AUTHENTICATION_PROFILE } from './profile.ts';
import { checkMode, type Trust } from './trust.ts';

/**
 * Checks an authentication certificate at `now` against what the gateway trusts. Revocation comes
 * after it.
 * @throws {KidsIdError} CERTIFICATE_KEY, CERTIFICATE_PROFILE, CERTIFICATE_POLICY,
 *   CERTIFICATE_EXPIRED, CERTIFICATE_ISSUER_UNKNOWN, CERTIFICATE_PATH
 */
export function checkCertificate(options: {
  certificate: Certificate;
  trust: Trust;
  now: Date;
}): VerifiedPath {
  const profile = {
    ...AUTHENTICATION_PROFILE,
    leafRules: [
      ...AUTHENTICATION_PROFILE.leafRules,
      (leaf: Certificate) => checkMode(leaf, options.trust.mode),
    ],
  };
  return verifyPath({ ...options, profile });
}
