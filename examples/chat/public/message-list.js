/** The messages in the room: those that the server has, in its order, and below them those on their way to it. */
import { createMessageItem } from './items.js';
import { texts } from './texts.js';

/** A page that stays open all day keeps no more than this. */
const MAX_MESSAGES = 200;

/** Whoever has scrolled up further than this reads older messages, and is not torn away from them. */
const NEAR_END_PX = 40;

/** @param room The page's main element. */
export function createMessageList(room) {
  const list = room.querySelector('#messages');
  const scroll = createScroll(room.querySelector('#log'), room.querySelector('#to-newest'));
  const items = () => [...list.children];
  const isPending = (item) => item.dataset.clientId !== undefined;
  const pendingOf = (clientId) => items().find((item) => item.dataset.clientId === clientId);
  const itemOf = (id) => items().find((item) => item.dataset.id === String(id));
  const noteEmpty = () => {
    room.querySelector('#no-messages').hidden = list.childElementCount > 0;
  };
  const place = (item) =>
    scroll.keep(() => {
      const isLater = (other) =>
        isPending(other) || Number(other.dataset.id) > Number(item.dataset.id);
      list.insertBefore(item, isPending(item) ? null : (items().find(isLater) ?? null));
      while (list.childElementCount > MAX_MESSAGES) list.firstElementChild.remove();
      noteEmpty();
    });
  const remove = (item) => {
    item?.remove();
    noteEmpty();
  };

  return {
    /** Replaces what is shown; what is on its way stays. */
    showAll(messages, you) {
      const pending = items().filter(isPending);
      list.replaceChildren(
        ...messages.map((message) => createMessageItem(message, you)),
        ...pending,
      );
      noteEmpty();
    },
    /** Adds one; false when it is there. */
    add(message, you) {
      if (itemOf(message.id)) return false;
      place(createMessageItem(message, you));
      return true;
    },
    /** Shows one of our own that is on its way. */
    showPending({ id, text }, you) {
      const sentAt = new Date().toISOString();
      const item = createMessageItem({ ...you, id: 0, text, sentAt }, you);
      delete item.dataset.id;
      item.dataset.clientId = id;
      item.classList.add('pending');
      item.querySelector('.state').textContent = texts.onItsWay;
      place(item);
      scroll.toEnd();
    },
    dropPending: (clientId) => remove(pendingOf(clientId)),
    /** The server has the one that was on its way; it may have been shown by it already. */
    settle({ id, messageId }) {
      const item = pendingOf(id);
      if (!item) return;
      item.remove();
      if (itemOf(messageId)) return;
      delete item.dataset.clientId;
      item.dataset.id = String(messageId);
      item.classList.remove('pending');
      item.querySelector('.state').textContent = '';
      place(item);
    },
    remove: (id) => remove(itemOf(id)),
    /** Takes away what an account wrote. */
    removeOf(accountId) {
      for (const item of items()) if (item.dataset.account === accountId) remove(item);
    },
  };
}

/** The log begins at its lower end (column-reverse in the style): 0 is the newest, older is below 0. */
function createScroll(log, toNewest) {
  const isAway = () => log.scrollTop < -NEAR_END_PX;
  const toEnd = () => {
    log.scrollTop = 0;
    toNewest.hidden = true;
  };
  log.addEventListener('scroll', () => {
    if (!isAway()) toNewest.hidden = true;
  });
  toNewest.addEventListener('click', () => {
    toEnd();
    log.focus();
  });
  return {
    toEnd,
    /** Changes the list, and leaves what is being read where it is. */
    keep(change) {
      const [wasAway, heightBefore] = [isAway(), log.scrollHeight];
      change();
      if (!wasAway) return;
      log.scrollTop -= log.scrollHeight - heightBefore;
      toNewest.hidden = false;
    },
  };
}
