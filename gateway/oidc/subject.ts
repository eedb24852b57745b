/**
 * The `sub` a client gets (design §5 and §8): an HMAC over sector and account, so that two sectors
 * never see the same value and nobody without the key can go back to the card. Not the account itself:
 * that is a hash of the card's public key, made by identity.
 */
import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { asciiBytes, concatBytes, encodeBase64url, encodeVector } from '../protocol/bytes.ts';

/**
 * The key behind every `sub`. Only its version is known here: the secret may stay in a KMS or HSM.
 * A new version gives every person a new `sub` at every client.
 */
export interface SubjectKey {
  readonly version: `v${number}`;
  /** HMAC-SHA-256 over the bytes: 32 bytes. */
  sign(input: Uint8Array): Promise<Uint8Array>;
}

/**
 * A subject key held in memory.
 * @throws {RangeError} for a secret of fewer than 32 bytes.
 */
export function createSubjectKey(options: {
  version: `v${number}`;
  secret: Uint8Array;
}): SubjectKey {
  if (options.secret.length < 32) throw new RangeError('subject key of fewer than 32 bytes');
  const key = createSecretKey(options.secret);
  return {
    version: options.version,
    sign: async (input) => new Uint8Array(createHmac('sha256', key).update(input).digest()),
  };
}

/**
 * The stable `sub` of an account in a sector: 43 characters of base64url.
 * The same account and sector always give the same value, under one version of the key.
 */
export async function pairwiseSubject(options: {
  key: SubjectKey;
  sector: string;
  account: Uint8Array;
}): Promise<string> {
  const { key, sector, account } = options;
  const input = encodeSubjectInput({ version: key.version, sector, account });
  return encodeBase64url(await key.sign(input));
}

/** A `sub` for one login and no other: 256 random bits in 43 characters of base64url. */
export function createTransientSubject(): string {
  return encodeBase64url(randomBytes(32));
}

/**
 * What is signed: `version ‖ len16(sector) ‖ sector ‖ len16(account) ‖ account`, the sector in UTF-8
 * and lengths in two bytes, big-endian (design §8). The lengths keep two different pairs from
 * giving the same bytes.
 */
export function encodeSubjectInput(options: {
  version: string;
  sector: string;
  account: Uint8Array;
}): Uint8Array {
  return concatBytes(
    asciiBytes(options.version),
    encodeVector(new TextEncoder().encode(options.sector), 2),
    encodeVector(options.account, 2),
  );
}
