/**
 * The room. As it comes from the server it can be read, and written in with a plain form; `public/live.js` then keeps
 * it up to date, with the same markup from the `<template>`s.
 */
import { type Html, html } from '../html.ts';
import type { Language } from '../language.ts';
import type { LiveMessage, Person, RefusalReason } from '../live/live-messages.ts';
import { MAX_TEXT_LENGTH } from '../rules/limits.ts';
import type { Child } from '../sign-in.ts';
import { fillIn, type Texts, textsFor } from '../texts/texts.ts';
import { formatMessageTime } from './dates.ts';
import { notice, type PageContext, renderFrame } from './layout.ts';
import { notOkDialog } from './not-ok.ts';
import { roomTexts } from './welcome.ts';

/** What the reader gets to see of a room. */
export interface RoomView {
  readonly room: Child['room'];
  /** The reader. */
  readonly you: { readonly accountId: string; readonly nickname: string };
  readonly mayWrite: boolean;
  /** Oldest first. */
  readonly messages: readonly LiveMessage[];
  readonly people: readonly Person[];
  readonly total: number;
  /** UUID for the message that the form will send. */
  readonly nextId: string;
  /** A text that was not taken, kept so that it can be mended. */
  readonly refused?: { readonly text: string; readonly reason: RefusalReason };
  /** What has just been done. */
  readonly done?: string;
  readonly now: Date;
}

/** The room with its messages, the people in it and the typing box. */
export function roomPage(context: PageContext, view: RoomView): string {
  const t = textsFor(context.language);
  const room = roomTexts(view.room, t);
  const lines = view.messages.map((message) => messageItem(message, view, context.language));
  return renderFrame(context, {
    title: room.name,
    bodyClass: 'room-page',
    styles: ['room'],
    scripts: ['/live.js'],
    main: html`
    <main id="room" data-you="${view.you.accountId}" data-nickname="${view.you.nickname}" data-texts="${liveTexts(t)}">
      <div class="room-head">
        <h1>${room.name}</h1>
        <a href="/me">${t.me}</a>
        <details id="here" class="fold" open>
          <summary>${fillIn(t.hereNow, { count: view.total })}</summary>
          <ul id="people" tabindex="0">${view.people.map((person) => personItem(person, view.you.accountId, t))}</ul>
        </details>
      </div>
      ${view.mayWrite && html`<a class="skip" href="#text">${t.toTyping}</a>`}
      ${notice(view.done)}
      <p id="connection" role="status"></p>
      <section id="log" aria-label="${t.messages}" tabindex="0">
        <ol id="messages">${lines}</ol>
        <p id="no-messages"${lines.length > 0 && html` hidden`}>${t.noMessages}</p>
      </section>
      <button id="to-newest" type="button" hidden>${t.toNewest}</button>
      <noscript><p><a class="look-again" href="/room">${t.lookAgain}</a></p></noscript>
      ${view.mayWrite ? sayForm(view, t) : askFirst(t)}
      <p id="announcer" class="unseen" role="status"></p>
      ${notOkDialog(t)}
      <template id="message-of-others">${messageItem(EMPTY, view, context.language)}</template>
      <template id="message-of-mine">${messageItem({ ...EMPTY, accountId: view.you.accountId }, view, context.language)}</template>
      <template id="person">${personItem({ accountId: '', nickname: '', muted: false }, '-', t)}</template>
    </main>`,
  });
}

/** The sentence for a text that was not taken. */
export function refusalText(reason: RefusalReason, t: Texts): string {
  const texts: Readonly<Record<RefusalReason, string>> = {
    agreement: t.refusedParent,
    digits: t.refusedNumber,
    empty: t.refusedEmpty,
    link: t.refusedLink,
    long: t.refusedTooLong,
    mail: t.refusedMail,
    rate: t.refusedTooFast,
    trouble: t.refusedFailed,
    word: t.refusedWord,
  };
  return texts[reason];
}

const EMPTY: LiveMessage = { id: 0, accountId: '', nickname: '', text: '', sentAt: '' };

/** Colours and initials help those who hardly read yet. `public/items.js` counts the same way. */
const COLOURS = 8;

function messageItem(message: LiveMessage, view: RoomView, language: Language): Html {
  const t = textsFor(language);
  const { id, nickname, text } = message;
  const isMine = message.accountId === view.you.accountId;
  const sentAt = message.sentAt === '' ? undefined : new Date(message.sentAt);
  const time = sentAt ? formatMessageTime(sentAt, view.now, language) : '';
  return html`
          <li data-id="${id}" data-account="${message.accountId}"${isMine && html` class="mine"`}>
            <span class="avatar colour-${colourOf(message.accountId)}" aria-hidden="true">${nickname.slice(0, 1)}</span>
            <div class="line">
              <p class="who"><strong class="name">${nickname}</strong>${isMine && html` <span class="you">(${t.you})</span>`} <time datetime="${message.sentAt}">${time}</time> <span class="state"></span></p>
              <p class="text">${text}</p>
            </div>
            ${!isMine && html`<a class="not-ok" href="/room/not-ok?message=${id}" aria-label="${fillIn(t.notOkOf, { nickname, text })}">${t.notOk}</a>`}
          </li>`;
}

function personItem(person: Person, you: string, t: Texts): Html {
  return html`
            <li data-account="${person.accountId}"${person.muted && html` class="muted"`}><span class="avatar colour-${colourOf(person.accountId)}" aria-hidden="true">${person.nickname.slice(0, 1)}</span> <span class="name">${person.nickname}</span><span class="you"${person.accountId !== you && html` hidden`}> (${t.you})</span></li>`;
}

function colourOf(accountId: string): number {
  return [...accountId].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % COLOURS;
}

function sayForm(view: RoomView, t: Texts): Html {
  const { refused } = view;
  return html`<form id="say" method="post" action="/room/say">
        <input type="hidden" name="id" value="${view.nextId}">
        <p id="refusal" role="alert">${refused && refusalText(refused.reason, t)}</p>
        <label for="text">${t.yourMessage}</label>
        <div class="typing">
          <textarea id="text" name="text" rows="2" maxlength="${MAX_TEXT_LENGTH}" aria-describedby="letters" autocomplete="off">${refused?.text}</textarea>
          <button class="button">${t.send}</button>
        </div>
        <p id="letters" class="small"></p>
      </form>`;
}

function askFirst(t: Texts): Html {
  return html`<section class="ask" aria-labelledby="ask">
        <h2 id="ask">${t.firstYesTitle}</h2>
        <p>${t.refusedParent} <a class="button quiet" href="/parent">${t.firstYesGo}</a></p>
      </section>`;
}

/** The sentences that the script needs, as JSON for an attribute: the template escapes it. */
function liveTexts(t: Texts): string {
  return JSON.stringify({
    hereNow: t.hereNow,
    lettersLeft: t.lettersLeft,
    onItsWay: t.onItsWay,
    sent: t.sent,
    saidBy: t.saidBy,
    newMessages: t.newMessages,
    tooFastWaits: t.tooFastWaits,
    connecting: t.connecting,
    connectionLost: t.connectionLost,
    connectionBack: t.connectionBack,
    tooManyTabs: t.tooManyTabs,
    notOkOf: t.notOkOf,
    mute: t.mute,
    muteHelp: t.muteHelp,
    muteDone: fillIn(t.muteDone, { me: t.me }),
    reportDone: t.reportDone,
    reportTooMany: t.reportTooMany,
    refusals: {
      agreement: refusalText('agreement', t),
      digits: refusalText('digits', t),
      empty: refusalText('empty', t),
      link: refusalText('link', t),
      long: refusalText('long', t),
      mail: refusalText('mail', t),
      rate: refusalText('rate', t),
      trouble: refusalText('trouble', t),
      word: refusalText('word', t),
    },
  });
}
