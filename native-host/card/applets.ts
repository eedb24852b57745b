/** The applet versions whose cards can log in, one row each: all that differs between them. */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { SIGNATURE_SCHEME, type SignatureScheme } from '../../gateway/protocol/handshake.ts';

/** How the authentication key of an applet version signs. */
export interface Applet {
  /** Byte 21 of GET CARD DATA. The ATR says nothing: 1.1 and 1.7 share one. */
  readonly version: number;
  /** What the signature is in a TLS CertificateVerify (RFC 8446 §4.2.3). */
  readonly scheme: SignatureScheme;
  readonly hash: 'SHA-384';
  readonly hashBytes: number;
  /** The algorithm reference of MSE SET. */
  readonly algorithm: number;
  /** ECDSA r‖s on the wire. */
  readonly signatureBytes: number;
}

/** Older applets have no signature that TLS 1.3 takes (RSA without PSS). */
const OLDEST_VERSION = 0x17;

const APPLETS: readonly Applet[] = [
  {
    version: 0x18,
    scheme: SIGNATURE_SCHEME.ecdsa_secp384r1_sha384,
    hash: 'SHA-384',
    hashBytes: 48,
    algorithm: 0x02,
    signatureBytes: 96,
  },
];

/** The schemes that some card can make, for judging a request before a card is there. */
export const CARD_SCHEMES: readonly number[] = APPLETS.map(({ scheme }) => scheme);

/**
 * The row of an applet version.
 * @throws {KidsIdError} APPLET_TOO_OLD below 1.7, CARD_UNSUPPORTED for a version without a row
 */
export function getApplet(version: number): Applet {
  const applet = APPLETS.find((row) => row.version === version);
  if (applet) return applet;
  if (version < OLDEST_VERSION) {
    throw new KidsIdError('APPLET_TOO_OLD', 'applet has no signature that TLS 1.3 takes');
  }
  throw new KidsIdError('CARD_UNSUPPORTED', 'applet of a version that is not supported');
}
