/**
 * Decides what one client learns from one verified card (design §5): admitted or not, under which
 * `sub`, with which age claims. Works on values only; nothing of the card is in what it returns.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { Disclosure } from '../protocol/fields.ts';
import { type AgeClaim, ageClaim } from './age-claims.ts';
import type { RegisteredClient } from './clients.ts';
import { createTransientSubject, pairwiseSubject, type SubjectKey } from './subject.ts';

/** All that a login leaves behind. JSON; a pseudonym and what the client learns, nothing else. */
export interface LoginOutcome {
  readonly sub: string;
  readonly claims: Record<AgeClaim, boolean>;
}

/** Whether a person has reached this many years today; undefined when that cannot be known. */
export type AgeOver = (threshold: number) => boolean | undefined;

/**
 * Admits a person to a client. `accountKey` stands for the card's public key. Claims that are unknown
 * are absent, never null or guessed.
 * @throws {KidsIdError} AGE_OUTSIDE when the client's age rule is not met, or cannot be known to be.
 */
export async function admit(options: {
  ageOver: AgeOver;
  accountKey: Uint8Array;
  client: RegisteredClient;
  scopes: ReadonlySet<string>;
  subjectKey: SubjectKey;
}): Promise<LoginOutcome> {
  const { ageOver, accountKey, client, scopes, subjectKey } = options;
  checkAgeRule(ageOver, client);
  const claims: Record<AgeClaim, boolean> = {};
  for (const threshold of learntThresholds(client, scopes)) {
    const reached = ageOver(threshold);
    if (reached !== undefined) claims[ageClaim(threshold)] = reached;
  }
  const { sector, subjectMode } = client;
  const sub =
    subjectMode === 'transient'
      ? createTransientSubject()
      : await pairwiseSubject({ key: subjectKey, sector, account: accountKey });
  return { sub, claims };
}

/** What the person is told before the PIN: the same rules as {@link admit}, before any card is read. */
export function disclosureOf(client: RegisteredClient, scopes: ReadonlySet<string>): Disclosure {
  return {
    ageOver: askedThresholds(client, scopes),
    ...(client.requireAge && { requireAge: client.requireAge }),
    pseudonym: client.subjectMode === 'pairwise',
  };
}

/** The only age claims that a token for this client and these scopes may carry. */
export function permittedClaims(
  client: RegisteredClient,
  scopes: ReadonlySet<string>,
): ReadonlySet<string> {
  return new Set(learntThresholds(client, scopes).map(ageClaim));
}

function checkAgeRule(ageOver: AgeOver, { requireAge }: RegisteredClient): void {
  if (!requireAge) return;
  const { min, below } = requireAge;
  const inside = ageOver(min) === true && (below === undefined || ageOver(below) === false);
  if (!inside) throw new KidsIdError('AGE_OUTSIDE', 'age rule of the client not met');
}

/** Asked for and registered, and the two limits of the age rule: these say no more than admission. */
function learntThresholds(client: RegisteredClient, scopes: ReadonlySet<string>): number[] {
  const { min, below } = client.requireAge ?? {};
  const limits = [min, below].filter((limit) => limit !== undefined);
  return [...new Set([...askedThresholds(client, scopes), ...limits])];
}

function askedThresholds(client: RegisteredClient, scopes: ReadonlySet<string>): number[] {
  return client.ageThresholds.filter((threshold) => scopes.has(ageClaim(threshold)));
}
