/**
 * NIST PKITS as cases for our own path and CRL rules. A case's certificates become the operator's
 * intermediates; its CRLs are all there is to tell revocation by. TEST ONLY.
 */
import { parseCertificate } from '../../../gateway/certificate/certificate.ts';
import { checkCrls } from '../../../gateway/certificate/crl-check.ts';
import { checkNotAuthority, END_ENTITY_RULES } from '../../../gateway/certificate/end-entity.ts';
import { type VerifiedPath, verifyPath } from '../../../gateway/certificate/path.ts';
import { ANY_POLICY } from '../../../gateway/certificate/policy-processing.ts';
import { linkTrust, type Trust } from '../../../gateway/certificate/trust.ts';
import { readVectors } from '../vectors.ts';
import { type SuiteCase, type Verdict, verdictOf } from './suite-case.ts';

interface Entry {
  readonly id: string;
  readonly accept: boolean;
  readonly at: string;
  /** DER, base64, as all below. */
  readonly trusted: readonly string[];
  readonly untrusted: readonly string[];
  readonly leaf: string;
  readonly crls: readonly string[];
  readonly policies: {
    readonly initial: readonly string[];
    readonly explicit: boolean;
    readonly mappingInhibit: boolean;
    readonly anyInhibit: boolean;
  };
}

const SOURCE = 'google/boringssl a0689af, pki/testdata/nist-pkits (NIST PKITS)';
const MAX_INTERMEDIATES = 10;

/** A case, whose path can be judged without its CRLs. */
export interface PkitsCase extends SuiteCase {
  /** Numbers of section and test, as `4.1.4`. Policy tests have several cases of one number. */
  readonly number: string;
  judgePath(): Verdict;
}

/** The cases, or why there are none. Ids are like `4.1.4 Section1ValidDSASignaturesTest4`. */
export function readPkits(): readonly PkitsCase[] | { readonly skip: string } {
  const vectors = readVectors('pkits.json', SOURCE);
  if ('skip' in vectors) return vectors;
  return (vectors.content as readonly Entry[]).map((entry) => ({
    id: entry.id,
    number: entry.id.split(' ')[0] ?? entry.id,
    accept: entry.accept,
    judge: () => verdictOf(() => judge(entry)),
    judgePath: () => verdictOf(() => void judgePath(entry)),
  }));
}

function judge(entry: Entry): void {
  const { path, now, trust } = judgePath(entry);
  const crls = entry.crls.map((crl) => Buffer.from(crl, 'base64'));
  checkCrls({ path, crls, now, authorities: trust.intermediates });
}

/**
 * The path algorithm of RFC 5280 §6 with the case's inputs. Left out are the rules that PKITS does
 * not know: in 4.6 some paths end in a CA's certificate, and some CAs do not keep to §4.2.
 */
function judgePath(entry: Entry): { path: VerifiedPath; now: Date; trust: Trust } {
  const { initial, explicit, anyInhibit } = entry.policies;
  const now = new Date(entry.at);
  const trust = linkTrust({
    anchors: entry.trusted.map(parse),
    intermediates: entry.untrusted.map(parse),
    mode: 'test',
  });
  const path = verifyPath({
    certificate: parse(entry.leaf),
    trust,
    now,
    profile: {
      leafRules: END_ENTITY_RULES.filter((rule) => rule !== checkNotAuthority),
      authorityRules: [],
      policies: {
        isExplicit: explicit,
        isAnyInhibited: anyInhibit,
        ...(!initial.includes(ANY_POLICY) && { acceptable: new Set(initial) }),
      },
    },
    maxIntermediates: MAX_INTERMEDIATES,
  });
  return { path, now, trust };
}

function parse(base64: string) {
  return parseCertificate(Buffer.from(base64, 'base64'));
}
