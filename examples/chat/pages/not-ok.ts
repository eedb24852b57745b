/** "Not OK?": report a message or stop seeing its author. A dialog in the room, and pages for when no script runs. */
import { type Html, html } from '../html.ts';
import { type LiveMessage, REPORT_REASONS, type ReportReason } from '../live/live-messages.ts';
import { fillIn, type Texts, textsFor } from '../texts/texts.ts';
import { notice, oneUseForm, type PageContext, renderPage } from './layout.ts';

/** The dialog, empty; `public/not-ok.js` fills in which message it is about. */
export function notOkDialog(t: Texts): Html {
  return html`<dialog id="not-ok" aria-labelledby="not-ok-title">
        <div class="ask-what">
          <h2 id="not-ok-title">${t.notOkTitle}</h2>
          <blockquote><p><strong class="name"></strong> <span class="text"></span></p></blockquote>
          <div class="reasons">
            ${REPORT_REASONS.map((reason) => html`<button class="reason" type="button" data-reason="${reason}">${reasonText(reason, t)}</button>`)}
          </div>
          <p class="small">${t.notOkHelp}</p>
          <div class="reasons"><button class="reason mute" type="button"></button></div>
          <p class="small mute-help"></p>
        </div>
        <div class="thanks" tabindex="-1" hidden>
          <h2>${t.thanksTitle}</h2>
          <p class="done"></p>
          <p>${t.helpline}</p>
        </div>
        <p class="mute-done" tabindex="-1" hidden></p>
        <p class="way-back"><button class="button quiet close" type="button">${t.backToRoom}</button></p>
      </dialog>`;
}

/** The same as a page. */
export function notOkPage(
  context: PageContext,
  {
    message,
    tokens,
  }: {
    readonly message: LiveMessage;
    /** For each of the two forms: a child may well do both. */
    readonly tokens: { readonly report: string; readonly mute: string };
  },
): string {
  const t = textsFor(context.language);
  const { nickname } = message;
  return renderPage(context, t.notOkTitle, [
    html`
      <blockquote><p><strong>${nickname}</strong> ${message.text}</p></blockquote>
      ${oneUseForm(
        { action: '/room/report', token: tokens.report, class: 'reasons' },
        html`<input type="hidden" name="message" value="${message.id}">
        ${REPORT_REASONS.map((reason) => html`<button class="reason" name="reason" value="${reason}">${reasonText(reason, t)}</button>`)}`,
      )}
      <p class="small">${t.notOkHelp}</p>`,
    html`
      ${oneUseForm(
        { action: '/room/mute', token: tokens.mute },
        html`<input type="hidden" name="account" value="${message.accountId}">
        <button class="reason mute">${fillIn(t.mute, { nickname })}</button>`,
      )}
      <p class="small">${fillIn(t.muteHelp, { nickname })}</p>
      <p><a href="/room">${t.backToRoom}</a></p>`,
  ]);
}

/** After reporting, when no script runs. */
export function thanksPage(context: PageContext, isTaken: boolean): string {
  const t = textsFor(context.language);
  return renderPage(context, t.thanksTitle, [
    html`
      ${notice(isTaken ? t.reportDone : t.reportTooMany)}
      <p>${t.helpline}</p>
      <p><a class="button" href="/room">${t.backToRoom}</a></p>`,
  ]);
}

function reasonText(reason: ReportReason, t: Texts): string {
  const texts: Readonly<Record<ReportReason, string>> = {
    unkind: t.reasonUnkind,
    private: t.reasonPrivate,
    scary: t.reasonScary,
  };
  return texts[reason];
}
