/** A reader's shelf: what is at home, reserved, to pay. The same page for the reader and for a parent. */
import { type Html, html } from '../html.ts';
import type { Fine } from '../store/fines.ts';
import type { OpenLoan, PastLoan } from '../store/loans.ts';
import type { Member } from '../store/members.ts';
import type { Reservation } from '../store/reservations.ts';
import { type Texts, textsFor } from '../texts/texts.ts';
import { count, fill, formatDate, formatDistance, formatLongDate, formatMoney } from './format.ts';
import { bookList, type PageContext, renderPage, tokenField, unseen } from './layout.ts';

/** Somebody whose shelf the visitor may see. */
export interface Person {
  readonly memberId: number;
  readonly name: string;
}

/** One shelf, and whose else may be seen. */
export interface Shelf {
  readonly member: Member;
  /** The visitor's own, and not a child's. */
  readonly isOwn: boolean;
  readonly people: readonly Person[];
  readonly loans: readonly OpenLoan[];
  readonly reservations: readonly Reservation[];
  readonly fines: readonly Fine[];
  readonly owedCents: number;
  readonly past: readonly PastLoan[];
}

/** The shelf of one reader. */
export function shelfPage(context: PageContext, shelf: Shelf): string {
  const t = textsFor(context.language);
  const { member, isOwn, people } = shelf;
  const title = isOwn ? t.shelfTitle : fill(t.shelfOf, { name: member.name });
  const body = html`
      ${isOwn ? html`<p class="lead">${fill(t.hello, { name: member.name })}</p>` : undefined}
      ${people.length > 1 ? peopleNav(t, shelf) : undefined}
      <section class="sheet" aria-labelledby="loans">
        <h2 id="loans">${t.loansTitle}</h2>
        ${bookList(
          shelf.loans.map((loan) => loanItem(context, t, loan)),
          html`<p>${t.noLoans} <a href="/books">${t.navCatalogue}</a></p>`,
        )}
      </section>
      <section class="sheet" aria-labelledby="reservations">
        <h2 id="reservations">${t.reservationsTitle}</h2>
        ${bookList(
          shelf.reservations.map((item) => reservationItem(context, t, item)),
          html`<p>${t.noReservations}</p>`,
        )}
      </section>
      ${finesSheet(context, t, shelf)}
      ${shelf.past.length > 0 ? pastList(context, t, shelf.past) : undefined}`;
  return renderPage(context, { title, body, place: 'shelf' });
}

function peopleNav(t: Texts, { member, people }: Shelf): Html {
  const links = people.map(({ memberId, name }) => {
    const current = memberId === member.id ? html` aria-current="page"` : undefined;
    return html`<li><a href="/my/${memberId}"${current}>${name}</a></li>`;
  });
  return html`<nav aria-label="${t.whose}"><ul class="people">${links}</ul></nav>`;
}

function loanItem(context: PageContext, t: Texts, loan: OpenLoan): Html {
  const { language, today } = context;
  const due = html`<time datetime="${loan.dueOn}">${fill(t.dueOn, { date: formatDate(language, loan.dueOn) })}</time>`;
  const distance = formatDistance(language, { today, date: loan.dueOn });
  const late = html`<span class="tag out">${count(language, t.late, loan.daysLate)}</span> <span>${fill(t.lateCost, { amount: formatMoney(language, loan.fineCents) })}</span>`;
  return html`<li>
            <div>
              <h3><a href="/titles/${loan.titleId}">${loan.title}</a></h3>
              <p class="by">${fill(t.by, { author: loan.author })}</p>
              <p>${due} ${loan.daysLate > 0 ? html`<br>${late}` : html`<span class="tag look">${distance}</span>`}</p>
            </div>
            <div class="do">${renewal(context, t, loan)}</div>
          </li>`;
}

function renewal(context: PageContext, t: Texts, loan: OpenLoan): Html {
  const { renewal: decision } = loan;
  if (decision.kind === 'refused') {
    const reasons = {
      'renewed-twice': t.renewedTwice,
      reserved: t.renewReserved,
      late: t.renewLate,
    };
    return html`<p class="small">${reasons[decision.reason]}</p>`;
  }
  return html`<form method="post" action="/my/${loan.memberId}/renew">
              ${tokenField(context)}<input type="hidden" name="loan" value="${loan.id}">
              <button class="button">${t.renew}${unseen(loan.title)}</button>
            </form>
            <p class="small">${fill(t.renewUntil, { date: formatDate(context.language, decision.dueOn) })}</p>`;
}

function reservationItem(context: PageContext, t: Texts, item: Reservation): Html {
  const { state } = item;
  const where =
    state.kind === 'ready'
      ? html`<span class="notice-line">${fill(t.ready, { date: formatDate(context.language, state.until) })}</span>`
      : fill(t.place, { place: state.place });
  return html`<li>
            <div>
              <h3><a href="/titles/${item.titleId}">${item.title}</a></h3>
              <p class="by">${fill(t.by, { author: item.author })}</p>
              <p>${where}</p>
            </div>
            <form class="do" method="post" action="/my/${item.memberId}/cancel">
              ${tokenField(context)}<input type="hidden" name="reservation" value="${item.id}">
              <button class="button quiet">${t.cancel}${unseen(item.title)}</button>
            </form>
          </li>`;
}

function finesSheet({ language }: PageContext, t: Texts, shelf: Shelf): Html {
  const open = shelf.fines.filter(({ paidOn }) => paidOn === null);
  const lines = open.map(
    (fine) =>
      html`<li><p>${fine.title}: ${t.fineLine}</p><p class="do">${formatMoney(language, fine.cents)}</p></li>`,
  );
  return html`<section class="sheet" aria-labelledby="fines">
        <h2 id="fines">${t.finesTitle}</h2>
        ${
          open.length === 0
            ? html`<p>${t.noFines}</p>`
            : html`<ul class="books">${lines}</ul>
        <p><strong>${fill(t.finesTotal, { amount: formatMoney(language, shelf.owedCents) })}</strong></p>
        <p>${t.payDesk}</p>`
        }
      </section>`;
}

function pastList({ language }: PageContext, t: Texts, past: readonly PastLoan[]): Html {
  const items = past.map(
    (loan) =>
      html`<li><p><a href="/titles/${loan.titleId}">${loan.title}</a></p><p class="do small">${fill(t.pastReturned, { date: formatLongDate(language, loan.returnedOn) })}</p></li>`,
  );
  return html`<details class="sheet"><summary>${t.pastTitle}</summary><ul class="books">${items}</ul></details>`;
}
