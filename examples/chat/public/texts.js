/** The sentences in the page's language; the server puts them on the page. */

/** See `liveTexts` in pages/room.ts. */
export const texts = JSON.parse(document.querySelector('#room').dataset.texts);

/** Puts values in place of the words in braces. */
export function fillIn(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}
