/**
 * Keeps the room up to date over the WebSocket `/live`. The messages are described in live/live-messages.ts; what waits
 * for an answer is in outbox.js, what is shown in message-list.js.
 */
import { createAnnouncer } from './announcer.js';
import { keepConnected } from './connection.js';
import { goOutside, markUse } from './idle.js';
import { createPersonItem, writeName } from './items.js';
import { createMessageList } from './message-list.js';
import { watchNotOk } from './not-ok.js';
import { createOutbox } from './outbox.js';
import { fillIn, texts } from './texts.js';
import { createTyping } from './typing.js';

const room = document.querySelector('#room');
const announce = createAnnouncer(room.querySelector('#announcer'));
const list = createMessageList(room);
const typing = createTyping(room, announce);
let you = { accountId: room.dataset.you, nickname: room.dataset.nickname };

const connection = keepConnected({
  place: room.querySelector('#connection'),
  receive,
  pause: () => outbox.pause(),
});
const outbox = createOutbox({
  send: connection.send,
  show: (message) => list.showPending(message, you),
  drop: list.dropPending,
  refuse: typing.refuse,
  lose: connection.lose,
});
const notOk = watchNotOk(connection);

function receive(message) {
  switch (message.type) {
    case 'history':
      welcome(message);
      break;
    case 'message':
      show(message);
      break;
    case 'said':
      markUse();
      list.settle(message);
      outbox.accept(message.id);
      announce.now(texts.sent);
      break;
    case 'refused':
      outbox.reject(message);
      break;
    case 'reported':
    case 'report-refused':
    case 'muted':
      markUse();
      notOk.answer(message);
      if (message.type === 'muted') list.removeOf(message.accountId);
      break;
    case 'hidden':
      list.remove(message.messageId);
      break;
    case 'vanished':
      list.removeOf(message.accountId);
      break;
    case 'renamed':
      rename(message);
      break;
    case 'presence':
      showPeople(message);
      break;
    case 'closed':
      close(message.reason);
      break;
  }
}

function welcome({ messages, you: self }) {
  you = self;
  for (const { clientId } of messages) settle(clientId);
  list.showAll(messages, you);
  connection.open();
  outbox.open(you.accountId);
  // Once more: what the tab kept over a reload may have arrived before it.
  for (const { clientId } of messages) settle(clientId);
  outbox.resume();
}

function show(message) {
  settle(message.clientId);
  // After a reset in another tab we have another handle.
  if (message.clientId !== undefined)
    you = { accountId: message.accountId, nickname: message.nickname };
  if (list.add(message, you) && message.clientId === undefined) announce.message(message);
}

/** One of our own is there: it need not be sent again. */
function settle(clientId) {
  if (clientId === undefined) return;
  list.dropPending(clientId);
  outbox.accept(clientId);
}

function rename({ accountId, nickname }) {
  if (accountId === you.accountId) you = { accountId, nickname };
  for (const item of room.querySelectorAll('[data-account]')) {
    if (item.dataset.account === accountId) writeName(item, nickname);
  }
}

function showPeople({ people, total }) {
  room.querySelector('#here summary').textContent = fillIn(texts.hereNow, { count: total });
  const items = people.map((person) => createPersonItem(person, you));
  room.querySelector('#people').replaceChildren(...items);
}

/** The server ends the connection and says why. After the other reasons than these it is lost like any other. */
function close(reason) {
  if (reason === 'stopping' || reason === 'slow' || reason === 'reset') return;
  connection.stop(reason === 'tabs' ? texts.tooManyTabs : texts.refusals.trouble);
  if (reason === 'banned') location.assign('/banned');
  if (reason === 'session') goOutside();
}

typing.onSay((text) => outbox.add({ id: crypto.randomUUID(), text }));
// On a phone the list of people would push the messages off the page.
if (matchMedia('(max-width: 44rem)').matches) room.querySelector('#here').open = false;
