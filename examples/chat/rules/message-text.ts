/** What a child may write: the text is tidied, then every rule about texts is applied to it. */
import type { RefusalReason } from '../live/live-messages.ts';
import { hasLink, hasMailAddress, hasPhoneNumber } from './contact-details.ts';
import { MAX_TEXT_LENGTH } from './limits.ts';
import type { WordFilter } from './word-filter.ts';

/**
 * The text as it is stored and shown: one line, no control characters, none that turn the direction of what follows, no
 * towers of accents. Emoji stay whole. It still has to be escaped where it is shown.
 */
export function tidyText(raw: string): string {
  return (
    raw
      .toWellFormed()
      .normalize('NFC')
      .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
      // The zero-width joiner is what makes a family of three people.
      .replaceAll(/(?!\u200d)[\p{Cf}\p{Co}\p{Cn}\u115f\u1160\u3164\uffa0\ufffd]/gu, '')
      .replaceAll(/(\p{M}{3})\p{M}+/gu, '$1')
      .replaceAll(/\s+/g, ' ')
      .trim()
  );
}

/** Why this tidied text is not taken, or undefined when it is. The first rule that it breaks. */
export function findTextProblem(text: string, hasBadWord: WordFilter): RefusalReason | undefined {
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(text)) return 'empty';
  if ([...text].length > MAX_TEXT_LENGTH) return 'long';
  if (hasMailAddress(text)) return 'mail';
  if (hasLink(text)) return 'link';
  if (hasPhoneNumber(text)) return 'digits';
  return hasBadWord(text) ? 'word' : undefined;
}
