/**
 * Certificate policies along a path (RFC 5280 §6.1), without policy mapping: a path through a CA
 * that maps policies is refused. Without mappings the valid policy tree is a set.
 */
import { KidsIdError } from '../protocol/errors.ts';
import type { Certificate } from './certificate.ts';
import { EXTENSION_OID } from './certificate-extensions.ts';

/** anyPolicy (RFC 5280 §4.2.1.4). */
export const ANY_POLICY = '2.5.29.32.0';

/** The inputs of RFC 5280 §6.1.1 (c), (e) and (g). */
export interface PolicyInputs {
  /** user-initial-policy-set; absent for any. */
  readonly acceptable?: ReadonlySet<string>;
  /** initial-explicit-policy: one of the acceptable must hold along the whole path. */
  readonly isExplicit?: boolean;
  /** initial-any-policy-inhibit. */
  readonly isAnyInhibited?: boolean;
}

/** The policies that hold so far; `any` when every other holds too. Undefined when none does. */
type ValidPolicies = { readonly any: boolean; readonly named: ReadonlySet<string> } | undefined;

/**
 * Checks the policies of a path: CAs that require an explicit policy, or forbid anyPolicy, are
 * heeded, the anchor's included; the anchor's own policies say nothing (§6.1.1).
 * @param path From the anchor down to the leaf.
 * @throws {KidsIdError} CERTIFICATE_POLICY
 */
export function checkPolicies(path: readonly Certificate[], inputs: PolicyInputs): void {
  const [anchor, ...below] = path;
  const leaf = below.at(-1);
  if (anchor === undefined || leaf === undefined) throw new RangeError('path without a leaf');
  let valid: ValidPolicies = { any: true, named: new Set() };
  let skips = applyConstraints(anchor, {
    explicit: inputs.isExplicit ? 0 : path.length,
    any: inputs.isAnyInhibited ? 0 : path.length,
  });
  for (const certificate of below) {
    const isLeaf = certificate === leaf;
    const takesAny = skips.any > 0 || (!isLeaf && certificate.isSelfIssued);
    valid = narrow(valid, certificate.policies, takesAny);
    if (skips.explicit === 0 && valid === undefined) throw refused('no policy holds');
    // The leaf never is an intermediate: it counts although it be self-issued (§6.1.5 (a))
    if (isLeaf || !certificate.isSelfIssued) skips = countDown(skips);
    skips = applyConstraints(certificate, skips);
  }
  if (skips.explicit === 0 && !isAcceptable(valid, inputs.acceptable)) {
    throw refused('no acceptable policy holds');
  }
}

/** How many certificates may follow before an explicit policy is required, and anyPolicy ignored. */
type Skips = { readonly explicit: number; readonly any: number };

function countDown({ explicit, any }: Skips): Skips {
  return { explicit: Math.max(0, explicit - 1), any: Math.max(0, any - 1) };
}

/** §6.1.4 (a), (i) and (j). */
function applyConstraints(certificate: Certificate, skips: Skips): Skips {
  const { extensions, policyConstraints, inhibitAnyPolicy } = certificate;
  if (extensions.some(({ oid }) => oid === EXTENSION_OID.policyMappings)) {
    throw refused('policy mappings, which are not implemented');
  }
  return {
    explicit: Math.min(skips.explicit, policyConstraints?.requireExplicitPolicy ?? Infinity),
    any: Math.min(skips.any, inhibitAnyPolicy ?? Infinity),
  };
}

/** §6.1.3 (d) and (e). */
function narrow(
  valid: ValidPolicies,
  policies: readonly string[] | undefined,
  takesAny: boolean,
): ValidPolicies {
  if (valid === undefined || policies === undefined) return undefined;
  const named = new Set(
    policies.filter((oid) => oid !== ANY_POLICY && (valid.any || valid.named.has(oid))),
  );
  const isAny = takesAny && policies.includes(ANY_POLICY);
  if (isAny) for (const oid of valid.named) named.add(oid);
  const any = isAny && valid.any;
  return any || named.size > 0 ? { any, named } : undefined;
}

/** §6.1.5 (g). */
function isAcceptable(valid: ValidPolicies, acceptable: ReadonlySet<string> | undefined): boolean {
  if (valid === undefined) return false;
  if (acceptable === undefined || valid.any) return true;
  return [...valid.named].some((oid) => acceptable.has(oid));
}

function refused(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_POLICY', message);
}
