/** What a site learns, in the words of one language: the same lines on the page and in the PIN window. */
import type { Disclosure } from '../protocol/fields.ts';
import type { Texts } from './texts.ts';

/**
 * One line per thing that the site learns, to follow `learn.heading`: what tells most of a person
 * first. A threshold that `requireAge` already answers is not said twice (design §5), and neither is
 * a postcode that stands in an address.
 */
export function disclosureLines(texts: Texts, disclosure: Disclosure): readonly string[] {
  const { ageOver, requireAge, pseudonym, identity = [], reverifyAfter } = disclosure;
  const { learn } = texts;
  const lines: string[] = [];
  for (const scope of identity) {
    const isPart = scope === 'address:postcode' && identity.includes('address');
    if (!isPart) lines.push(learn.told[scope]);
  }
  if (requireAge) {
    lines.push(learn.atLeast(requireAge.min));
    if (requireAge.below !== undefined) lines.push(learn.notYet(requireAge.below));
  }
  const answered = new Set([requireAge?.min, requireAge?.below]);
  for (const years of [...new Set(ageOver)].sort((left, right) => left - right)) {
    if (!answered.has(years)) lines.push(learn.whether(years));
  }
  if (pseudonym) lines.push(learn.pseudonym);
  if (reverifyAfter) lines.push(learn.reverify);
  if (lines.length === 0) lines.push(learn.nothing);
  return lines;
}

/**
 * The sentence about what the site does not learn, or nothing where it learns all of it. The photo is
 * in it only beside something else that was told: who is asked for an age does not think of it.
 */
export function notLearntLine(texts: Texts, { identity = [] }: Disclosure): string | undefined {
  const { not, secret } = texts.learn;
  const things: string[] = [];
  if (!identity.includes('profile')) things.push(secret.name);
  if (!identity.includes('birthdate')) things.push(secret.birthday);
  if (!identity.includes('address')) {
    things.push(identity.includes('address:postcode') ? secret.street : secret.home);
  }
  if (identity.length > 0 && !identity.includes('picture')) things.push(secret.photo);
  return things.length > 0 ? not(...things) : undefined;
}
