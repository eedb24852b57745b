/**
 * From an authenticator to what one client learns: proof, certificate, revocation, person, files,
 * admission. Each step is another folder's; their order is this file's business (design §2, step 9).
 */
import { verifyExportedAuthenticator } from './authenticator/exported-authenticator.ts';
import type { Certificate } from './certificate/certificate.ts';
import { checkCertificate } from './certificate/check-certificate.ts';
import { verifyRegisterCertificate } from './certificate/register-profile.ts';
import type { RevocationChecker } from './certificate/revocation-checker.ts';
import type { Trust } from './certificate/trust.ts';
import { ageOver, type BirthDate, brusselsDate } from './identity/age.ts';
import { type AccountSource, personFromCertificate } from './identity/person.ts';
import { type Identity, verifyIdentityFiles } from './identity/verify-identity-files.ts';
import type { CardChannelDeps } from './login/card-channel.ts';
import { type CardFiles, checkComplete } from './login/card-files.ts';
import { admit, filesFor } from './oidc/admission.ts';
import { cardIndexOf } from './oidc/card-index.ts';
import type { ClientRegistry, RegisteredClient } from './oidc/clients.ts';
import type { SubjectKey } from './oidc/subject.ts';
import { KidsIdError } from './protocol/errors.ts';

export interface CardAdmissionDeps {
  readonly trust: Trust;
  readonly revocation: RevocationChecker;
  readonly clients: ClientRegistry;
  readonly subjectKey: SubjectKey;
  /** `card-key` unless the operator has switched on the other, with its legal basis (design §5). */
  readonly accountSource: AccountSource;
  readonly now: () => Date;
  /** Told of a card that was proved and is revoked; not waited for, and never rejects. */
  readonly onRevoked: (cardIndex: string) => void;
}

/** Creates the card channel's judge. */
export function createCardAdmission(deps: CardAdmissionDeps): CardChannelDeps['admitCard'] {
  const { clients, subjectKey, accountSource, now } = deps;
  return async ({ bytes, request, keys, grant, files }) => {
    const judge = (unverified: Certificate) => judgeHolder(deps, unverified);
    const certificate = await verifyExportedAuthenticator({ bytes, request, keys, judge });
    const client = getClient(clients, grant.clientId);
    const scopes = new Set(grant.scopes);
    const wanted = filesFor(client, scopes);
    checkComplete(wanted, files);
    const { birth: birthOfNumber, accountKey } = personFromCertificate(certificate, accountSource);
    // A whole date in the number needs no file, and what is not needed is not looked at.
    const isNeeded = wanted.includes('identity') || !isKnownToTheDay(birthOfNumber);
    const identity =
      isNeeded && files ? await verifyFiles(deps, { files, holder: certificate }) : undefined;
    const birth = identity?.birth ?? birthOfNumber;
    const today = brusselsDate(now());
    return admit({
      person: {
        ageOver: (threshold) => ageOver(birth, threshold, today),
        accountKey,
        cardIndex: await cardIndexOf({ ...certificate, subjectKey }),
        birthday: isKnownToTheDay(birth) ? birth.earliest : undefined,
        certificateUntil: brusselsDate(certificate.notAfter),
        identity,
      },
      client,
      scopes,
      subjectKey,
      today,
    });
  };
}

/** The client of a ticket. @throws {KidsIdError} LOGIN_EXPIRED when it was removed meanwhile. */
export function getClient(clients: ClientRegistry, clientId: string): RegisteredClient {
  const client = clients.find(clientId);
  if (!client) throw new KidsIdError('LOGIN_EXPIRED', 'client is not registered any more');
  return client;
}

/** Comes after the proof of possession: only then is "revoked" said of the card at hand. */
async function judgeHolder(deps: CardAdmissionDeps, certificate: Certificate): Promise<void> {
  const path = checkCertificate({ certificate, trust: deps.trust, now: deps.now() });
  try {
    await deps.revocation.check(path);
  } catch (error) {
    if (error instanceof KidsIdError && error.code === 'CERTIFICATE_REVOKED') {
      deps.onRevoked(await cardIndexOf({ ...certificate, subjectKey: deps.subjectKey }));
    }
    throw error;
  }
}

/**
 * The files, judged from the National Register's own certificate down.
 * @throws {KidsIdError} IDENTITY_INVALID, also for a revoked certificate of the Register, because the
 * CERTIFICATE_* codes speak of the holder's; REVOCATION_UNKNOWN; CERTIFICATE_EXPIRED for a card that is
 * not valid today.
 */
async function verifyFiles(
  { trust, revocation, now }: CardAdmissionDeps,
  { files, holder }: { files: CardFiles; holder: Certificate },
): Promise<Identity> {
  const der = files.registerCertificate;
  const register = verifyRegisterCertificate({ der, trust, now: now() });
  const identity = verifyIdentityFiles({ files, register, holder, now: now() });
  await revocation.check(register.path).catch((cause: unknown) => {
    if (!(cause instanceof KidsIdError) || cause.code !== 'CERTIFICATE_REVOKED') throw cause;
    throw new KidsIdError('IDENTITY_INVALID', 'certificate of the National Register is revoked', {
      cause,
    });
  });
  return identity;
}

function isKnownToTheDay({ earliest, latest }: BirthDate): boolean {
  return earliest === latest;
}
