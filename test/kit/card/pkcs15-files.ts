/**
 * The PKCS#15 files of the three applets, byte for byte (card facts §2.1; PKCS#15 v1.1, with the EC forms that
 * applet 1.8 uses). Writes only, reads nothing. TEST ONLY.
 */
import type { Applet } from './applets.ts';

const AUTHENTICATION_LABEL = ascii('Authentication');
const SIGNATURE_LABEL = ascii('Signature');

/** EF(DIR), 37 bytes. */
export const DIRECTORY_FILE = hex(
  '61234F0CA000000177504B43532D3135500642454C50494351043F00DF0073050603603802',
);

/** EF(ODF), 36 bytes: where PrKDF, CDF and AODF are. */
export const OBJECT_DIRECTORY_FILE = hex(
  'A00A300804063F00DF005035A40A300804063F00DF005037A80A300804063F00DF005034',
);

/** EF(AODF), 53 bytes: the one PIN, 4 to 12 digits, stored in 8 bytes. */
export const AUTHENTICATION_OBJECT_DIRECTORY_FILE = concat(
  hex('3033300F0C09'),
  ascii('Basic PIN'),
  hex('030206C03003040101A11B30190302020C0A01000201040201088001010401FF300404023F00'),
);

/** EF(PrKDF), 119 bytes. It lists both keys on every card: a key that is named here need not exist. */
export function encodePrivateKeyDirectory({ isElliptic, keyBits }: Applet): Uint8Array {
  const tag = isElliptic ? 'A0' : '30';
  const location = `A10E300C300604043F00DF000202${keyBits.toString(16).padStart(4, '0')}`;
  return concat(
    hex(`${tag}3A30170C0E`),
    AUTHENTICATION_LABEL,
    hex(`030206C0040101300F04010203020520030203B802020082${location}`),
    hex(`${tag}3930150C09`),
    SIGNATURE_LABEL,
    hex(`030206C004010102010130100401030303060040030203B802020083${location}`),
  );
}

/** EF(TokenInfo), 41 bytes. */
export function encodeTokenInfo(applet: Applet, chipSerial: Uint8Array): Uint8Array {
  return concat(
    hex('30270201000410'),
    chipSerial,
    hex('8006'),
    ascii('BELPIC'),
    hex('030204309E04'),
    applet.tokenVersions,
  );
}

/**
 * EF(CDF): one record per certificate on the card, none for a certificate that is absent. For an adult 163 bytes
 * with RSA, 175 with EC keys; of EC cards 131 without signature certificate, 82 for a child under 6. Never ends in a
 * zero that is padding.
 */
export function encodeCertificateDirectory(
  applet: Applet,
  present: { authentication: boolean; signature: boolean },
): Uint8Array {
  // commonObjectFlags, and the implicitTrust that only the EC form writes
  const flags = hex(applet.isElliptic ? '03020640' : '030206C0');
  const trust = hex(applet.isElliptic ? '830100' : '');
  const isAuthority = hex('0101FF');
  const record = (id: number, label: Uint8Array, fileId: string): Uint8Array =>
    sequence(
      sequence(Uint8Array.of(0x0c, label.length), label, flags, hex('040101')),
      sequence(Uint8Array.of(0x04, 0x01, id), ...(id >= 0x04 ? [isAuthority] : []), trust),
      filePath(fileId),
    );
  return concat(
    present.authentication ? record(0x02, AUTHENTICATION_LABEL, '5038') : hex(''),
    present.signature ? record(0x03, SIGNATURE_LABEL, '5039') : hex(''),
    record(0x04, ascii('CA'), '503A'),
    record(0x06, ascii('Root'), '503B'),
  );
}

function filePath(fileId: string): Uint8Array {
  return hex(`A10C300A300804063F00DF00${fileId}`);
}

function sequence(...parts: Uint8Array[]): Uint8Array {
  const body = concat(...parts);
  return Uint8Array.of(0x30, body.length, ...body);
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.of(...parts.flatMap((part) => [...part]));
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function hex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}
