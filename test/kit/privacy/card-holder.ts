/**
 * Test persons under names that stand nowhere else, with PINs of 12 random digits: whatever is found of
 * them came from their card. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import type { CardContents } from '../card/card-contents.ts';
import { findPerson, type Person } from '../persons.ts';
import { personalise } from '../pki/personalise.ts';
import type { TestPki } from '../pki/test-pki.ts';
import type { Needle } from './needle.ts';
import { needlesFor } from './needles-for.ts';

const NAMES: Readonly<Record<string, readonly [givenNames: string, surname: string]>> = {
  emma: ['Emmalotta Quirinëlle', 'Proefkindszoon'],
  noah: ['Noahvincent', 'Voorbeeldsma'],
  lina: ['Linalinde Zoënoor', 'Exemplarski'],
  karel: ['Karelzebedeus Janwouter', 'Voorbeeldinckx'],
  milan: ['Milanovitsj', 'Beispielström'],
  julie: ['Juliettine Annabelina', 'Exempleçois'],
  wout: ['Woutermannus', 'Proefkinderen'],
};

export interface CardHolder {
  readonly person: Person;
  readonly pin: string;
  readonly contents: CardContents;
  readonly needles: readonly Needle[];
}

/** Makes the card of a test person under another name. */
export async function createCardHolder(name: string, pki: TestPki): Promise<CardHolder> {
  const known = findPerson(name);
  const names = NAMES[name];
  assert.ok(known && names, `no card holder ${name}`);
  const [givenNames, surname] = names;
  const pin = Array.from({ length: 12 }, () => randomInt(10)).join('');
  const person: Person = { ...known, givenNames, surname, pin };
  const now = new Date();
  const contents = await personalise({ person, pki, now });
  return { person, pin, contents, needles: needlesFor({ person, contents, now }) };
}
