/** The typing box: Enter sends, letters are counted, a text that was not taken comes back. */
import { fillIn, texts } from './texts.js';

/** How many letters are left when it is said aloud. */
const ALMOST_FULL = 20;

/**
 * @param room The page's main element; it has no typing box as long as no grown-up agreed.
 * @param announce See announcer.js.
 */
export function createTyping(room, announce) {
  const form = room.querySelector('#say');
  if (!form) return { onSay() {}, refuse() {} };
  const box = form.text;
  const letters = form.querySelector('#letters');
  const refusal = form.querySelector('#refusal');
  const count = () => {
    const left = box.maxLength - box.value.length;
    letters.textContent = fillIn(texts.lettersLeft, { count: left });
    letters.classList.toggle('few', left <= ALMOST_FULL);
    return left;
  };
  box.addEventListener('input', () => {
    const left = count();
    if (left === ALMOST_FULL || left === 0) announce.now(letters.textContent);
  });
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  count();

  return {
    /** `listener` gets each text that is to be sent, and returns whether it takes it. */
    onSay(listener) {
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        const text = box.value;
        box.focus();
        if (text.trim() === '') {
          refusal.textContent = texts.refusals.empty;
        } else if (listener(text)) {
          refusal.textContent = '';
          box.value = '';
          count();
        } else {
          refusal.textContent = texts.tooFastWaits;
        }
      });
    },
    /** Tells why; gives the text back, when there is one to give back and no other has been begun. */
    refuse(why, text) {
      refusal.textContent = why;
      if (text !== undefined && box.value === '') box.value = text;
      count();
    },
  };
}
