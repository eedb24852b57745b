/** A parent's pages: the children on the list, and adding one with the child's card in the reader. */
import { html } from '../html.ts';
import { textsFor } from '../texts/texts.ts';
import { fill } from './format.ts';
import { bookList, type PageContext, renderPage, tokenField, unseen } from './layout.ts';
import { messagePage } from './messages.ts';
import type { Person } from './shelf.ts';

/** The children on the list. */
export function familyPage(
  context: PageContext,
  {
    children,
    hasOwnShelf,
  }: { readonly children: readonly Person[]; readonly hasOwnShelf: boolean },
): string {
  const t = textsFor(context.language);
  const items = children.map(
    ({ memberId, name }) => html`<li>
            <div><h2>${name}</h2><p><a href="/my/${memberId}">${fill(t.seeBooks, { name })}</a></p></div>
            <p class="do"><a class="button quiet" href="/family/${memberId}/remove">${t.removeChild}${unseen(name)}</a></p>
          </li>`,
  );
  const body = html`
      <p class="lead">${t.familyLead}</p>
      <div class="sheet">
        ${bookList(items, html`<p>${t.noChildren}</p>`)}
        <p><a class="button" href="/family/add">${t.addChild}</a></p>
      </div>
      ${hasOwnShelf ? undefined : html`<p><a href="/link">${t.linkOwn}</a></p>`}`;
  return renderPage(context, { title: t.familyTitle, body, place: 'family' });
}

/** What to do, before the child's card is read. */
export function addChildPage(context: PageContext): string {
  const t = textsFor(context.language);
  const body = html`
      <p class="lead">${t.addLead}</p>
      <div class="sheet">
        <ol class="steps"><li>${t.addStep1}</li><li>${t.addStep2}</li><li>${t.addStep3}</li></ol>
        <p><a class="button" href="/family/add/card">${t.addStart}</a></p>
        <p><a href="/family">${t.addNo}</a></p>
      </div>
      <p>${t.addDesk}</p>`;
  return renderPage(context, { title: t.addTitle, body, place: 'family' });
}

/** The question, after the child's card was read. */
export function confirmChildPage(context: PageContext, child: Pick<Person, 'name'>): string {
  const t = textsFor(context.language);
  const body = html`
      <div class="sheet">
        <p class="lead">${fill(t.addConfirm, child)}</p>
        <form method="post" action="/family/add">
          ${tokenField(context)}
          <p><button class="button">${fill(t.addYes, child)}</button></p>
        </form>
        <p><a href="/family">${t.addNo}</a></p>
      </div>`;
  return renderPage(context, { title: t.addConfirmTitle, body, place: 'family' });
}

/** The question before a child leaves the list. */
export function removeChildPage(context: PageContext, child: Person): string {
  const t = textsFor(context.language);
  const values = { name: child.name };
  const body = html`
      <div class="sheet">
        <p class="lead">${fill(t.removeLead, values)}</p>
        <form method="post" action="/family/${child.memberId}/remove">
          ${tokenField(context)}
          <p><button class="button">${t.removeYes}</button></p>
        </form>
        <p><a href="/family">${t.addNo}</a></p>
      </div>`;
  return renderPage(context, { title: fill(t.removeTitle, values), body, place: 'family' });
}

/** Why no child was added. `gone`: the card was read too long ago. */
export function childRefusedPage(
  context: PageContext,
  reason: 'own-card' | 'adult' | 'gone',
): string {
  const t = textsFor(context.language);
  const [title, line] = {
    'own-card': [t.ownCardTitle, t.ownCard] as const,
    adult: [t.adultTitle, t.adult] as const,
    gone: [t.childGoneTitle, t.childGone] as const,
  }[reason];
  const button =
    reason === 'adult'
      ? { href: '/family', text: t.navFamily }
      : { href: '/family/add', text: t.tryAgain };
  return messagePage(context, { title, lines: [line], button, place: 'family' });
}
