/** The entries of the lists in the room, from the page's templates. What somebody wrote becomes text, never HTML. */
import { fillIn, texts } from './texts.js';

/** As in pages/room.ts. */
const COLOURS = 8;

const LOCALES = { nl: 'nl-BE', fr: 'fr-BE', de: 'de-BE', en: 'en-GB' };
const locale = LOCALES[document.documentElement.lang];
const zone = { timeZone: 'Europe/Brussels' };
const timeFormat = new Intl.DateTimeFormat(locale, { ...zone, hour: '2-digit', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat(locale, { ...zone, day: 'numeric', month: 'short' });

/** A message as the server sends it; `you` is the reader. */
export function createMessageItem({ id, accountId, nickname, text, sentAt }, you) {
  const isMine = accountId === you.accountId;
  const item = cloneTemplate(isMine ? '#message-of-mine' : '#message-of-others');
  item.dataset.id = String(id);
  item.dataset.account = accountId;
  item.querySelector('.text').textContent = text;
  paint(item, accountId);
  writeName(item, nickname);
  writeTime(item, new Date(sentAt));
  const notOk = item.querySelector('.not-ok');
  if (notOk) notOk.href = `/room/not-ok?message=${Number(id)}`;
  return item;
}

/** Somebody who is in the room. */
export function createPersonItem({ accountId, nickname, muted }, you) {
  const item = cloneTemplate('#person');
  item.dataset.account = accountId;
  item.classList.toggle('muted', muted);
  item.querySelector('.you').hidden = accountId !== you.accountId;
  paint(item, accountId);
  writeName(item, nickname);
  return item;
}

/** Gives an entry another nickname. */
export function writeName(item, nickname) {
  item.querySelector('.name').textContent = nickname;
  item.querySelector('.avatar').textContent = nickname.slice(0, 1);
  const text = item.querySelector('.text')?.textContent;
  const label = fillIn(texts.notOkOf, { nickname, text });
  item.querySelector('.not-ok')?.setAttribute('aria-label', label);
}

function writeTime(item, at) {
  const time = item.querySelector('time');
  const [day, today] = [dayFormat.format(at), dayFormat.format(new Date())];
  time.dateTime = at.toISOString();
  time.textContent = day === today ? timeFormat.format(at) : `${day}, ${timeFormat.format(at)}`;
}

function cloneTemplate(selector) {
  return document.querySelector(selector).content.firstElementChild.cloneNode(true);
}

function paint(item, accountId) {
  const sum = [...accountId].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  item.querySelector('.avatar').className = `avatar colour-${sum % COLOURS}`;
}
