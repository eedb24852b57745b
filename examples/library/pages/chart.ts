/** Loans by month: a bar chart drawn here, and the same numbers as a table. */
import { type Html, html } from '../html.ts';
import { type DataTexts, dataTextsFor } from '../texts/data-texts.ts';
import type { Language } from '../texts/texts.ts';
import { fill, formatNumber, localeOf } from './format.ts';
import { type PageContext, renderPage } from './layout.ts';

/** How many books were lent in a month, `YYYY-MM`. */
export interface MonthCount {
  readonly month: string;
  readonly loans: number;
}

const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 64;
const BOTTOM = 34;
const TOP = 26;

/** The chart's page; `months` from the oldest to the present one. */
export function chartPage(context: PageContext, months: readonly MonthCount[]): string {
  const { language } = context;
  const t = dataTextsFor(language);
  const total = months.reduce((sum, { loans }) => sum + loans, 0);
  const body =
    total === 0
      ? html`<p class="lead">${t.chartNone}</p>`
      : html`
      <p class="lead">${t.chartLead}</p>
      <figure class="sheet chart">
        <div class="drawing" role="group" tabindex="0" aria-label="${t.chartTitle}">
          ${chartSvg(months, language, summaryOf(months, t, { language, total }))}
        </div>
        <figcaption>${summaryOf(months, t, { language, total })}</figcaption>
      </figure>
      <section class="sheet" aria-labelledby="numbers">
        <h2 id="numbers">${t.chartTable}</h2>
        ${monthTable(months, language, t)}
      </section>`;
  return renderPage(context, { title: t.chartTitle, body, place: 'chart' });
}

function summaryOf(
  months: readonly MonthCount[],
  t: DataTexts,
  { language, total }: { readonly language: Language; readonly total: number },
): string {
  const most = months.reduce((best, month) => (month.loans > best.loans ? month : best));
  return fill(t.chartMost, {
    month: formatMonth(language, most.month, 'long'),
    n: formatNumber(language, most.loans),
    total: formatNumber(language, total),
  });
}

/** Screen readers get the summary in one sentence; the table below has the numbers. */
function chartSvg(months: readonly MonthCount[], language: Language, summary: string): Html {
  const top = niceTop(Math.max(...months.map(({ loans }) => loans)));
  const heightOf = (loans: number) => ((HEIGHT - TOP - BOTTOM) * loans) / top;
  const base = HEIGHT - BOTTOM;
  const step = (WIDTH - LEFT) / months.length;
  const lines = [0, top / 2, top].map((value) => {
    const y = base - heightOf(value);
    return html`
          <line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${y}" y2="${y}"/>
          <text class="scale" x="${LEFT - 8}" y="${y + 5}">${formatNumber(language, value)}</text>`;
  });
  const bars = months.map(({ month, loans }, index) => {
    const height = heightOf(loans);
    const left = LEFT + index * step + step * 0.18;
    const middle = LEFT + (index + 0.5) * step;
    const isNow = index === months.length - 1;
    return html`
          <rect class="${isNow ? 'bar now' : 'bar'}" x="${round(left)}" y="${round(base - height)}" width="${round(step * 0.64)}" height="${round(height)}" rx="3"/>
          <text class="value" x="${round(middle)}" y="${round(base - height - 7)}">${loans === 0 ? '' : formatNumber(language, loans)}</text>
          <text class="month" x="${round(middle)}" y="${HEIGHT - 10}">${formatMonth(language, month, 'short')}</text>`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${summary}">${lines}${bars}
        </svg>`;
}

function monthTable(months: readonly MonthCount[], language: Language, t: DataTexts): Html {
  const rows = months.toReversed().map(({ month, loans }, index) => {
    const name = formatMonth(language, month, 'long');
    return html`
            <tr><th scope="row">${index === 0 ? fill(t.soFar, { month: name }) : name}</th><td class="amount">${formatNumber(language, loans)}</td></tr>`;
  });
  return html`<table>
          <thead><tr><th scope="col">${t.month}</th><th scope="col" class="amount">${t.loans}</th></tr></thead>
          <tbody>${rows}
          </tbody>
        </table>`;
}

/** The top of the scale: 2, 4, 6, 8 or 10 times a power of ten, so that its half is a whole number. */
function niceTop(highest: number): number {
  for (let unit = 1; ; unit *= 10) {
    for (const top of [2, 4, 6, 8, 10]) if (top * unit >= highest) return top * unit;
  }
}

function formatMonth(language: Language, month: string, length: 'long' | 'short'): string {
  const options: Intl.DateTimeFormatOptions =
    length === 'long' ? { month: 'long', year: 'numeric' } : { month: 'short' };
  const format = new Intl.DateTimeFormat(localeOf(language), { ...options, timeZone: 'UTC' });
  return format.format(new Date(`${month}-01T12:00:00Z`));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
