/**
 * Messages that the server has not acknowledged. One at a time is under way, so that they stay in order; after a lost
 * connection it is sent again with the same id, and the server stores it once. The tab remembers them over a reload.
 */
import { texts } from './texts.js';

const STORAGE_KEY = 'coucou-unsent';
const MAX_WAITING = 10;
/** A connection on which no answer comes this long is dead. */
const ANSWER_MS = 10_000;
/** After "too fast" and after trouble on the server's side. */
const AGAIN_MS = 2_500;
const MAX_TROUBLES = 3;

/**
 * @param act.send Sends a message, or returns false when there is no connection.
 * @param act.show Shows a message that is on its way.
 * @param act.drop Takes it away again.
 * @param act.refuse Tells why a text was not taken, and gives it back for mending.
 * @param act.lose Gives the connection up.
 */
export function createOutbox(act) {
  const store = createTabStore();
  let waiting = [];
  let isPaused = true;
  let timer;

  const keep = () => store.write(waiting);
  const sendFirst = () => {
    clearTimeout(timer);
    const [first] = waiting;
    if (isPaused || !first) return;
    if (act.send({ type: 'say', id: first.id, text: first.text })) {
      timer = setTimeout(act.lose, ANSWER_MS);
    }
  };
  const next = (id) => {
    const wasFirst = waiting[0]?.id === id;
    waiting = waiting.filter((message) => message.id !== id);
    keep();
    if (wasFirst) sendFirst();
  };

  return {
    /** Notes whose messages these are, and finds those that this tab did not get rid of before. */
    open(accountId) {
      const known = new Set(waiting.map(({ id }) => id));
      const older = store.open(accountId).filter(({ id }) => !known.has(id));
      waiting = [...older, ...waiting];
      for (const message of older) act.show(message);
      keep();
    },
    /** Takes a message; false when too many wait. */
    add({ id, text }) {
      if (waiting.length >= MAX_WAITING) return false;
      waiting.push({ id, text, troubles: 0 });
      keep();
      act.show({ id, text });
      if (waiting.length === 1) sendFirst();
      return true;
    },
    /** The server has it. */
    accept: next,
    /** The server did not take it. */
    reject({ id, reason }) {
      const message = waiting.find((candidate) => candidate.id === id);
      if (!message) return;
      clearTimeout(timer);
      if (reason === 'trouble') message.troubles += 1;
      if (reason === 'rate' || (reason === 'trouble' && message.troubles < MAX_TROUBLES)) {
        act.refuse(reason === 'rate' ? texts.tooFastWaits : texts.refusals.trouble);
        timer = setTimeout(sendFirst, AGAIN_MS);
        return;
      }
      act.drop(id);
      act.refuse(texts.refusals[reason], message.text);
      next(id);
    },
    pause() {
      isPaused = true;
      clearTimeout(timer);
    },
    resume() {
      isPaused = false;
      sendFirst();
    },
  };
}

/** What this tab keeps over a reload; what another child left in it is thrown away. */
function createTabStore() {
  let account;
  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? 'null');
    } catch {
      return null;
    }
  };
  return {
    /** Returns what this account left here. */
    open(accountId) {
      // Already open: a reset gave the account another handle, or the connection is back.
      const kept = account === undefined ? read() : undefined;
      account = accountId;
      return kept?.account === accountId ? kept.waiting : [];
    },
    write(waiting) {
      if (account === undefined) return;
      if (waiting.length === 0) sessionStorage.removeItem(STORAGE_KEY);
      else sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ account, waiting }));
    },
  };
}
