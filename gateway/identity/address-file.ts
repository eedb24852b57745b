/**
 * EF(ID#Address), the address file of a Belgian card, to typed values (card facts §3.2). What it
 * says is worth nothing until the National Register's signature over it was verified.
 */
import { getText, parseCardFile } from './card-file.ts';

/** An address as it is written on the card; a part can be empty. */
export interface Address {
  /** Street, number and box. */
  readonly street: string;
  readonly postalCode: string;
  readonly municipality: string;
}

const TAG = { street: 0x01, postalCode: 0x02, municipality: 0x03 } as const;

const MAX_BYTES_OF: ReadonlyMap<number, number> = new Map([
  [TAG.street, 80],
  [TAG.postalCode, 6],
  [TAG.municipality, 80],
]);

/** As the card channel takes it. */
const MAX_FILE_BYTES = 512;

/**
 * Parses an address file, with the zeros behind it or without.
 * @throws {KidsIdError} IDENTITY_INVALID
 */
export function parseAddressFile(file: Uint8Array): Address {
  const fields = parseCardFile(file, { maxBytes: MAX_FILE_BYTES, maxBytesOf: MAX_BYTES_OF });
  return {
    street: getText(fields, TAG.street),
    postalCode: getText(fields, TAG.postalCode),
    municipality: getText(fields, TAG.municipality),
  };
}
