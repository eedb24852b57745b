/** The desk: its door, finding a member, taking books back, the shelf of books that are kept ready. */
import { type Html, html } from '../html.ts';
import type { Member } from '../store/members.ts';
import type { HeldCopy } from '../store/reservations.ts';
import { type DeskTexts, deskTextsFor, textsFor } from '../texts/texts.ts';
import { count, fill, formatDate } from './format.ts';
import { bookList, type PageContext, renderPage, tokenField } from './layout.ts';
import { messagePage } from './messages.ts';

/** The door of the desk, for who is not signed in. */
export function deskDoorPage(context: PageContext): string {
  const d = deskTextsFor(context.language);
  const t = textsFor(context.language);
  const body = html`
      <div class="sheet">
        <p class="lead">${d.enterLead}</p>
        <p><a class="button big" href="/desk/login">${d.enterButton}</a></p>
        <p class="small">${d.enterSays}</p>
      </div>
      <p>${d.enterReader} <a href="/">${t.backHome}</a></p>`;
  return renderPage(context, { title: d.enterTitle, body });
}

/** For whom the gateway did not let through. */
export function deskRefusedPage(context: PageContext): string {
  const d = deskTextsFor(context.language);
  return messagePage(context, {
    title: d.refusedTitle,
    lines: [d.refusedLead],
    button: { href: '/desk/login', text: textsFor(context.language).tryAgain },
  });
}

/** For an adult who is not on the staff list: the code with which the head librarian puts them there. */
export function staffCodePage(context: PageContext, code: string): string {
  const d = deskTextsFor(context.language);
  const body = html`
      <div class="sheet">
        <p class="lead">${d.codeLead}</p>
        <p><strong class="code">${code}</strong></p>
        <p>${d.codeThen}</p>
        <p><a class="button" href="/desk/login">${d.codeAgain}</a></p>
      </div>`;
  return renderPage(context, { title: d.codeTitle, body });
}

/** What a librarian sees first; with what was found, when somebody was looked for. */
export function deskPage(
  context: PageContext,
  search?: {
    readonly text: string;
    readonly members: readonly Member[];
    readonly hasMore: boolean;
  },
): string {
  const d = deskTextsFor(context.language);
  const focus = search ? undefined : html` autofocus`;
  const body = html`
      <div class="columns">
        <section class="sheet" aria-labelledby="find">
          <h2 id="find">${d.findTitle}</h2>
          <form role="search" method="get" action="/desk">
            <label for="q">${d.findLabel}</label>
            <div class="row">
              <div class="grow"><input id="q" name="q" required maxlength="100" autocomplete="off" value="${search?.text}"${focus}></div>
              <button class="button">${d.findButton}</button>
            </div>
          </form>
        </section>
        <section class="sheet" aria-labelledby="take-back">
          <h2 id="take-back">${d.takeBackTitle}</h2>
          <form method="post" action="/desk/return">
            ${tokenField(context)}
            ${copyField(d, { button: d.takeBack })}
          </form>
        </section>
      </div>
      ${search && foundMembers(context, d, search)}`;
  return renderPage(context, { title: d.deskTitle, body, place: 'desk' });
}

/** A field for the number under a book's barcode, and the button beside it. */
export function copyField(
  d: DeskTexts,
  { button, hasFocus }: { readonly button: string; readonly hasFocus?: boolean },
): Html {
  return html`<label for="copy">${d.copyNumber}</label>
            <p class="hint" id="copy-hint">${d.copyHint}</p>
            <div class="row">
              <div class="narrow"><input class="number" id="copy" name="copy" required maxlength="40" inputmode="numeric" autocomplete="off" aria-describedby="copy-hint"${hasFocus ? html` autofocus` : undefined}></div>
              <button class="button">${button}</button>
            </div>`;
}

/** The books that wait for somebody. */
export function heldPage(context: PageContext, held: readonly HeldCopy[]): string {
  const d = deskTextsFor(context.language);
  const items = held.map((copy) => {
    if (copy.state.kind !== 'ready') return undefined;
    const { barcode, until } = copy.state;
    return html`<li>
            <div>
              <h2>${copy.title}</h2>
              <p class="by">${copy.author}</p>
              <p>${barcode}</p>
            </div>
            <p class="do"><a href="/desk/members/${copy.memberId}">${fill(d.heldFor, { name: copy.memberName })}</a><br>${fill(d.heldUntil, { date: formatDate(context.language, until) })}</p>
          </li>`;
  });
  const body = html`
      <div class="sheet">
        ${bookList(items, html`<p>${d.noHeld}</p>`)}
      </div>`;
  return renderPage(context, { title: d.heldTitle, body, place: 'held' });
}

function foundMembers(
  { language }: PageContext,
  d: DeskTexts,
  { members, hasMore }: { readonly members: readonly Member[]; readonly hasMore: boolean },
): Html {
  if (members.length === 0) {
    return html`<div class="sheet"><h2>${d.noMember}</h2><p>${d.noMemberLead}</p></div>`;
  }
  const items = members.map(
    ({ id, name, number, birthYear }) => html`<li>
            <p><a href="/desk/members/${id}"><strong>${name}</strong></a> <span class="by">${fill(d.born, { year: birthYear })}</span></p>
            <p class="do">${number}</p>
          </li>`,
  );
  return html`<div class="sheet">
        <h2>${count(language, d.foundMembers, members.length)}</h2>
        <ul class="books">${items}</ul>
        ${hasMore ? html`<p>${d.tooManyMembers}</p>` : undefined}
      </div>`;
}
