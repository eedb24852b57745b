/**
 * Who may be asked about revocation, each behind a breaker of its own, and how they do: for a banner
 * and for metrics. Sources are named by host; nothing here comes from a card.
 */
import { KidsIdError } from '../protocol/errors.ts';
import { type Breaker, type BreakerPolicy, createBreaker } from './revocation-breaker.ts';

/** What is counted, since the start. */
export type RevocationCounter =
  | 'good'
  | 'revoked'
  | 'unknown'
  | 'cacheHits'
  | 'sourceAnswers'
  | 'sourceFailures'
  | 'sourceSkipped'
  | 'crlLoads'
  | 'prefetchAsked'
  | 'prefetchPastBudget'
  | 'prefetchUsed';

/** The state of one source. */
export interface SourceHealth {
  readonly name: string;
  readonly kind: 'ocsp' | 'crl';
  readonly isUp: boolean;
  /** When it went up or down; its first use where it never changed. */
  readonly since: Date;
}

/** Numbers and names of hosts: no certificate, no serial number. */
export interface RevocationHealth {
  readonly sources: readonly SourceHealth[];
  readonly counters: Readonly<Record<RevocationCounter, number>>;
}

/** Sources and counters of one gateway. */
export interface RevocationSources {
  /**
   * Runs work that asks a source, unless the source is down. Its outcome moves the breaker. Rejects
   * with what the work rejects with, or REVOCATION_UNKNOWN.
   */
  ask<Answer>(source: Source, work: () => Promise<Answer>): Promise<Answer>;
  /** Tells whether a source is known to be down, without a probe. */
  isDown(source: Source): boolean;
  count(counter: RevocationCounter): void;
  health(): RevocationHealth;
}

export type Source = Pick<SourceHealth, 'name' | 'kind'>;

/** Creates the register of sources; each is known from its first use. */
export function createRevocationSources(options: {
  now: () => Date;
  policy: BreakerPolicy;
}): RevocationSources {
  const known = new Map<string, { source: Source; breaker: Breaker }>();
  const counters: Record<RevocationCounter, number> = {
    good: 0,
    revoked: 0,
    unknown: 0,
    cacheHits: 0,
    sourceAnswers: 0,
    sourceFailures: 0,
    sourceSkipped: 0,
    crlLoads: 0,
    prefetchAsked: 0,
    prefetchPastBudget: 0,
    prefetchUsed: 0,
  };
  const breakerOf = (source: Source): Breaker => {
    const key = `${source.kind} ${source.name}`;
    const found = known.get(key);
    if (found !== undefined) return found.breaker;
    const breaker = createBreaker(options);
    known.set(key, { source, breaker });
    return breaker;
  };
  return {
    async ask(source, work) {
      const breaker = breakerOf(source);
      if (!breaker.tryEnter()) {
        counters.sourceSkipped += 1;
        throw new KidsIdError('REVOCATION_UNKNOWN', 'source of revocation is down');
      }
      try {
        const answer = await work();
        breaker.settle('answered');
        counters.sourceAnswers += 1;
        return answer;
      } catch (error) {
        breaker.settle('failed');
        counters.sourceFailures += 1;
        throw error;
      }
    },
    isDown: ({ kind, name }) => known.get(`${kind} ${name}`)?.breaker.isUp === false,
    count(counter) {
      counters[counter] += 1;
    },
    health: () => ({
      sources: [...known.values()].map(({ source: { name, kind }, breaker }) => ({
        name,
        kind,
        isUp: breaker.isUp,
        since: breaker.since,
      })),
      counters: { ...counters },
    }),
  };
}
