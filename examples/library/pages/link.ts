/** Linking a library card to an identity card, for oneself or for a child whose card was just in the reader. */
import { type Html, html } from '../html.ts';
import type { LinkRefusal } from '../store/links.ts';
import { type Texts, textsFor } from '../texts/texts.ts';
import { count } from './format.ts';
import { type PageContext, renderPage, tokenField } from './layout.ts';
import { messagePage } from './messages.ts';

/** What was typed before, and what was wrong with it. */
export interface LinkAttempt {
  readonly number: string;
  readonly birthYear: string;
  readonly reason: 'mistyped' | 'wrong';
}

/** How a form to link stands. */
interface LinkForm {
  readonly triesLeft: number;
  readonly attempt?: LinkAttempt | undefined;
}

/** The form for the reader's own card, and the other ways. */
export function linkPage(context: PageContext, form: LinkForm): string {
  const t = textsFor(context.language);
  const body = html`
      <p class="lead">${t.linkLead}</p>
      <div class="sheet">${linkForm(context, { ...form, action: '/link', button: t.linkButton })}</div>
      <h2>${t.linkOtherWay}</h2>
      <p>${t.linkDesk} ${t.deskOpen}</p>
      <p>${t.linkNew}</p>
      <p><a href="/family">${t.linkParent}</a></p>`;
  return renderPage(context, { title: t.linkTitle, body });
}

/** The form for a child whose identity card the library does not know yet. */
export function childLinkPage(context: PageContext, form: LinkForm): string {
  const t = textsFor(context.language);
  const body = html`
      <p class="lead">${t.addLinkLead}</p>
      <div class="sheet">${linkForm(context, { ...form, action: '/family/add/link', button: t.addLinkButton })}</div>
      <p><a href="/family">${t.addNo}</a></p>`;
  return renderPage(context, { title: t.addLinkTitle, body, place: 'family' });
}

/** Why it cannot be done online. Each of them can be done at the desk. */
export function linkRefusedPage(
  context: PageContext,
  reason: Exclude<LinkRefusal, LinkAttempt['reason']>,
): string {
  const t = textsFor(context.language);
  const button = { href: '/', text: t.backHome };
  switch (reason) {
    case 'too-many':
      return messagePage(context, {
        title: t.tooManyTitle,
        lines: [t.tooMany, t.deskOpen],
        button,
      });
    case 'member-linked':
      return messagePage(context, {
        title: t.memberLinkedTitle,
        lines: [t.memberLinked, t.deskOpen],
        button,
        after: [t.memberLinkedOther],
      });
    case 'card-in-use':
      return messagePage(context, { title: t.cardInUseTitle, lines: [t.cardInUse], button });
  }
}

function linkForm(
  context: PageContext,
  form: LinkForm & { readonly action: string; readonly button: string },
): Html {
  const t = textsFor(context.language);
  const { attempt } = form;
  const invalid = attempt ? html` aria-invalid="true"` : undefined;
  const describedBy = attempt ? ' link-error' : '';
  return html`<form method="post" action="${form.action}">
          ${tokenField(context)}
          ${attempt && errorBox(context, t, { ...form, attempt })}
          <div class="field">
            <label for="number">${t.cardNumber}</label>
            <p class="hint" id="number-hint">${t.cardNumberHint}</p>
            <input class="number" id="number" name="number" required maxlength="20" inputmode="numeric" autocomplete="off" aria-describedby="number-hint${describedBy}"${invalid} value="${attempt?.number ?? ''}">
          </div>
          <div class="field">
            <label for="birth-year">${t.birthYear}</label>
            <p class="hint" id="birth-year-hint">${t.birthYearHint}</p>
            <input class="number year" id="birth-year" name="birthYear" required maxlength="4" inputmode="numeric" autocomplete="off" aria-describedby="birth-year-hint${describedBy}"${invalid} value="${attempt?.birthYear ?? ''}">
          </div>
          <p><button class="button">${form.button}</button></p>
        </form>`;
}

function errorBox(
  { language }: PageContext,
  t: Texts,
  { attempt, triesLeft }: { readonly attempt: LinkAttempt; readonly triesLeft: number },
): Html {
  const lines =
    attempt.reason === 'mistyped'
      ? html`<p>${t.linkMistyped}</p>`
      : html`<p>${t.linkWrong}</p><p>${count(language, t.triesLeft, triesLeft)}</p>`;
  return html`<div class="notice wrong" id="link-error" role="alert">${lines}</div>`;
}
