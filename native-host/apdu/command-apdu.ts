/**
 * The commands of the Belgian eID applet that the host needs, as bytes. No card and no answer here. T=0 only
 * (applet 1.8 reference manual §6): a command carries data or expects some, never both.
 * Sources: ISO/IEC 7816-4 and the applet 1.7 and 1.8 reference manuals.
 */

/** One command, ready to transmit. Read Le of a command without data at its fifth byte. */
export type CommandApdu = Uint8Array<ArrayBuffer>;

/** The applet instance, default-selected after a reset. 15 bytes. */
export const APPLET_AID: Uint8Array = Uint8Array.of(
  ...[0xa0, 0x00, 0x00, 0x00, 0x30, 0x29, 0x05, 0x70, 0x00, 0xad, 0x13, 0x10, 0x01, 0x01, 0xff],
);

/** File identifiers on the card: a path starts at the master file. */
export const FILE = {
  master: 0x3f00,
  /** DF(BELPIC), the PKCS#15 directory. */
  belpic: 0xdf00,
  /** EF(Cert#2), the authentication certificate. */
  authenticationCertificate: 0x5038,
  /** Cert#8, the National Register's certificate. */
  registerCertificate: 0x503c,
  /** DF(ID). */
  identityDirectory: 0xdf01,
  identity: 0x4031,
  identitySignature: 0x4032,
  address: 0x4033,
  addressSignature: 0x4034,
  photo: 0x4035,
} as const;

/** The largest answer of one READ BINARY: a short Le of 00. */
export const READ_BINARY_MAX_BYTES = 256;

/**
 * SELECT an application by its identifier; no file control information is returned.
 *
 * | CLA | INS | P1           | P2          | Lc            | Data | Le |
 * | --- | --- | ------------ | ----------- | ------------- | ---- | -- |
 * | 00  | A4  | 04, DF name  | 0C, no data | length of AID | AID  | –  |
 *
 * @throws {RangeError} When the identifier is not 5 to 16 bytes.
 * @see ISO/IEC 7816-4, SELECT
 */
export function selectApplication(aid: Uint8Array): CommandApdu {
  if (aid.length < 5 || aid.length > 16) throw new RangeError('AID of other than 5 to 16 bytes');
  return Uint8Array.of(0x00, 0xa4, 0x04, 0x0c, aid.length, ...aid);
}

/**
 * SELECT a file by its path, master file included.
 *
 * | CLA | INS | P1            | P2          | Lc             | Data                  | Le |
 * | --- | --- | ------------- | ----------- | -------------- | --------------------- | -- |
 * | 00  | A4  | 08, from MF   | 0C, no data | 2 × components | identifiers, 2 bytes  | –  |
 *
 * @param path File identifiers of two bytes, from 3F00 down.
 * @throws {RangeError} When the path is empty, longer than eight, or has an identifier out of range.
 * @see ISO/IEC 7816-4, SELECT
 */
export function selectPath(path: readonly number[]): CommandApdu {
  if (path.length < 1 || path.length > 8) throw new RangeError('path of other than 1 to 8 files');
  const data = path.flatMap((identifier) => {
    if (!Number.isInteger(identifier) || identifier < 0 || identifier > 0xffff) {
      throw new RangeError('file identifier of other than two bytes');
    }
    return [identifier >> 8, identifier & 0xff];
  });
  return Uint8Array.of(0x00, 0xa4, 0x08, 0x0c, data.length, ...data);
}

/**
 * GET CARD DATA, 28 bytes: chip serial (16), component and system versions, applet version at 21.
 *
 * | CLA | INS | P1 | P2 | Lc | Le |
 * | --- | --- | -- | -- | -- | -- |
 * | 80  | E4  | 00 | 00 | –  | 1C |
 *
 * @see Applet 1.7 reference manual §6.9, applet 1.8 reference manual §6.14
 */
export function getCardData(): CommandApdu {
  return Uint8Array.of(0x80, 0xe4, 0x00, 0x00, 0x1c);
}

/**
 * GET CARD DATA in the form of applet 1.8, 31 bytes: the 28, then the PIN tries left, then FF FF.
 *
 * | CLA | INS | P1 | P2 | Lc | Le |
 * | --- | --- | -- | -- | -- | -- |
 * | 80  | E4  | 00 | 01 | –  | 1F |
 *
 * @see Applet 1.8 reference manual §6.14
 */
export function getCardDataWithTries(): CommandApdu {
  return Uint8Array.of(0x80, 0xe4, 0x00, 0x01, 0x1f);
}

/**
 * READ BINARY of the selected file.
 *
 * | CLA | INS | P1           | P2          | Lc | Le              |
 * | --- | --- | ------------ | ----------- | -- | --------------- |
 * | 00  | B0  | offset, high | offset, low | –  | length, 0 = 256 |
 *
 * @param options.offset Bytes from the start, 0 to 32,767 (bit 8 of P1 stays 0).
 * @param options.length Bytes wanted, 1 to 256.
 * @throws {RangeError} When either is out of range.
 * @see ISO/IEC 7816-4, READ BINARY
 */
export function readBinary(options: { offset: number; length: number }): CommandApdu {
  const { offset, length } = options;
  if (!Number.isInteger(offset) || offset < 0 || offset > 0x7fff) {
    throw new RangeError('offset out of range');
  }
  if (!Number.isInteger(length) || length < 1 || length > READ_BINARY_MAX_BYTES) {
    throw new RangeError('length out of range');
  }
  return Uint8Array.of(0x00, 0xb0, offset >> 8, offset & 0xff, length & 0xff);
}

/**
 * READ RECORD of the selected identity or address file: one field, as tag, length, value. Applet 1.8 only.
 *
 * | CLA | INS | P1  | P2  | Lc | Le      |
 * | --- | --- | --- | --- | -- | ------- |
 * | 80  | B2  | tag | tag | –  | 00, 256 |
 *
 * @param tag One byte.
 * @throws {RangeError} When it is not one byte.
 * @see Applet 1.8 reference manual, READ RECORD
 */
export function readRecord(tag: number): CommandApdu {
  return Uint8Array.of(0x80, 0xb2, checkByte(tag), tag, 0x00);
}

/**
 * MANAGE SECURITY ENVIRONMENT, SET for a digital signature: algorithm reference and key reference.
 *
 * | CLA | INS | P1 | P2 | Lc | Data                       | Le |
 * | --- | --- | -- | -- | -- | -------------------------- | -- |
 * | 00  | 22  | 41 | B6 | 05 | 04, 80 algorithm, 84 key   | –  |
 *
 * @param options.algorithm One byte of the applet's table; what it means depends on the applet.
 * @param options.key One byte; 82 is the authentication key.
 * @throws {RangeError} When either is not one byte.
 * @see Applet 1.7 reference manual §6.7, applet 1.8 reference manual §6.12
 */
export function setSignatureEnvironment(options: { algorithm: number; key: number }): CommandApdu {
  return Uint8Array.of(
    ...[0x00, 0x22, 0x41, 0xb6, 0x05],
    ...[0x04, 0x80, checkByte(options.algorithm), 0x84, checkByte(options.key)],
  );
}

/**
 * VERIFY of the cardholder's PIN. Holds the PIN: whoever made it wipes it.
 *
 * | CLA | INS | P1 | P2              | Lc | Data           | Le |
 * | --- | --- | -- | --------------- | -- | -------------- | -- |
 * | 00  | 20  | 00 | 01, PIN         | 08 | PIN block      | –  |
 *
 * @param pinBlock 8 bytes, see encodePinBlock.
 * @throws {RangeError} When the block is not 8 bytes.
 * @see Applet 1.8 reference manual, table 29
 */
export function verifyPin(pinBlock: Uint8Array): CommandApdu {
  const command = Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x08, 0, 0, 0, 0, 0, 0, 0, 0);
  command.set(checkPinBlock(pinBlock), 5);
  return command;
}

/**
 * VERIFY without data: asks whether the PIN's right is held (9000) or how many tries are left (63 Cx). Never for
 * applet 1.1, which counts it as a wrong PIN. The five bytes are T=0's own header, so that no reader has to add one.
 *
 * | CLA | INS | P1 | P2      | P3 |
 * | --- | --- | -- | ------- | -- |
 * | 00  | 20  | 00 | 01, PIN | 00 |
 *
 * @see Applet 1.7 and 1.8 reference manuals, VERIFY
 */
export function queryPinTries(): CommandApdu {
  return Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x00);
}

/**
 * CHANGE REFERENCE DATA: the PIN, then the new one. Holds both: whoever made it wipes it.
 *
 * | CLA | INS | P1 | P2      | Lc | Data                     | Le |
 * | --- | --- | -- | ------- | -- | ------------------------ | -- |
 * | 00  | 24  | 00 | 01, PIN | 10 | PIN block, new PIN block | –  |
 *
 * @throws {RangeError} When a block is not 8 bytes.
 * @see Applet 1.8 reference manual §6.10
 */
export function changeReferenceData(blocks: {
  pinBlock: Uint8Array;
  newPinBlock: Uint8Array;
}): CommandApdu {
  const command = new Uint8Array(21);
  command.set([0x00, 0x24, 0x00, 0x01, 0x10]);
  command.set(checkPinBlock(blocks.pinBlock), 5);
  command.set(checkPinBlock(blocks.newPinBlock), 13);
  return command;
}

/**
 * PERFORM SECURITY OPERATION, COMPUTE DIGITAL SIGNATURE over a hash. The answer waits: 61 LL.
 *
 * | CLA | INS | P1 | P2 | Lc             | Data | Le |
 * | --- | --- | -- | -- | -------------- | ---- | -- |
 * | 00  | 2A  | 9E | 9A | length of hash | hash | –  |
 *
 * @param hash 20 to 64 bytes, made off the card.
 * @throws {RangeError} When it is of another length.
 * @see Applet 1.7 reference manual §6.8, applet 1.8 reference manual §6.13
 */
export function computeDigitalSignature(hash: Uint8Array): CommandApdu {
  if (hash.length < 20 || hash.length > 64) throw new RangeError('hash of another length');
  return Uint8Array.of(0x00, 0x2a, 0x9e, 0x9a, hash.length, ...hash);
}

/**
 * GET RESPONSE: fetches what a status of 61 LL announced.
 *
 * | CLA | INS | P1 | P2 | Lc | Le              |
 * | --- | --- | -- | -- | -- | --------------- |
 * | 00  | C0  | 00 | 00 | –  | length, 0 = 256 |
 *
 * @param length Bytes wanted, 1 to 256.
 * @throws {RangeError} When it is out of range.
 * @see ISO/IEC 7816-4, GET RESPONSE
 */
export function getResponse(length: number): CommandApdu {
  if (!Number.isInteger(length) || length < 1 || length > 256) {
    throw new RangeError('length out of range');
  }
  return Uint8Array.of(0x00, 0xc0, 0x00, 0x00, length & 0xff);
}

/**
 * LOG OFF: drops the rights that a PIN gave.
 *
 * | CLA | INS | P1 | P2 | Lc | Le |
 * | --- | --- | -- | -- | -- | -- |
 * | 80  | E6  | 00 | 00 | –  | –  |
 *
 * @see Applet 1.8 reference manual, LOG OFF
 */
export function logOff(): CommandApdu {
  return Uint8Array.of(0x80, 0xe6, 0x00, 0x00);
}

function checkByte(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 0xff) throw new RangeError('not one byte');
  return value;
}

function checkPinBlock(block: Uint8Array): Uint8Array {
  if (block.length !== 8) throw new RangeError('PIN block of other than 8 bytes');
  return block;
}
