/** The books that are late: a page to sort and print, and the same as a table for a spreadsheet. */

import { type Html, html } from '../html.ts';
import { encodeCsv } from '../import/encode-csv.ts';
import type { OverdueLoan } from '../store/loans.ts';
import { type DataTexts, dataTextsFor } from '../texts/data-texts.ts';
import type { Language } from '../texts/texts.ts';
import { count, fill, formatLongDate, formatMoney, formatNumber } from './format.ts';
import { type PageContext, renderPage } from './layout.ts';

/** By what the list can be sorted. */
export const OVERDUE_ORDERS = ['member', 'book', 'due'] as const;

export type OverdueOrder = (typeof OVERDUE_ORDERS)[number];

/** How the list is sorted. */
export interface OverdueSorting {
  readonly by: OverdueOrder;
  readonly isDescending: boolean;
}

/** Reads the sorting from an address: `?sort=member`, `?sort=-member`. The longest late come first by default. */
export function parseOverdueSorting(raw: unknown): OverdueSorting {
  const text = typeof raw === 'string' ? raw : '';
  const by = OVERDUE_ORDERS.find((order) => order === text.replace(/^-/, '')) ?? 'due';
  return { by, isDescending: text === `-${by}` };
}

/** The list as a page. */
export function overduePage(
  context: PageContext,
  { loans, sorting }: { readonly loans: readonly OverdueLoan[]; readonly sorting: OverdueSorting },
): string {
  const { language, today } = context;
  const t = dataTextsFor(language);
  const asOf = fill(t.overdueAsOf, { date: formatLongDate(language, today) });
  const list = html`
      <div class="row noprint">
        <button class="button quiet small" type="button" data-print hidden>${t.print}</button>
        <a class="button quiet small" href="/desk/overdue.csv?sort=${sortKeyOf(sorting)}">${t.downloadTable}</a>
      </div>
      <div class="sheet">
        ${overdueTable(context, t, { loans: sortLoans(loans, sorting, language), sorting })}
      </div>`;
  const body = html`
      <p class="lead">${loans.length === 0 ? t.overdueNone : count(language, t.overdueCount, loans.length)} ${asOf}</p>
      ${loans.length === 0 ? undefined : list}`;
  return renderPage(context, {
    title: t.overdueTitle,
    body,
    place: 'overdue',
    scripts: ['/print.js'],
  });
}

/** The list as a CSV file that a Belgian spreadsheet opens as it is. */
export function overdueCsv(
  language: Language,
  { loans, sorting }: { readonly loans: readonly OverdueLoan[]; readonly sorting: OverdueSorting },
): string {
  const t = dataTextsFor(language);
  return encodeCsv([
    [t.member, t.libraryCard, t.book, t.bookNumber, t.due, t.daysLate, t.fineSoFar],
    ...sortLoans(loans, sorting, language).map((loan) => [
      loan.memberName,
      loan.memberNumber,
      loan.title,
      loan.barcode,
      loan.dueOn,
      String(loan.daysLate),
      formatMoney(language, loan.fineCents),
    ]),
  ]);
}

function overdueTable(
  { language }: PageContext,
  t: DataTexts,
  { loans, sorting }: { readonly loans: readonly OverdueLoan[]; readonly sorting: OverdueSorting },
): Html {
  const rows = loans.map(
    (loan) => html`
            <tr>
              <th scope="row"><a href="/desk/members/${loan.memberId}">${loan.memberName}</a><br><span class="by">${loan.memberNumber}</span></th>
              <td data-label="${t.book}">${loan.title}<br><span class="by">${loan.author}<br>${loan.barcode}</span></td>
              <td data-label="${t.due}" class="day">${formatLongDate(language, loan.dueOn)}</td>
              <td data-label="${t.daysLate}" class="amount">${formatNumber(language, loan.daysLate)}</td>
              <td data-label="${t.fineSoFar}" class="amount">${formatMoney(language, loan.fineCents)}</td>
            </tr>`,
  );
  return html`<table class="cards">
          <thead>
            <tr>
              ${sortHeader(t, 'member', sorting)}
              ${sortHeader(t, 'book', sorting)}
              ${sortHeader(t, 'due', sorting)}
              <th scope="col" class="amount">${t.daysLate}</th>
              <th scope="col" class="amount">${t.fineSoFar}</th>
            </tr>
          </thead>
          <tbody>${rows}
          </tbody>
        </table>`;
}

function sortHeader(t: DataTexts, by: OverdueOrder, sorting: OverdueSorting): Html {
  const isCurrent = sorting.by === by;
  const next = sortKeyOf({ by, isDescending: isCurrent && !sorting.isDescending });
  const direction = sorting.isDescending ? 'descending' : 'ascending';
  const mark = isCurrent ? html` aria-sort="${direction}"` : undefined;
  const arrow = isCurrent
    ? html` <span aria-hidden="true">${sorting.isDescending ? '▼' : '▲'}</span>`
    : undefined;
  return html`<th scope="col"${mark}><a href="/desk/overdue?sort=${next}" title="${fill(t.sortBy, { column: t[by] })}">${t[by]}</a>${arrow}</th>`;
}

function sortKeyOf({ by, isDescending }: OverdueSorting): string {
  return isDescending ? `-${by}` : by;
}

/** By name or title as the language sorts them; among equals, the longest late first. */
function sortLoans(
  loans: readonly OverdueLoan[],
  { by, isDescending }: OverdueSorting,
  language: Language,
): OverdueLoan[] {
  const { compare } = new Intl.Collator(language, { numeric: true });
  const keyOf = (loan: OverdueLoan) =>
    by === 'member' ? loan.memberName : by === 'book' ? loan.title : loan.dueOn;
  const sign = isDescending ? -1 : 1;
  return loans.toSorted(
    (a, b) => sign * compare(keyOf(a), keyOf(b)) || compare(a.dueOn, b.dueOn) || a.id - b.id,
  );
}
