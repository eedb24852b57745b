/** `client add`: judges a registration beside all others, then writes it. */
import { ClientFileError, parseClientFile, type RegisteredClient } from '../oidc/clients.ts';
import {
  AUTHENTICATION_OPTIONS,
  AUTHENTICATION_USAGE,
  type NewAuthentication,
  readAuthentication,
} from './authentication-options.ts';
import { checkBeside, readStoredClients, storeClient } from './client-store.ts';
import { type CommandContext, CommandError, EXIT_OK } from './command-context.ts';
import {
  type ClientPlace,
  FOLDER_OPTIONS,
  FOLDER_USAGE,
  readPlace,
  type Words,
} from './command-words.ts';
import { describeClient } from './describe-client.ts';
import { explainFault } from './field-hints.ts';
import {
  REGISTRATION_OPTIONS,
  REGISTRATION_USAGE,
  readRegistration,
} from './registration-options.ts';

export const ADD_OPTIONS = {
  ...FOLDER_OPTIONS,
  ...REGISTRATION_OPTIONS,
  ...AUTHENTICATION_OPTIONS,
};

export const ADD_USAGE = `client add ID --name NAME --organisation NAME --redirect-uri URI (--jwks FILE | --new-key FILE | --secret | --public) [options]

Registers a site. Everything is judged first, together with the sites that are registered; then the file is written, and a
running gateway takes it up by itself. An existing client is never overwritten.

${FOLDER_USAGE}${AUTHENTICATION_USAGE}${REGISTRATION_USAGE}`;

/** Runs the command. @throws {CommandError} with what is wrong; nothing was written then. */
export function addClient(words: Words, context: CommandContext): number {
  const place = readPlace(words);
  if (words.operands.length > 1) throw new CommandError('Name one client.');
  const registration = readRegistration(words);
  const made = readAuthentication(words, String(registration['clientId']));
  if (made) registration['authentication'] = made.authentication;
  const client = judge(registration, place);
  const stored = readStoredClients(place);
  checkBeside(stored, client);
  for (const [name] of stored.faults) context.err(`Not looked at, because it is bad: ${name}\n`);
  const path = write(place, client, made);
  context.out(`Written: ${path}\n\n`);
  const others = [...stored.accepted.values()];
  context.out(`${describeClient(client, others).join('\n')}\n\nFor the site:\n`);
  if (place.issuer !== undefined) context.out(`  issuer          ${place.issuer}\n`);
  const handOver = made?.handOver ?? [];
  if (!handOver.some((line) => line.startsWith('client_id'))) {
    context.out(`  client_id       ${client.clientId}\n`);
  }
  for (const line of handOver) context.out(`  ${line}\n`);
  return EXIT_OK;
}

function judge(registration: Record<string, unknown>, place: ClientPlace): RegisteredClient {
  if (registration['clientId'] === undefined)
    throw new CommandError('Name the client: client add ID …');
  if (registration['authentication'] === undefined) {
    throw new CommandError(
      'Say how the site proves itself: --jwks FILE, --new-key FILE, --secret or --public.',
    );
  }
  try {
    return parseClientFile(registration, place);
  } catch (cause) {
    if (!(cause instanceof ClientFileError)) throw cause;
    throw new CommandError(`Nothing was written: ${explainFault(cause)}`, { cause });
  }
}

/** The private key first: a client whose key was not kept would be of no use. */
function write(
  place: ClientPlace,
  client: RegisteredClient,
  made: NewAuthentication | undefined,
): string {
  made?.keep();
  try {
    return storeClient(place, client);
  } catch (error) {
    made?.takeBack();
    throw error;
  }
}
