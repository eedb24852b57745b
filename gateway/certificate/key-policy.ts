/**
 * Which keys are strong enough, and of a kind that Belgian cards and CAs have (card facts §1.6,
 * §4.2).
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { Certificate } from './certificate.ts';

const MIN_RSA_BITS = 2048;
/** Above this a signature check costs more than it is worth. */
const MAX_RSA_BITS = 8192;
const MAX_RSA_EXPONENT = 2n ** 32n;

/**
 * Checks a card's key: EC P-384 (applet 1.8) or RSA of 2048 bits and more, in whole bytes
 * (1.7).
 * @throws {KidsIdError} CERTIFICATE_KEY
 */
export function checkCardKey(certificate: Certificate): void {
  checkKey(certificate, ['P-384']);
}

/**
 * Checks a CA's or responder's key: EC P-256, P-384 or P-521, or RSA of 2048 bits and more.
 * @throws {KidsIdError} CERTIFICATE_KEY
 */
export function checkAuthorityKey(certificate: Certificate): void {
  checkKey(certificate, ['P-256', 'P-384', 'P-521']);
}

function checkKey({ key }: Certificate, curves: readonly string[]): void {
  const isStrong =
    key.kind === 'rsa'
      ? key.modulusBits >= MIN_RSA_BITS &&
        key.modulusBits <= MAX_RSA_BITS &&
        key.modulusBits % 8 === 0 &&
        key.exponent % 2n === 1n &&
        key.exponent >= 3n &&
        key.exponent < MAX_RSA_EXPONENT
      : key.kind === 'ec' && curves.includes(key.curve);
  if (!isStrong) throw new KidsIdError('CERTIFICATE_KEY', 'key of a kind that is not taken');
}
