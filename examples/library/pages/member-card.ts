/** The desk's pages around a member's identity card: link, link a new one, end; and the page for a member who leaves. */
import { html } from '../html.ts';
import type { Member } from '../store/members.ts';
import { deskTextsFor, textsFor } from '../texts/texts.ts';
import { fill } from './format.ts';
import { type PageContext, renderPage, tokenField } from './layout.ts';
import { messagePage } from './messages.ts';

/** What to do, before the member's card is read. */
export function startCardPage(
  context: PageContext,
  { member, isLinked }: { readonly member: Member; readonly isLinked: boolean },
): string {
  const d = deskTextsFor(context.language);
  const { id, name } = member;
  const body = html`
      <p class="lead">${d.linkPageLead}</p>
      ${isLinked ? html`<p>${d.relinkPageLead}</p>` : undefined}
      <div class="sheet">
        <ol class="steps">
          <li>${fill(d.linkStep1, { name, year: member.birthYear })}</li>
          <li>${d.linkStep2}</li>
          <li>${d.linkStep3}</li>
        </ol>
        <p><a class="button" href="/desk/members/${id}/card/read">${d.linkStart}</a></p>
        <p><a href="/desk/members/${id}">${d.linkNo}</a></p>
      </div>`;
  return renderPage(context, { title: fill(d.linkPageTitle, { name }), body, place: 'desk' });
}

/** The question, after the card was read. */
export function confirmCardPage(
  context: PageContext,
  { member, isLinked }: { readonly member: Member; readonly isLinked: boolean },
): string {
  const d = deskTextsFor(context.language);
  const { id, name, number } = member;
  const body = html`
      <div class="sheet">
        <p class="lead">${fill(d.linkConfirm, { name, number })}</p>
        ${isLinked ? html`<p>${d.relinkPageLead}</p>` : undefined}
        <form method="post" action="/desk/members/${id}/card">
          ${tokenField(context)}
          <p><button class="button">${d.linkYes}</button></p>
        </form>
        <p><a href="/desk/members/${id}">${d.linkNo}</a></p>
      </div>`;
  return renderPage(context, { title: d.linkConfirmTitle, body, place: 'desk' });
}

/** The card in the reader opens the page of another member. */
export function cardTakenPage(context: PageContext, holder: Member): string {
  const d = deskTextsFor(context.language);
  const { id, name } = holder;
  return messagePage(context, {
    title: d.linkTakenTitle,
    lines: [fill(d.linkTaken, { name })],
    button: { href: `/desk/members/${id}`, text: fill(d.linkTakenButton, { name }) },
    place: 'desk',
  });
}

/** The card was read too long ago. */
export function cardGonePage(context: PageContext, { id }: Member): string {
  const d = deskTextsFor(context.language);
  return messagePage(context, {
    title: d.cardGoneTitle,
    lines: [d.cardGone],
    button: { href: `/desk/members/${id}/card`, text: textsFor(context.language).tryAgain },
    place: 'desk',
  });
}

/** The question before a link is ended. */
export function endCardPage(context: PageContext, { id, name }: Member): string {
  const d = deskTextsFor(context.language);
  return questionPage(context, {
    title: d.endPageTitle,
    line: fill(d.endPageLead, { name }),
    action: `/desk/members/${id}/card/end`,
    yes: d.endYes,
    backTo: `/desk/members/${id}`,
  });
}

/** The question before a member is forgotten. */
export function leavePage(context: PageContext, { id, name }: Member): string {
  const d = deskTextsFor(context.language);
  return questionPage(context, {
    title: fill(d.leaveAsk, { name }),
    line: d.leaveLead,
    action: `/desk/members/${id}/leave`,
    yes: d.leaveYes,
    backTo: `/desk/members/${id}`,
  });
}

function questionPage(
  context: PageContext,
  question: {
    readonly title: string;
    readonly line: string;
    readonly action: string;
    readonly yes: string;
    readonly backTo: string;
  },
): string {
  const { title, line, action, yes, backTo } = question;
  const body = html`
      <div class="sheet">
        <p class="lead">${line}</p>
        <form method="post" action="${action}">
          ${tokenField(context)}
          <p><button class="button">${yes}</button></p>
        </form>
        <p><a href="${backTo}">${deskTextsFor(context.language).linkNo}</a></p>
      </div>`;
  return renderPage(context, { title, body, place: 'desk' });
}
