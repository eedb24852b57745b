/**
 * CRLs of the configured issuers, fetched when one is needed and kept until they end. One fetch in
 * flight for each address; it goes on when nobody waits for it any more.
 */
import { createHash } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import { checkCompleteCrl } from './crl-check.ts';
import type { CrlFetch } from './crl-fetch.ts';
import type { Crl } from './crl-reader.ts';
import type { RevocationSources } from './revocation-sources.ts';

/** How long a CRL is kept before the next is fetched, and how much memory all of them may take. */
export interface CrlPolicy {
  readonly refreshMs: number;
  readonly maxHeldBytes: number;
}

export interface CrlStore {
  /** The CRL at this address, of this issuer, which may be used now. Rejects with REVOCATION_UNKNOWN. */
  find(url: string, issuer: Certificate): Promise<Crl>;
}

/** Every hour, while it lasts; 256 MiB in all. */
export const DEFAULT_CRL_POLICY: CrlPolicy = { refreshMs: 3_600_000, maxHeldBytes: 268_435_456 };

interface Held {
  readonly crl: Crl;
  readonly fetchedAt: Date;
}

/** Creates an empty store. */
export function createCrlStore(options: {
  fetchCrl: CrlFetch;
  now: () => Date;
  sources: RevocationSources;
  policy: CrlPolicy;
}): CrlStore {
  const { fetchCrl, now, sources, policy } = options;
  const held = new Map<string, Held>();
  const loading = new Map<string, Promise<Crl>>();

  const keep = (key: string, crl: Crl): Crl => {
    const before = held.get(key)?.crl;
    // Somebody in between could send an older CRL that has not ended: what is known stays known
    const newest = before !== undefined && before.thisUpdate > crl.thisUpdate ? before : crl;
    held.delete(key);
    held.set(key, { crl: newest, fetchedAt: now() });
    for (const [oldest] of held) {
      if (held.size === 1 || heldBytes(held) <= policy.maxHeldBytes) break;
      held.delete(oldest);
    }
    return newest;
  };
  const load = (url: string, issuer: Certificate): Promise<Crl> => {
    const key = keyOf(url, issuer);
    const underWay = loading.get(key);
    if (underWay !== undefined) return underWay;
    const source = { kind: 'crl', name: new URL(url).hostname } as const;
    const started = sources
      .ask(source, async () => {
        sources.count('crlLoads');
        const crl = await fetchCrl({ url, issuer });
        checkCompleteCrl({ crl, now: now() });
        return keep(key, crl);
      })
      .finally(() => loading.delete(key));
    // Whoever asked may be gone when it fails
    started.catch(() => undefined);
    loading.set(key, started);
    return started;
  };
  return {
    async find(url, issuer) {
      const key = keyOf(url, issuer);
      const found = held.get(key);
      if (found === undefined || !isCurrent(found.crl, now())) {
        held.delete(key);
        return load(url, issuer);
      }
      if (now().getTime() - found.fetchedAt.getTime() > policy.refreshMs) void load(url, issuer);
      return found.crl;
    },
  };
}

/** One address may serve two CAs of a name: what one signed says nothing of the other. */
function keyOf(url: string, issuer: Certificate): string {
  return `${createHash('sha256').update(issuer.der).digest('hex')} ${url}`;
}

function isCurrent({ nextUpdate }: Crl, now: Date): boolean {
  return nextUpdate !== undefined && nextUpdate >= now;
}

function heldBytes(held: ReadonlyMap<string, Held>): number {
  return [...held.values()].reduce((sum, { crl }) => sum + crl.revoked.byteLength, 0);
}
