/**
 * Certification paths (RFC 5280 §6): from a certificate over configured intermediates to a pinned
 * anchor. This file looks for paths; what a path must be stands in `path-rules.ts`. Nothing that a
 * client sends beside its own certificate has a part in it.
 */
import { KidsIdError } from '../protocol/errors.ts';
import { AUTHORITY_RULES } from './authority.ts';
import type { Certificate } from './certificate.ts';
import { isSameName } from './distinguished-name.ts';
import { END_ENTITY_RULES } from './end-entity.ts';
import { isValidAt, PATH_RULES, type PathProfile } from './path-rules.ts';
import { isSignedBy } from './signature.ts';
import type { Trust } from './trust.ts';

export { isValidAt, type PathProfile } from './path-rules.ts';

/** A path whose every rule held. */
export interface VerifiedPath {
  readonly leaf: Certificate;
  /** The issuing CA first, the anchor last. */
  readonly issuers: readonly [Certificate, ...Certificate[]];
}

/** RFC 5280 alone: any end entity, for any purpose, under any policy. */
export const RFC_5280_PROFILE: PathProfile = {
  leafRules: END_ENTITY_RULES,
  authorityRules: AUTHORITY_RULES,
};

const DEFAULT_MAX_INTERMEDIATES = 4;
/** The search ends after so many candidates, whatever the configuration looks like. */
const MAX_STEPS = 256;

/**
 * Checks the leaf by its profile, then finds a path that holds at `now`, or says why the first
 * candidate does not.
 * @throws {KidsIdError} what the profile's leaf rules throw, CERTIFICATE_EXPIRED (the leaf),
 *   CERTIFICATE_ISSUER_UNKNOWN, CERTIFICATE_PATH, CERTIFICATE_KEY, CERTIFICATE_PROFILE,
 *   CERTIFICATE_POLICY
 */
export function verifyPath(options: {
  certificate: Certificate;
  trust: Trust;
  now: Date;
  /** {@link RFC_5280_PROFILE} when absent. */
  profile?: PathProfile;
  /** CAs between leaf and anchor; 4 when absent. */
  maxIntermediates?: number;
}): VerifiedPath {
  const { certificate: leaf, trust, now, profile = RFC_5280_PROFILE } = options;
  const maxLength = (options.maxIntermediates ?? DEFAULT_MAX_INTERMEDIATES) + 1;
  for (const rule of profile.leafRules) rule(leaf);
  if (!isValidAt(leaf, now)) {
    throw new KidsIdError('CERTIFICATE_EXPIRED', 'certificate is not valid at this time');
  }
  let refusal: unknown;
  for (const issuers of candidatePaths(trust, findIssuers(leaf, trust), maxLength)) {
    try {
      for (const rule of PATH_RULES) rule({ leaf, issuers, now, profile });
      return { leaf, issuers };
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal ?? new KidsIdError('CERTIFICATE_PATH', 'no path to a trust anchor');
}

function findIssuers(leaf: Certificate, trust: Trust): Certificate[] {
  const named = [...trust.anchors, ...trust.intermediates].filter(({ subjectName }) =>
    isSameName(subjectName, leaf.issuerName),
  );
  if (named.length === 0) {
    throw new KidsIdError('CERTIFICATE_ISSUER_UNKNOWN', 'no configured CA of that name');
  }
  const issuers = named.filter((issuer) => isSignedBy(leaf, issuer));
  if (issuers.length === 0) {
    throw new KidsIdError('CERTIFICATE_PATH', 'signature is not of the CA that it names');
  }
  return issuers;
}

/** Paths from each of these CAs to an anchor, shortest first, no CA twice. */
function* candidatePaths(
  trust: Trust,
  first: readonly Certificate[],
  maxLength: number,
): Generator<readonly [Certificate, ...Certificate[]]> {
  const anchors = new Set(trust.anchors);
  const queue: [Certificate, ...Certificate[]][] = first.map((issuer) => [issuer]);
  for (let step = 0; step < MAX_STEPS; step++) {
    const path = queue.shift();
    const last = path?.at(-1);
    if (path === undefined || last === undefined) return;
    if (anchors.has(last)) yield path;
    else if (path.length < maxLength) {
      const next = trust.issuersOf.get(last) ?? [];
      for (const issuer of next) if (!path.includes(issuer)) queue.push([...path, issuer]);
    }
  }
}
