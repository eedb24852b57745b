/**
 * What is personalised into one virtual card: data only, made by the test PKI, loaded by the virtual applet.
 * TEST ONLY.
 */
import type { KeyObject } from 'node:crypto';

/**
 * Size of EF(SGN#RN) and EF(SGN#Address) on applet 1.8, bytes: a DER ECDSA signature, then zeros.
 * The address signature covers the identity signature in this padded form (card facts §3.6).
 */
export const SIGNATURE_FILE_BYTES = 104;

/** The files and keys of a Belgian applet 1.8 card. Files are unpadded: the card pads them as real ones are. */
export interface CardContents {
  /** GET CARD DATA serial, 16 bytes, equal to tag 02 of the identity file. */
  readonly chipSerial: Uint8Array;
  /** 4 to 12 digits; absent on a card made before the sixth birthday. */
  readonly pin: string | undefined;
  /** EC P-384 private keys. The authentication key is there only when its certificate is. */
  readonly authenticationKey: KeyObject | undefined;
  readonly basicKey: KeyObject;
  /** DER; `undefined` leaves the file all zeros (kids-ID under 6). */
  readonly authenticationCertificate: Uint8Array | undefined;
  /** DER; absent on the card of every minor. The card never signs with its key: no login needs it. */
  readonly signatureCertificate?: Uint8Array | undefined;
  readonly citizenCaCertificate: Uint8Array;
  readonly rootCertificate: Uint8Array;
  readonly nationalRegisterCertificate: Uint8Array;
  /**
   * EF(4031) and EF(4033) as TLV, their signatures (DER ECDSA), and the JPEG of EF(4035). The identity
   * file is stored exactly as given, because its signature covers the stored bytes.
   */
  readonly identity: Uint8Array;
  readonly identitySignature: Uint8Array;
  readonly address: Uint8Array;
  readonly addressSignature: Uint8Array;
  readonly photo: Uint8Array;
}
