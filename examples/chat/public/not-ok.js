/** The dialog "Not OK?": report a message, or stop seeing its author. Without a connection the link leads to a page. */
import { fillIn, texts } from './texts.js';

/** Whoever waits longer for an answer is led to the page that does the same. */
const ANSWER_MS = 5_000;

/**
 * @param connection.send Sends a message to the server, or returns false.
 * @param connection.isOpen Whether there is a connection.
 */
export function watchNotOk({ send, isOpen }) {
  const dialog = document.querySelector('#not-ok');
  const find = (selector) => dialog.querySelector(selector);
  let about;
  let timer;

  const ask = (message) => {
    if (!send(message)) location.assign(about.href);
    timer = setTimeout(() => location.assign(about.href), ANSWER_MS);
  };
  const show = (part) => {
    find('.ask-what').hidden = part !== 'ask-what';
    find('.thanks').hidden = part !== 'thanks';
    find('.mute-done').hidden = part !== 'mute-done';
    if (part !== 'ask-what') find(`.${part}`).focus();
  };

  document.querySelector('#messages').addEventListener('click', (event) => {
    const link = event.target.closest('.not-ok');
    if (!link || !isOpen()) return;
    event.preventDefault();
    const item = link.closest('li');
    const nickname = item.querySelector('.name').textContent;
    about = {
      href: link.href,
      messageId: Number(item.dataset.id),
      accountId: item.dataset.account,
      nickname,
    };
    find('blockquote .name').textContent = nickname;
    find('blockquote .text').textContent = item.querySelector('.text').textContent;
    find('.mute').textContent = fillIn(texts.mute, { nickname });
    find('.mute-help').textContent = fillIn(texts.muteHelp, { nickname });
    show('ask-what');
    dialog.showModal();
  });
  for (const button of dialog.querySelectorAll('[data-reason]')) {
    button.addEventListener('click', () =>
      ask({ type: 'report', messageId: about.messageId, reason: button.dataset.reason }),
    );
  }
  find('.mute').addEventListener('click', () => ask({ type: 'mute', accountId: about.accountId }));
  find('.close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    clearTimeout(timer);
    // The link that was pressed may be gone together with its message.
    if (document.activeElement === document.body) document.querySelector('#log').focus();
  });

  return {
    /** The server's answer: `reported`, `report-refused` or `muted`. */
    answer({ type, messageId, accountId }) {
      if (!dialog.open || !about) return;
      if (type === 'muted' ? accountId !== about.accountId : messageId !== about.messageId) return;
      clearTimeout(timer);
      if (type === 'muted') {
        find('.mute-done').textContent = fillIn(texts.muteDone, about);
        show('mute-done');
        return;
      }
      find('.done').textContent = type === 'reported' ? texts.reportDone : texts.reportTooMany;
      show('thanks');
    },
  };
}
