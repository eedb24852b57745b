/** What `npm start` tells the person at the terminal, once everything runs. TEST ONLY. */
import { join } from 'node:path';
import { PERSONS, type Person } from '../persons.ts';
import type { World } from './world.ts';

type Told = Pick<World, 'gatewayOrigin' | 'chatOrigin' | 'libraryOrigin' | 'databases' | 'members'>;

/** The whole text. @param options.data the data folder, an absolute path */
export function introduce(world: Told, options: { person: Person; data: string }): string {
  const { person, data } = options;
  const { gatewayOrigin, chatOrigin, libraryOrigin, databases } = world;
  return `
Ready. In the reader: the card of ${person.name} (${person.description}), PIN ${person.pin ?? '(none)'}.

  The chat        ${chatOrigin}
  The library     ${libraryOrigin}
  The playground  ${gatewayOrigin}/playground
  The gateway     ${gatewayOrigin}/.well-known/openid-configuration

  Another card    npm run card -- --person lina     (in another terminal)
  Your own site   docs/RELYING-PARTIES.md, with NODE_EXTRA_CA_CERTS=${join(data, 'web-ca.pem')}

The cards, and what each is good for:

${listPersons()}

Library cards, for the form that links one to an identity card:

${listMembers(world)}

The moderator moderates already (${chatOrigin}/moderate), and the librarian is on the staff (${libraryOrigin}/desk).
To let in another adult: sign in there with that card, and enter the code that the page shows:

  CHAT_DB=${quote(databases.chat)} npx node examples/chat/commands/moderator.ts add CODE
  LIBRARY_DB=${quote(databases.library)} npx node examples/library/commands/staff.ts add CODE
`;
}

function listPersons(): string {
  const width = Math.max(...PERSONS.map(({ name }) => name.length));
  return PERSONS.map(({ name, pin, description, goodFor }) => {
    const start = `  ${name.padEnd(width)}  ${(pin ?? 'no PIN').padEnd(6)}  `;
    return `${start}${description}\n${' '.repeat(start.length)}${goodFor}`;
  }).join('\n');
}

function listMembers({ members }: Told): string {
  return members
    .map(({ person, number, birthYear }) => `  ${number}  year of birth ${birthYear}  ${person}`)
    .join('\n');
}

/** For a POSIX shell. */
function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
