/**
 * Decides what one client learns from one verified card (design §5): admitted or not, under which
 * `sub`, with which claims. Works on values only; of the card nothing but what was granted is in what
 * it returns.
 */
import type { CivilDate } from '../identity/civil-date.ts';
import type { Identity } from '../identity/verify-identity-files.ts';
import type { IDENTITY_FILES } from '../protocol/card-channel.ts';
import { KidsIdError } from '../protocol/errors.ts';
import { type Disclosure, IDENTITY_SCOPES, type IdentityScope } from '../protocol/fields.ts';
import { type AgeClaim, ageClaim } from './age-claims.ts';
import type { RegisteredClient } from './clients.ts';
import { type IdentityClaims, identityClaims } from './identity-claims.ts';
import { reverifyMonth } from './reverify.ts';
import { createTransientSubject, pairwiseSubject, type SubjectKey } from './subject.ts';

export type { IdentityClaims } from './identity-claims.ts';

/** What the ID token says of the person: ages, and the month `YYYY-MM` from which to ask again. */
export type TokenClaims = {
  readonly [claim: AgeClaim]: boolean;
  readonly [REVERIFY_CLAIM]?: string;
};

/** The claim that tells when to ask again. No scope: a client's file switches it on. */
export const REVERIFY_CLAIM = 'reverify_after';

/** All that a login leaves behind. JSON; a pseudonym and what the client learns, nothing else. */
export interface LoginOutcome {
  readonly sub: string;
  readonly claims: TokenClaims;
  /** Granted: `openid`, the ages asked, and the identity scopes that the person agreed to. */
  readonly scopes: readonly string[];
  /** Absent where no identity scope was granted, or the card has nothing of what was. */
  readonly identity?: IdentityClaims;
  /** Names the certificate for the log-out index: 43 characters of base64url, keyed (design §4). */
  readonly cardIndex: string;
}

/** Whether a person has reached this many years today; undefined when that cannot be known. */
export type AgeOver = (threshold: number) => boolean | undefined;

/** A card and its holder, verified. */
export interface AdmissiblePerson {
  readonly ageOver: AgeOver;
  /** Stands for the card's public key, or for the person where the operator switched that on. */
  readonly accountKey: Uint8Array;
  readonly cardIndex: string;
  /** Where it is known to the day. */
  readonly birthday?: CivilDate | undefined;
  /** The last day on which the certificate is valid, in Brussels. */
  readonly certificateUntil: CivilDate;
  /** Where the files were asked for. */
  readonly identity?: Identity | undefined;
}

/** The age below which identity is not given on the child's word alone (design §5). */
const CONSENT_AGE = 13;

/**
 * Admits a person to a client. Claims that are unknown are absent, never null or guessed.
 * @param options `scopes`: asked, and of the identity scopes those agreed to; others are not granted.
 * `today`: in Brussels.
 * @throws {KidsIdError} AGE_OUTSIDE when the client's age rule is not met, or cannot be known to be;
 * CONSENT_UNDER_AGE when identity is asked of somebody not known to be 13, without a basis;
 * IDENTITY_INVALID when it is asked and was not verified.
 */
export async function admit(options: {
  person: AdmissiblePerson;
  client: RegisteredClient;
  scopes: ReadonlySet<string>;
  subjectKey: SubjectKey;
  today: CivilDate;
}): Promise<LoginOutcome> {
  const { person, client, scopes, subjectKey, today } = options;
  checkAgeRule(person.ageOver, client);
  const identityScopes = identityScopesOf(client, scopes);
  const identity = identityFor(person, client, identityScopes);
  const { sector, subjectMode } = client;
  const sub =
    subjectMode === 'transient'
      ? createTransientSubject()
      : await pairwiseSubject({ key: subjectKey, sector, account: person.accountKey });
  return {
    sub,
    claims: tokenClaims(person, client, scopes, today),
    scopes: ['openid', ...askedThresholds(client, scopes).map(ageClaim), ...identityScopes],
    ...(identity && { identity }),
    cardIndex: person.cardIndex,
  };
}

/** What the person is told before the PIN: the same rules as {@link admit}, before any card is read. */
export function disclosureOf(client: RegisteredClient, scopes: ReadonlySet<string>): Disclosure {
  const identity = identityScopesOf(client, scopes);
  return {
    ageOver: askedThresholds(client, scopes),
    ...(client.requireAge && { requireAge: client.requireAge }),
    pseudonym: client.subjectMode === 'pairwise',
    ...(identity.length > 0 && { identity }),
    ...(client.reverifyAfterMonths !== undefined && { reverifyAfter: true as const }),
  };
}

/** The only claims that a token for this client and these scopes may carry. */
export function permittedClaims(
  client: RegisteredClient,
  scopes: ReadonlySet<string>,
): ReadonlySet<string> {
  const claims = new Set<string>(learntThresholds(client, scopes).map(ageClaim));
  if (client.reverifyAfterMonths !== undefined) claims.add(REVERIFY_CLAIM);
  return claims;
}

/** The identity scopes among `scopes` that the client is registered for, in the order of the protocol. */
export function identityScopesOf(
  client: RegisteredClient,
  scopes: ReadonlySet<string>,
): IdentityScope[] {
  const registered = client.identity?.scopes ?? [];
  return IDENTITY_SCOPES.filter((scope) => scopes.has(scope) && registered.includes(scope));
}

/**
 * The files of the card that these scopes need. For an age alone it is `birth-date`, which a host reads
 * only of a card whose national number leaves the birth date open.
 */
export function filesFor(
  client: RegisteredClient,
  scopes: ReadonlySet<string>,
): (typeof IDENTITY_FILES)[number][] {
  const identity = identityScopesOf(client, scopes);
  if (identity.length > 0) {
    const hasAddress = identity.includes('address') || identity.includes('address:postcode');
    return [
      'identity',
      ...(hasAddress ? (['address'] as const) : []),
      ...(identity.includes('picture') ? (['photo'] as const) : []),
    ];
  }
  return learntThresholds(client, scopes).length > 0 ? ['birth-date'] : [];
}

function checkAgeRule(ageOver: AgeOver, { requireAge }: RegisteredClient): void {
  if (!requireAge) return;
  const { min, below } = requireAge;
  const inside = ageOver(min) === true && (below === undefined || ageOver(below) === false);
  if (!inside) throw new KidsIdError('AGE_OUTSIDE', 'age rule of the client not met');
}

/** Nothing where nothing was granted; and nothing of a child without a basis other than its own word. */
function identityFor(
  { ageOver, identity }: AdmissiblePerson,
  client: RegisteredClient,
  granted: readonly IdentityScope[],
): IdentityClaims | undefined {
  if (granted.length === 0) return undefined;
  if (ageOver(CONSENT_AGE) !== true && client.identity?.childBasis === undefined) {
    throw new KidsIdError('CONSENT_UNDER_AGE', 'identity of a child asked without a basis');
  }
  if (!identity) throw new KidsIdError('IDENTITY_INVALID', 'identity granted but not verified');
  const claims = identityClaims(identity, granted);
  return Object.keys(claims).length > 0 ? claims : undefined;
}

function tokenClaims(
  person: AdmissiblePerson,
  client: RegisteredClient,
  scopes: ReadonlySet<string>,
  today: CivilDate,
): TokenClaims {
  const { ageOver, birthday, certificateUntil } = person;
  const thresholds = learntThresholds(client, scopes);
  const ages: { [claim: AgeClaim]: boolean } = {};
  for (const threshold of thresholds) {
    const reached = ageOver(threshold);
    if (reached !== undefined) ages[ageClaim(threshold)] = reached;
  }
  const months = client.reverifyAfterMonths;
  if (months === undefined) return ages;
  const toCome = thresholds.filter((threshold) => ageOver(threshold) === false);
  const month = reverifyMonth({ today, months, certificateUntil, birthday, thresholds: toCome });
  return { ...ages, [REVERIFY_CLAIM]: month };
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
