/**
 * What is personalised into one virtual card: data only, made by the test PKI, loaded by the virtual applet.
 * TEST ONLY.
 */
import type { KeyObject } from 'node:crypto';
import type { AppletVersion } from './applets.ts';

/** The files and keys of a Belgian card. Files are unpadded: the card pads them as real ones are. */
export interface CardContents {
  readonly applet: AppletVersion;
  /** GET CARD DATA serial, 16 bytes, equal to tag 02 of the identity file. */
  readonly chipSerial: Uint8Array;
  /** 4 to 12 digits; absent on a card made before the sixth birthday. */
  readonly pin: string | undefined;
  /**
   * Private keys 82 and 83: RSA-1024 on applet 1.1, RSA-2048 on 1.7, EC P-384 on 1.8. A key is there only when its
   * certificate is.
   */
  readonly authenticationKey: KeyObject | undefined;
  readonly signatureKey?: KeyObject | undefined;
  /** EC P-384, on applet 1.8 only. */
  readonly basicKey: KeyObject | undefined;
  /** DER; `undefined` leaves the file all zeros (kids-ID under 6). */
  readonly authenticationCertificate: Uint8Array | undefined;
  /** DER; absent on the card of every minor. */
  readonly signatureCertificate?: Uint8Array | undefined;
  readonly citizenCaCertificate: Uint8Array;
  readonly rootCertificate: Uint8Array;
  readonly nationalRegisterCertificate: Uint8Array;
  /**
   * EF(4031) and EF(4033) as TLV, their signatures (RSA, or DER ECDSA), and the JPEG of EF(4035). The identity
   * file is stored exactly as given, because its signature covers the stored bytes.
   */
  readonly identity: Uint8Array;
  readonly identitySignature: Uint8Array;
  readonly address: Uint8Array;
  readonly addressSignature: Uint8Array;
  readonly photo: Uint8Array;
}
