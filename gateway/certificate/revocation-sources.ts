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
   * Runs work that asks a source, unless the source is down. Its outcome moves the breaker. While a
   * probe is under way its outcome is waited for: a login asks for the leaf and for its CA at once.
   * Rejects with what the work rejects with, or REVOCATION_UNKNOWN.
   */
  ask<Answer>(source: Source, work: () => Promise<Answer>): Promise<Answer>;
  /** Tells whether a source is known to be down, without a probe. */
  isDown(source: Source): boolean;
  count(counter: RevocationCounter): void;
  health(): RevocationHealth;
}

export type Source = Pick<SourceHealth, 'name' | 'kind'>;

interface Known {
  readonly source: Source;
  readonly breaker: Breaker;
  /** Resolves when what was let through while the source was down has ended; never rejects. */
  probe: Promise<void> | undefined;
}

/** Creates the register of sources; each is known from its first use. */
export function createRevocationSources(options: {
  now: () => Date;
  policy: BreakerPolicy;
}): RevocationSources {
  const known = new Map<string, Known>();
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
  const knownOf = (source: Source): Known => {
    const key = `${source.kind} ${source.name}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const created = { source, breaker: createBreaker(options), probe: undefined };
    known.set(key, created);
    return created;
  };
  const run = async <Answer>(breaker: Breaker, work: () => Promise<Answer>): Promise<Answer> => {
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
  };
  return {
    async ask(source, work) {
      const asked = knownOf(source);
      const { breaker } = asked;
      const wasUp = breaker.isUp;
      if (!breaker.tryEnter()) {
        await asked.probe;
        if (!breaker.isUp) {
          counters.sourceSkipped += 1;
          throw new KidsIdError('REVOCATION_UNKNOWN', 'source of revocation is down');
        }
      }
      const asking = run(breaker, work);
      if (!wasUp && asked.probe === undefined) {
        asked.probe = asking
          .then(
            () => undefined,
            () => undefined,
          )
          .finally(() => {
            asked.probe = undefined;
          });
      }
      return asking;
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
