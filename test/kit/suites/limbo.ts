/**
 * x509-limbo as cases for our own path rules: what a case calls untrusted becomes the operator's
 * intermediates, because the gateway takes none from a client. TEST ONLY.
 */
import { AUTHORITY_RULES } from '../../../gateway/certificate/authority.ts';
import { parseCertificate } from '../../../gateway/certificate/certificate.ts';
import { END_ENTITY_RULES } from '../../../gateway/certificate/end-entity.ts';
import { checkAuthorityKey } from '../../../gateway/certificate/key-policy.ts';
import { verifyPath } from '../../../gateway/certificate/path.ts';
import { linkTrust } from '../../../gateway/certificate/trust.ts';
import { OID } from '../pki/certificate-extensions.ts';
import { readVectors } from '../vectors.ts';
import { type SuiteCase, verdictOf } from './suite-case.ts';

interface Entry {
  readonly id: string;
  readonly accept: boolean;
  readonly consensus: boolean;
  readonly at: string | null;
  readonly maxDepth: number | null;
  readonly keyUsage: readonly string[];
  readonly extendedKeyUsage: readonly ('serverAuth' | 'clientAuth')[];
  readonly trusted: readonly string[];
  readonly untrusted: readonly string[];
  readonly leaf: string;
}

/** A case, and whether OpenSSL and the suite agree on it. */
export interface LimboCase extends SuiteCase {
  readonly consensus: boolean;
}

const SOURCE = 'C2SP/x509-limbo 8a2e6f4, limbo.json';
/** For cases that name no time; their certificates are valid from 1970 to 2969. */
const SOME_TIME = '2026-11-22T12:00:00Z';

/** The cases, or why there are none. */
export function readLimbo(): readonly LimboCase[] | { readonly skip: string } {
  const vectors = readVectors('limbo.json', SOURCE);
  if ('skip' in vectors) return vectors;
  return (vectors.content as readonly Entry[]).map((entry) => ({
    id: entry.id,
    accept: entry.accept,
    consensus: entry.consensus,
    judge: () => verdictOf(() => judge(entry)),
  }));
}

/** The gateway's rules with the case's time, purpose and depth, and keys of every kind that CAs may have. */
function judge(entry: Entry): void {
  const [purpose] = entry.extendedKeyUsage;
  const { maxDepth } = entry;
  verifyPath({
    certificate: parsePem(entry.leaf),
    trust: linkTrust({
      anchors: entry.trusted.map(parsePem),
      intermediates: entry.untrusted.map(parsePem),
      mode: 'test',
    }),
    now: new Date(entry.at ?? SOME_TIME),
    profile: {
      leafRules: [...END_ENTITY_RULES, checkAuthorityKey],
      authorityRules: AUTHORITY_RULES,
      ...(purpose && { purpose: OID[purpose] }),
    },
    ...(maxDepth !== null && { maxIntermediates: maxDepth }),
  });
}

function parsePem(pem: string) {
  return parseCertificate(Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ''), 'base64'));
}
