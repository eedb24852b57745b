/**
 * Which certificates the test PKI has issued and which of them are revoked. TEST ONLY. One small
 * file each, named by a hash, because the program that makes a card and the one that answers OCSP
 * are not the same.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type IssuedStatus =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked'; readonly revokedAt: Date };

/** The register: certificates are named by issuer (DER of its certificate) and serial number. */
export interface IssuedRegister {
  record(issuer: Uint8Array, serial: Uint8Array, status: IssuedStatus): void;
  find(issuer: Uint8Array, serial: Uint8Array): IssuedStatus | undefined;
}

/** Opens the register in a folder, which is made where it is not there. */
export function openIssuedRegister(dir: string): IssuedRegister {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const pathOf = (issuer: Uint8Array, serial: Uint8Array): string => {
    const issuerHash = createHash('sha256').update(issuer).digest();
    return join(dir, createHash('sha256').update(issuerHash).update(serial).digest('hex'));
  };
  return {
    record(issuer, serial, status) {
      const path = pathOf(issuer, serial);
      const text = status.kind === 'good' ? 'good' : status.revokedAt.toISOString();
      writeFileSync(`${path}.${process.pid}`, text, { mode: 0o600 });
      renameSync(`${path}.${process.pid}`, path);
    },
    find(issuer, serial) {
      try {
        const text = readFileSync(pathOf(issuer, serial), 'utf8');
        return text === 'good' ? { kind: 'good' } : { kind: 'revoked', revokedAt: new Date(text) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
  };
}
