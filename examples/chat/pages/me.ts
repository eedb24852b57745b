/** What a child can change about its own account. */
import { html } from '../html.ts';
import { fillIn, textsFor } from '../texts/texts.ts';
import { formatCivilDate } from './dates.ts';
import { notice, oneUseForm, type PageContext, renderPage } from './layout.ts';

/** What the page about the child's account shows. */
export interface MeView {
  readonly nickname: string;
  /** The day on which a parent agreed, `YYYY-MM-DD`. */
  readonly agreedOn: string | undefined;
  readonly muted: readonly { readonly accountId: string; readonly nickname: string }[];
  /** One token is enough for all forms of a page: using one leads to a new page. */
  readonly token: string;
  /** What has just been done, or could not be. */
  readonly notice?: string | undefined;
}

/** Nickname, people muted, a parent's agreement, and the way to start all over. */
export function mePage(context: PageContext, view: MeView): string {
  const t = textsFor(context.language);
  const { token } = view;
  return renderPage(context, t.meTitle, [
    html`
      ${notice(view.notice)}
      <p class="lead">${fillIn(t.meNickname, { nickname: view.nickname })}</p>
      ${oneUseForm({ action: '/me/nickname', token }, html`<button class="button">${t.newNickname}</button>`)}
      <p class="small">${t.newNicknameHelp}</p>
      <p><a href="/room">${t.backToRoom}</a></p>`,
    html`
      <h2>${t.mutedTitle}</h2>
      ${view.muted.length === 0 && html`<p>${t.mutedNobody}</p>`}
      ${view.muted.map(({ accountId, nickname }) =>
        oneUseForm(
          { action: '/me/unmute', token },
          html`<input type="hidden" name="account" value="${accountId}">
        <button class="button quiet">${fillIn(t.unmute, { nickname })}</button>`,
        ),
      )}`,
    agreement(view, context),
    html`
      <h2>${t.resetTitle}</h2>
      <p>${t.resetLead}</p>
      <p><a href="/me/reset">${t.resetTitle}…</a></p>`,
  ]);
}

function agreement({ agreedOn, token }: MeView, context: PageContext) {
  const t = textsFor(context.language);
  if (agreedOn === undefined) {
    return html`
      <h2>${t.yesTitle}</h2>
      <p>${t.yesNone}</p>
      <p><a href="/parent">${t.firstYesGo}</a></p>`;
  }
  const date = formatCivilDate(agreedOn, context.language);
  return html`
      <h2>${t.yesTitle}</h2>
      <p>${fillIn(t.alreadyAgreed, { date })}</p>
      ${oneUseForm({ action: '/me/take-back', token }, html`<button class="button quiet">${t.takeBack}</button>`)}
      <p class="small">${t.takeBackHelp}</p>`;
}

/** What starting over means, before it is done. */
export function resetPage(context: PageContext, { token }: { readonly token: string }): string {
  const t = textsFor(context.language);
  return renderPage(context, t.resetTitle, [
    html`
      <p class="lead">${t.resetLead}</p>
      <ul class="ticks">
        <li>${t.resetMessages}</li>
        <li>${t.resetNickname}</li>
        <li>${t.resetMuted}</li>
        <li>${t.resetStays}</li>
      </ul>
      <p><a class="button" href="/me">${t.resetNo}</a></p>
      ${oneUseForm({ action: '/me/reset', token }, html`<button class="button quiet">${t.resetGo}</button>`)}`,
  ]);
}
