/** One member at the desk: lend, take back, renew, reservations, fines, identity card, parents. */
import { type Html, html } from '../html.ts';
import { civilDateOf } from '../rules/calendar.ts';
import type { Fine } from '../store/fines.ts';
import type { Guardian } from '../store/guardians.ts';
import type { Link } from '../store/links.ts';
import type { OpenLoan } from '../store/loans.ts';
import type { Member } from '../store/members.ts';
import type { Reservation } from '../store/reservations.ts';
import { type DeskTexts, deskTextsFor, textsFor } from '../texts/texts.ts';
import { copyField } from './desk.ts';
import { count, fill, formatDate, formatLongDate, formatMoney } from './format.ts';
import { bookList, type PageContext, renderPage, tokenField, unseen } from './layout.ts';

/** Everything the desk knows about one member. */
export interface MemberFile {
  readonly member: Member;
  /** Newest first; the first may be live. */
  readonly links: readonly Link[];
  readonly guardians: readonly Guardian[];
  readonly loans: readonly OpenLoan[];
  readonly reservations: readonly Reservation[];
  readonly fines: readonly Fine[];
  readonly owedCents: number;
}

/** The member's page. */
export function memberPage(context: PageContext, file: MemberFile): string {
  const d = deskTextsFor(context.language);
  const { member } = file;
  const body = html`
      <dl class="facts">
        <dt>${d.cardNumber}</dt><dd>${member.number}</dd>
        <dt>${d.birthYear}</dt><dd>${String(member.birthYear)}</dd>
        <dt>${d.identityCard}</dt><dd>${linkState(context, d, file.links)}</dd>
      </dl>
      <section class="sheet" aria-labelledby="lend">
        <h2 id="lend">${d.lendTitle}</h2>
        <form method="post" action="/desk/members/${member.id}/lend">
          ${tokenField(context)}
          ${copyField(d, { button: d.lend, hasFocus: true })}
        </form>
      </section>
      <section class="sheet" aria-labelledby="loans">
        <h2 id="loans">${d.loansTitle}</h2>
        ${bookList(
          file.loans.map((loan) => loanItem(context, d, loan)),
          html`<p>${d.noLoans}</p>`,
        )}
      </section>
      <section class="sheet" aria-labelledby="reservations">
        <h2 id="reservations">${d.reservationsTitle}</h2>
        ${bookList(
          file.reservations.map((item) => reservationItem(context, d, item)),
          html`<p>${d.noReservations}</p>`,
        )}
      </section>
      ${finesSheet(context, d, file)}
      ${cardSheet(context, d, file)}
      ${parentsSheet(context, d, file)}
      <p class="noprint"><a href="/desk/members/${member.id}/leave">${d.leaveButton}</a></p>`;
  return renderPage(context, { title: member.name, body, place: 'desk' });
}

function linkState({ language }: PageContext, d: DeskTexts, links: readonly Link[]): Html {
  const live = links.find(({ endedAt }) => endedAt === undefined);
  if (!live) return html`<span class="tag plain">${d.notLinked}</span>`;
  const text = live.linkedBy === 'desk' ? d.linkedDesk : d.linkedOnline;
  return html`${fill(text, { date: formatLongDate(language, civilDateOf(live.linkedAt)) })}`;
}

function loanItem(context: PageContext, d: DeskTexts, loan: OpenLoan): Html {
  const { language } = context;
  const t = textsFor(language);
  const action = `/desk/members/${loan.memberId}`;
  const late = html`<span class="tag out">${count(language, t.late, loan.daysLate)}, ${formatMoney(language, loan.fineCents)}</span>`;
  return html`<li>
            <div>
              <h3>${loan.title}</h3>
              <p class="by">${loan.author} · ${loan.barcode}</p>
              <p>${fill(d.dueOn, { date: formatDate(language, loan.dueOn) })} ${loan.daysLate > 0 ? late : undefined}</p>
            </div>
            <div class="do row">
              ${renewal(context, d, loan)}
              <form method="post" action="${action}/return">
                ${tokenField(context)}<input type="hidden" name="copy" value="${loan.barcode}">
                <button class="button small">${d.takeBack}${unseen(loan.title)}</button>
              </form>
            </div>
          </li>`;
}

function renewal(context: PageContext, d: DeskTexts, loan: OpenLoan): Html | undefined {
  const { renewal: decision } = loan;
  if (decision.kind === 'refused') {
    if (decision.reason === 'late') return undefined;
    const text = decision.reason === 'reserved' ? d.reservedByOther : d.renewedTwice;
    return html`<span class="tag plain">${text}</span>`;
  }
  return html`<form method="post" action="/desk/members/${loan.memberId}/renew">
                ${tokenField(context)}<input type="hidden" name="loan" value="${loan.id}">
                <button class="button quiet small">${d.renew}${unseen(loan.title)}</button>
              </form>`;
}

function reservationItem(context: PageContext, d: DeskTexts, item: Reservation): Html {
  const { state } = item;
  const where =
    state.kind === 'ready'
      ? fill(d.ready, { date: formatDate(context.language, state.until), barcode: state.barcode })
      : fill(d.place, { place: state.place });
  return html`<li>
            <div><h3>${item.title}</h3><p class="by">${item.author}</p><p>${where}</p></div>
            <form class="do" method="post" action="/desk/members/${item.memberId}/cancel">
              ${tokenField(context)}<input type="hidden" name="reservation" value="${item.id}">
              <button class="button quiet small">${d.cancel}${unseen(item.title)}</button>
            </form>
          </li>`;
}

function finesSheet(context: PageContext, d: DeskTexts, file: MemberFile): Html {
  const { language } = context;
  const action = `/desk/members/${file.member.id}/pay`;
  const open = file.fines.filter(({ paidOn }) => paidOn === null);
  const items = open.map(({ id, title, cents, finedOn }) => {
    const amount = formatMoney(language, cents);
    return html`<li>
            <p>${fill(d.fineLine, { title, date: formatLongDate(language, finedOn) })}</p>
            <form class="do" method="post" action="${action}">
              ${tokenField(context)}<input type="hidden" name="fine" value="${id}">
              <strong>${amount}</strong>
              <button class="button quiet small">${d.pay}${unseen(`${title}, ${amount}`)}</button>
            </form>
          </li>`;
  });
  const all =
    open.length > 1
      ? html`<form method="post" action="${action}-all">
          ${tokenField(context)}
          <p><button class="button">${fill(d.payAll, { amount: formatMoney(language, file.owedCents) })}</button></p>
        </form>`
      : undefined;
  return html`<section class="sheet" aria-labelledby="fines">
        <h2 id="fines">${d.finesTitle}</h2>
        ${bookList(items, html`<p>${d.noFines}</p>`)}
        ${all}
      </section>`;
}

function cardSheet({ language }: PageContext, d: DeskTexts, { member, links }: MemberFile): Html {
  const isLinked = links.some(({ endedAt }) => endedAt === undefined);
  const ended = links.flatMap(({ linkedAt, endedAt }) => {
    if (!endedAt) return [];
    const from = formatLongDate(language, civilDateOf(linkedAt));
    const to = formatLongDate(language, civilDateOf(endedAt));
    return [html`<li>${fill(d.cardEnded, { from, to })}</li>`];
  });
  const path = `/desk/members/${member.id}/card`;
  const lost = html`<a class="button quiet" href="${path}/end">${d.endCard}</a>`;
  return html`<section class="sheet" aria-labelledby="card">
        <h2 id="card">${d.cardTitle}</h2>
        <p>${d.cardLead}</p>
        <p class="row"><a class="button" href="${path}">${isLinked ? d.relinkCard : d.linkCard}</a> ${isLinked ? lost : undefined}</p>
        ${ended.length > 0 ? html`<h3>${d.historyTitle}</h3><ul>${ended}</ul>` : undefined}
      </section>`;
}

function parentsSheet(context: PageContext, d: DeskTexts, file: MemberFile): Html {
  const items = file.guardians.map(({ id, addedAt }) => {
    const date = formatLongDate(context.language, civilDateOf(addedAt));
    return html`<li>
            <p>${fill(d.parentSince, { date })}</p>
            <form class="do" method="post" action="/desk/members/${file.member.id}/end-parent">
              ${tokenField(context)}<input type="hidden" name="guardian" value="${id}">
              <button class="button quiet small">${d.endParent}${unseen(fill(d.parentSince, { date }))}</button>
            </form>
          </li>`;
  });
  return html`<section class="sheet" aria-labelledby="parents">
        <h2 id="parents">${d.parentsTitle}</h2>
        ${bookList(items, html`<p>${d.noParents}</p>`)}
      </section>`;
}
