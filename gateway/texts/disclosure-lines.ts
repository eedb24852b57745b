/** What a site learns, in the words of one language: the same lines on the page and in the PIN window. */
import type { Disclosure } from '../protocol/fields.ts';
import type { Texts } from './texts.ts';

/**
 * One line per thing that the site learns, to follow `learn.heading`. A threshold that
 * `requireAge` already answers is not said twice (design §5).
 */
export function disclosureLines(texts: Texts, disclosure: Disclosure): readonly string[] {
  const { ageOver, requireAge, pseudonym } = disclosure;
  const lines: string[] = [];
  if (requireAge) {
    lines.push(texts.learn.atLeast(requireAge.min));
    if (requireAge.below !== undefined) lines.push(texts.learn.notYet(requireAge.below));
  }
  const answered = new Set([requireAge?.min, requireAge?.below]);
  for (const years of [...new Set(ageOver)].sort((left, right) => left - right)) {
    if (!answered.has(years)) lines.push(texts.learn.whether(years));
  }
  if (pseudonym) lines.push(texts.learn.pseudonym);
  if (lines.length === 0) lines.push(texts.learn.nothing);
  return lines;
}
