/** The id that Chromium gives the extension, which the native host's manifest has to name. */
import { createHash } from 'node:crypto';
import { EXTENSION_KEY } from '../manifest/extension-key.ts';

/** 32 letters a–p: the first 16 bytes of the key's SHA-256, each half-byte a letter. */
export const EXTENSION_ID = computeExtensionId(Buffer.from(EXTENSION_KEY, 'base64'));

/** Computes an extension id from a SubjectPublicKeyInfo in DER. */
export function computeExtensionId(publicKey: Uint8Array): string {
  const half = createHash('sha256').update(publicKey).digest('hex').slice(0, 32);
  return half.replace(/[0-9a-f]/g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
}
