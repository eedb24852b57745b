/** The applet versions whose cards can log in, one row each: all that differs between them. */
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { SIGNATURE_SCHEME, type SignatureScheme } from '../../gateway/protocol/handshake.ts';

/** How the authentication key of an applet version signs, and which commands that version has. */
export interface Applet {
  /** Byte 21 of GET CARD DATA. The ATR says nothing: 1.1 and 1.7 share one. */
  readonly version: number;
  /** What the signature is in a TLS CertificateVerify (RFC 8446 §4.2.3). */
  readonly scheme: SignatureScheme;
  readonly hash: 'SHA-256' | 'SHA-384';
  readonly hashBytes: number;
  /** The algorithm reference of MSE SET. */
  readonly algorithm: number;
  /** As the card gives it: two numbers r‖s, or the RSA signature as TLS wants it. */
  readonly signatureForm: 'ecdsa-raw' | 'rsa';
  readonly signatureBytes: number;
  /** GET CARD DATA has a form with the PIN tries left. */
  readonly tellsTries: boolean;
  /** READ RECORD gives one field of the identity file. */
  readonly readsRecords: boolean;
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
    signatureForm: 'ecdsa-raw',
    signatureBytes: 96,
    tellsTries: true,
    readsRecords: true,
  },
  {
    version: 0x17,
    scheme: SIGNATURE_SCHEME.rsa_pss_rsae_sha256,
    hash: 'SHA-256',
    hashBytes: 32,
    algorithm: 0x20,
    signatureForm: 'rsa',
    signatureBytes: 256,
    tellsTries: false,
    readsRecords: false,
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
