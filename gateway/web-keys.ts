/** The keys of the web listener, as the connection check names them (design §8). */
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * SHA-256 over the SubjectPublicKeyInfo of the first certificate in each PEM file. Read anew at each
 * call: a renewed certificate must never look like an attack.
 */
export function readWebKeys(files: readonly string[]): Uint8Array[] {
  return files.map((file) => {
    const spki = new X509Certificate(readFileSync(file)).publicKey.export({
      type: 'spki',
      format: 'der',
    });
    return createHash('sha256').update(spki).digest();
  });
}
