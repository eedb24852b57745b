/**
 * Fetches CRLs over HTTP, piece by piece, from addresses of the configuration only. Nothing is held
 * but what the reader keeps.
 */
import { setImmediate } from 'node:timers/promises';
import { KidsIdError } from '../protocol/errors.ts';
import type { Certificate } from './certificate.ts';
import { type Crl, createCrlReader, MAX_CRL_BYTES } from './crl-reader.ts';

/** Fetches the CRL at a URL, signed by `issuer`. Rejects with REVOCATION_UNKNOWN. */
export type CrlFetch = (request: { url: string; issuer: Certificate }) => Promise<Crl>;

const DEFAULT_TIMEOUT_MS = 60_000;

/** Creates a {@link CrlFetch}: no redirects, 64 MiB at most and 60 s in all unless told otherwise. */
export function createCrlFetch(options: { timeoutMs?: number; maxBytes?: number } = {}): CrlFetch {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = MAX_CRL_BYTES } = options;
  return async ({ url, issuer }) => {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(url, { redirect: 'error', signal });
      if (response.status !== 200 || response.body === null) {
        await response.body?.cancel();
        throw new KidsIdError('REVOCATION_UNKNOWN', 'CRL server answered with an error');
      }
      const reader = createCrlReader({ authorities: [issuer], maxBytes });
      for await (const chunk of response.body) {
        reader.write(chunk);
        // A fast server would otherwise keep every login waiting until its CRL is read
        await setImmediate();
      }
      return reader.end();
    } catch (error) {
      if (error instanceof KidsIdError) throw error;
      throw new KidsIdError('REVOCATION_UNKNOWN', 'CRL server did not answer', { cause: error });
    }
  };
}
