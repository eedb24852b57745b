/**
 * RSA signatures over digests that were computed elsewhere (RFC 8017 §8.1, §8.2), as applets 1.1 and 1.7 make them.
 * TEST ONLY: node:crypto signs messages, so the encodings of a digest are built here.
 */
import { constants, createHash, type KeyObject, privateEncrypt, randomBytes } from 'node:crypto';

/** DigestInfo before the digest (RFC 8017 §9.2 note 1). */
const DIGEST_INFO = {
  md5: '3020300c06082a864886f70d020505000410',
  sha1: '3021300906052b0e03021a05000414',
  sha256: '3031300d060960864801650304020105000420',
} as const;

const PSS_TRAILER = 0xbc;

/** Signs any data by PKCS#1 v1.5 as it is given, without DigestInfo; at most 11 bytes less than the modulus. */
export function signPkcs1(key: KeyObject, data: Uint8Array): Uint8Array {
  const padding = constants.RSA_PKCS1_PADDING;
  return Uint8Array.from(privateEncrypt({ key, padding }, data));
}

/** Signs a digest by PKCS#1 v1.5 with its DigestInfo: RSASSA-PKCS1-v1_5. */
export function signDigestInfo(
  key: KeyObject,
  hash: keyof typeof DIGEST_INFO,
  digest: Uint8Array,
): Uint8Array {
  return signPkcs1(key, Buffer.concat([Buffer.from(DIGEST_INFO[hash], 'hex'), digest]));
}

/** Signs a digest by RSASSA-PSS: MGF1 with the same hash, a fresh salt as long as the digest. */
export function signPss(key: KeyObject, hash: 'sha1' | 'sha256', digest: Uint8Array): Uint8Array {
  const padding = constants.RSA_NO_PADDING;
  const encoded = encodePss(hash, digest, modulusBitsOf(key));
  return Uint8Array.from(privateEncrypt({ key, padding }, encoded));
}

/** Throws a TypeError unless the key is an RSA private key of so many bits. */
export function checkRsaPrivateKey(key: KeyObject, bits: number): void {
  if (key.type !== 'private' || key.asymmetricKeyType !== 'rsa' || modulusBitsOf(key) !== bits) {
    throw new TypeError(`not an RSA-${bits} private key`);
  }
}

/** EMSA-PSS-ENCODE (RFC 8017 §9.1.1) for a modulus of whole bytes: one bit less than it. */
function encodePss(hash: string, digest: Uint8Array, modulusBits: number): Uint8Array {
  const salt = randomBytes(digest.length);
  const seed = createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
  const blockBytes = modulusBits / 8 - seed.length - 1;
  const block = Buffer.alloc(blockBytes);
  block[blockBytes - salt.length - 1] = 0x01;
  block.set(salt, blockBytes - salt.length);
  const mask = generateMask(hash, seed, blockBytes);
  const masked = block.map((byte, index) => byte ^ (mask[index] ?? 0));
  masked[0] = (masked[0] ?? 0) & 0x7f;
  return Uint8Array.of(...masked, ...seed, PSS_TRAILER);
}

/** MGF1 (RFC 8017 §B.2.1). */
function generateMask(hash: string, seed: Uint8Array, bytes: number): Uint8Array {
  const parts: Buffer[] = [];
  for (let counter = 0; parts.length * seed.length < bytes; counter++) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    parts.push(createHash(hash).update(seed).update(count).digest());
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

function modulusBitsOf(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}
