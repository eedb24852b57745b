/**
 * The National Register's certificate, whose key signs identity and address files (card facts §3.6,
 * §4.3). Its role is told by subject and policy and never by its chain alone: below the same roots
 * every citizen has a certificate, and could sign an identity file with it.
 */
import { KidsIdError } from '../protocol/errors.ts';
import { AUTHORITY_RULES } from './authority.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { type CertificateRule, END_ENTITY_RULES } from './end-entity.ts';
import { checkCardKey } from './key-policy.ts';
import { type PathProfile, type VerifiedPath, verifyPath } from './path.ts';
import { AUTHENTICATION_POLICIES, SIGNATURE_POLICIES } from './profile.ts';
import { checkSignatureAlgorithm } from './signature.ts';
import { checkMode, type Trust } from './trust.ts';

/** The Register's certificate with its role and path verified; revocation is asked for by the path. */
export interface VerifiedRegister {
  readonly role: 'national-register';
  readonly certificate: Certificate;
  readonly path: VerifiedPath;
}

/** Under the RSA roots 1, 9, 10 and 12, and under BRCA6 (card facts §4.3). */
export const REGISTER_POLICIES: ReadonlySet<string> = new Set([
  '2.16.56.13.6.0.1',
  ...[1, 9, 10, 12].map((root) => `2.16.56.${root}.1.1.4`),
]);

const ATTRIBUTE = {
  commonName: '2.5.4.3',
  country: '2.5.4.6',
  organisation: '2.5.4.10',
  organisationalUnit: '2.5.4.11',
} as const;

/** C=BE, O=RRN, CN=RRN, each once, in any order. */
const SUBJECT: ReadonlyMap<string, string> = new Map([
  [ATTRIBUTE.country, 'BE'],
  [ATTRIBUTE.organisation, 'RRN'],
  [ATTRIBUTE.commonName, 'RRN'],
]);

/** Those of a card's key: EC P-384, or RSA of 2048 bits and more, so RSA-1024 with SHA-1 ends here. */
const LEAF_RULES: readonly CertificateRule[] = [
  checkCardKey,
  checkSignatureAlgorithm,
  ...END_ENTITY_RULES,
  checkSubject,
  checkPolicy,
  checkKeyUsage,
];

/** The path of the Register's certificate. */
const REGISTER_PROFILE: PathProfile = {
  leafRules: LEAF_RULES,
  authorityRules: AUTHORITY_RULES,
  policies: { acceptable: REGISTER_POLICIES, isExplicit: true },
};

/**
 * Parses and verifies the certificate that a card has for the National Register (EF 503C): its role,
 * and a path of one step, because the roots issue it themselves. Every failure is IDENTITY_INVALID,
 * with the rule's own CERTIFICATE_* code as its cause: those codes speak of the holder's certificate,
 * and this is none.
 * @throws {KidsIdError} IDENTITY_INVALID
 */
export function verifyRegisterCertificate(options: {
  der: Uint8Array;
  trust: Trust;
  now: Date;
}): VerifiedRegister {
  const { der, trust, now } = options;
  try {
    const certificate = parseCertificate(der);
    checkMode(certificate, trust.mode);
    const profile = REGISTER_PROFILE;
    const path = verifyPath({ certificate, trust, now, profile, maxIntermediates: 0 });
    return { role: 'national-register', certificate, path };
  } catch (error) {
    if (!(error instanceof KidsIdError)) throw error;
    throw new KidsIdError('IDENTITY_INVALID', 'not a certificate of the National Register', {
      cause: error,
    });
  }
}

/** Beside the three attributes only organisational units: a person's certificate has a serialNumber. */
function checkSubject({ subject }: Certificate): void {
  const named = subject.filter(({ oid }) => oid !== ATTRIBUTE.organisationalUnit);
  const isRegister =
    named.length === SUBJECT.size &&
    new Set(named.map(({ oid }) => oid)).size === SUBJECT.size &&
    named.every(({ oid, value }) => SUBJECT.get(oid) === value);
  if (!isRegister) throw profile('subject is not the National Register');
}

function checkPolicy({ policies = [] }: Certificate): void {
  const isRegister = policies.some((policy) => REGISTER_POLICIES.has(policy));
  const isPersonal = policies.some(
    (policy) => AUTHENTICATION_POLICIES.has(policy) || SIGNATURE_POLICIES.has(policy),
  );
  if (!isRegister || isPersonal) {
    throw new KidsIdError('CERTIFICATE_POLICY', 'no policy of the National Register');
  }
}

function checkKeyUsage({ keyUsage, extendedKeyUsage }: Certificate): void {
  if (keyUsage?.join() !== 'digitalSignature,nonRepudiation') {
    throw profile('key usage is not that of the National Register');
  }
  // No purpose is defined for identity files, so any that is named is another one
  if (extendedKeyUsage !== undefined) throw profile('certificate for another purpose');
}

function profile(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_PROFILE', message);
}
