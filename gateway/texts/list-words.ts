/** Puts words in a row, as a language does it. */

/** "a", "a or b", "a, b or c": `between` before all but the first and the last, `last` before that. */
export function listWords(words: readonly string[], between: string, last: string): string {
  const [final = '', ...before] = words.toReversed();
  return before.length === 0 ? final : before.toReversed().join(between) + last + final;
}
