/**
 * The cards of a world: each person's stays the same card, and so has the same `sub` at a site, until it is renewed.
 * TEST ONLY.
 */
import { createHash, createPublicKey } from 'node:crypto';
import { readKeys } from '../../../gateway/keys.ts';
import { createSubjectKey, pairwiseSubject } from '../../../gateway/oidc/subject.ts';
import { findPerson, type Person } from '../persons.ts';
import { openHolderKeys } from '../pki/holder-keys.ts';

/** The `sub` that a site of this sector will get for the card of a person, before anybody signs in. */
export async function subjectOf(options: {
  /** Where the holders' keys are kept. */
  dir: string;
  /** The gateway's keys. */
  keysFile: string;
  person: string;
  sector: string;
}): Promise<string> {
  const person = getPerson(options.person);
  const keys = openHolderKeys({ dir: options.dir, person, applet: person.applet ?? '1.8' });
  if (!keys.authentication) throw new Error(`${person.name} has no certificate`);
  const spki = createPublicKey(keys.authentication).export({ type: 'spki', format: 'der' });
  const { subjectKey } = await readKeys(options.keysFile);
  return pairwiseSubject({
    key: createSubjectKey({ version: 'v1', secret: subjectKey }),
    sector: options.sector,
    account: Uint8Array.from(createHash('sha256').update(spki).digest()),
  });
}

function getPerson(name: string): Person {
  const person = findPerson(name);
  if (!person) throw new Error(`no person ${name}`);
  return person;
}
