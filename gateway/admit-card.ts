/**
 * From an authenticator to what one client learns: proof, certificate, revocation, person, admission.
 * Each step is another folder's; their order is this file's business (design §2, step 9).
 */
import { verifyExportedAuthenticator } from './authenticator/exported-authenticator.ts';
import { checkCertificate } from './certificate/check-certificate.ts';
import type { RevocationChecker } from './certificate/revocation-checker.ts';
import type { Trust } from './certificate/trust.ts';
import { ageOver, brusselsDate } from './identity/age.ts';
import { personFromCertificate } from './identity/person.ts';
import type { CardChannelDeps } from './login/card-channel.ts';
import { admit } from './oidc/admission.ts';
import type { ClientRegistry, RegisteredClient } from './oidc/clients.ts';
import type { SubjectKey } from './oidc/subject.ts';
import { KidsIdError } from './protocol/errors.ts';

/** Creates the card channel's judge. */
export function createCardAdmission(deps: {
  trust: Trust;
  revocation: RevocationChecker;
  clients: ClientRegistry;
  subjectKey: SubjectKey;
  now: () => Date;
}): CardChannelDeps['admitCard'] {
  return async ({ bytes, request, keys, grant }) => {
    const certificate = await verifyExportedAuthenticator({
      bytes,
      request,
      keys,
      judge: async (unverified) => {
        const path = checkCertificate({
          certificate: unverified,
          trust: deps.trust,
          now: deps.now(),
        });
        await deps.revocation.check(path);
      },
    });
    const { birth, accountKey } = personFromCertificate(certificate);
    const today = brusselsDate(deps.now());
    return admit({
      ageOver: (threshold) => ageOver(birth, threshold, today),
      accountKey,
      client: getClient(deps.clients, grant.clientId),
      scopes: new Set(grant.scopes),
      subjectKey: deps.subjectKey,
    });
  };
}

/** The client of a ticket. @throws {KidsIdError} LOGIN_EXPIRED when it was removed meanwhile. */
export function getClient(clients: ClientRegistry, clientId: string): RegisteredClient {
  const client = clients.find(clientId);
  if (!client) throw new KidsIdError('LOGIN_EXPIRED', 'client is not registered any more');
  return client;
}
