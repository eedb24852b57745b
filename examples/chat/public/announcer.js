/** Tells a screen reader what came: a few seconds' worth at a time, so that it is not talking all the time. */
import { fillIn, texts } from './texts.js';

const ANNOUNCE_MS = 3_000;

/** @param place An element with the role `status`. */
export function createAnnouncer(place) {
  let waiting = [];
  const tell = (text) => {
    place.textContent = text;
  };
  return {
    /** Tells something at once. */
    now: tell,
    /** Tells of a message of somebody else; several within a few seconds are told together. */
    message(message) {
      waiting.push(message);
      if (waiting.length > 1) return;
      setTimeout(() => {
        const values = { ...waiting.at(-1), count: waiting.length };
        tell(fillIn(waiting.length > 1 ? texts.newMessages : texts.saidBy, values));
        waiting = [];
      }, ANNOUNCE_MS);
    },
  };
}
