/** The catalogue, open to everybody: the start page, the search, one title. */
import { type Html, html } from '../html.ts';
import type { CivilDate } from '../rules/calendar.ts';
import type { Title, TitleLanguage } from '../store/catalogue.ts';
import { LANGUAGES, type Texts, textsFor } from '../texts/texts.ts';
import { count, fill, formatDate, formatNumber } from './format.ts';
import { bookList, type PageContext, renderPage, tokenField } from './layout.ts';

/** What was looked for. */
export interface Search {
  readonly text: string;
  readonly language?: TitleLanguage | undefined;
  readonly childrenOnly: boolean;
  readonly page: number;
}

/** The start: what this is, the search, the way in. */
export function homePage(context: PageContext): string {
  const t = textsFor(context.language);
  const body = html`
      <div class="hero">
        <div>
          <h1>${t.homeTitle}</h1>
          <p class="lead">${t.homeLead}</p>
        </div>
        <img src="/cat.svg" alt="" width="240" height="200">
      </div>
      <div class="sheet">
        ${searchForm(t, { text: '', childrenOnly: false, page: 1 })}
        <p><a href="/books?children=1">${t.allChildrens}</a> · <a href="/books">${t.allBooks}</a></p>
      </div>
      ${context.visitor === 'nobody' ? entrances(t) : undefined}`;
  return renderPage(context, { title: t.homeTitle, body, ownHeading: true });
}

/** What was found. */
export function booksPage(
  context: PageContext,
  found: {
    readonly search: Search;
    readonly titles: readonly Title[];
    readonly total: number;
    readonly pages: number;
  },
): string {
  const { language } = context;
  const t = textsFor(language);
  const { search, titles, total } = found;
  const body = html`
      <div class="sheet">${searchForm(t, search)}</div>
      <div class="sheet">
        <h2>${total === 0 ? t.nothingFound : count(language, t.found, total)}</h2>
        ${total === 0 ? html`<p>${t.nothingFoundLead}</p>` : undefined}
        ${bookList(titles.map((title) => titleItem(context, t, title)))}
        ${pagesNav(t, found)}
      </div>`;
  const text = search.text.trim();
  const title = text === '' ? t.catalogueTitle : fill(t.resultsTitle, { words: text });
  return renderPage(context, { title, body, place: 'books' });
}

/** Somebody for whom the visitor may reserve, and how this title stands with them. */
export interface Borrower {
  readonly memberId: number;
  readonly name: string;
  readonly state:
    | { readonly kind: 'may-reserve' | 'at-home' | 'waiting' }
    | { readonly kind: 'ready'; readonly until: CivilDate };
}

/** One title; `borrowers` is empty for who is not signed in, or has linked no library card. */
export function titlePage(
  context: PageContext,
  { title, borrowers }: { readonly title: Title; readonly borrowers: readonly Borrower[] },
): string {
  const { language } = context;
  const t = textsFor(language);
  const shelfMark = title.shelf && html`<dt>${t.shelfMark}</dt><dd>${title.shelf}</dd>`;
  const free = fill(t.copiesOf, {
    free: formatNumber(language, title.onShelf),
    copies: formatNumber(language, title.copies),
  });
  const body = html`
      ${title.forChildren ? html`<p><span class="tag plain">${t.childrensBook}</span></p>` : undefined}
      <div class="sheet">
        <dl class="facts">
          <dt>${t.author}</dt><dd>${title.author}</dd>
          <dt>${t.year}</dt><dd>${title.year === null ? t.unknownYear : String(title.year)}</dd>
          <dt>${t.bookLanguage}</dt><dd>${languageName(t, title.language)}</dd>
          ${shelfMark}
          <dt>${t.copies}</dt><dd>${title.copies === 0 ? t.noCopies : free}</dd>
          <dt>${t.waiting}</dt><dd>${title.waiting === 0 ? t.nobodyWaits : count(language, t.waitingCount, title.waiting)}</dd>
        </dl>
        ${title.onShelf > 0 ? html`<p class="lead">${t.takeIt}</p>` : undefined}
      </div>
      ${context.visitor === 'staff' ? undefined : reserveSheet(context, title, borrowers)}`;
  return renderPage(context, { title: title.title, body, place: 'books' });
}

function reserveSheet(
  context: PageContext,
  title: Title,
  borrowers: readonly Borrower[],
): Html | undefined {
  const t = textsFor(context.language);
  const canReserve = title.copies > 0 && title.onShelf === 0;
  const lines = borrowers.map((borrower) => borrowerLine(context, title, { borrower, canReserve }));
  if (!canReserve && lines.every((line) => line === undefined)) return undefined;
  const way =
    context.visitor !== 'reader'
      ? html`<p><a class="button" href="/login?to=/titles/${title.id}">${t.reserveLogIn}</a></p>`
      : html`<p><a href="/link">${t.reserveLink}</a></p>`;
  return html`<section class="sheet" aria-labelledby="reserve">
        <h2 id="reserve">${t.reserveTitle}</h2>
        ${canReserve ? html`<p>${t.reserveLead}</p>` : undefined}
        ${borrowers.length === 0 ? way : lines}
      </section>`;
}

function borrowerLine(
  context: PageContext,
  title: Title,
  { borrower, canReserve }: { readonly borrower: Borrower; readonly canReserve: boolean },
): Html | undefined {
  const t = textsFor(context.language);
  const { memberId, name, state } = borrower;
  switch (state.kind) {
    case 'at-home':
      return html`<p>${fill(t.hasIt, { name })}</p>`;
    case 'waiting':
      return html`<p>${fill(t.isWaiting, { name })}</p>`;
    case 'ready': {
      const date = formatDate(context.language, state.until);
      return html`<p>${fill(t.isReady, { name, date })}</p>`;
    }
    case 'may-reserve':
      if (!canReserve) return undefined;
      return html`<form method="post" action="/titles/${title.id}/reserve">
          ${tokenField(context)}<input type="hidden" name="member" value="${memberId}">
          <p><button class="button">${fill(t.reserveFor, { name })}</button></p>
        </form>`;
  }
}

function entrances(t: Texts): Html {
  return html`<div class="columns">
        <section class="sheet" aria-labelledby="with-card">
          <h2 id="with-card">${t.withCardTitle}</h2>
          <p>${t.withCard}</p>
          <p><a class="button big" href="/login">${t.withCardButton}</a></p>
          <p class="small">${t.cardSays}</p>
        </section>
        <section class="sheet" aria-labelledby="no-card">
          <h2 id="no-card">${t.noCardTitle}</h2>
          <p>${t.noCard}</p>
          <p>${t.deskOpen}</p>
        </section>
      </div>`;
}

function searchForm(t: Texts, search: Search): Html {
  const options = LANGUAGES.map((language) => {
    const selected = language === search.language ? html` selected` : undefined;
    return html`<option value="${language}"${selected}>${languageName(t, language)}</option>`;
  });
  return html`<form class="search" role="search" method="get" action="/books">
          <div><label for="q">${t.searchLabel}</label><input id="q" name="q" type="search" maxlength="200" autocomplete="off" value="${search.text}"></div>
          <div><label for="in">${t.bookLanguage}</label><select id="in" name="in"><option value="">${t.anyLanguage}</option>${options}</select></div>
          <button class="button">${t.searchButton}</button>
          <label class="check"><input type="checkbox" name="children" value="1"${search.childrenOnly ? html` checked` : undefined}> ${t.childrenOnly}</label>
        </form>`;
}

function titleItem({ language }: PageContext, t: Texts, title: Title): Html {
  const year = title.year === null ? '' : ` (${title.year})`;
  const children = title.forChildren
    ? html` · <span class="small">${t.childrensBook}</span>`
    : undefined;
  return html`<li>
            <div>
              <h3><a href="/titles/${title.id}" lang="${title.language}">${title.title}</a></h3>
              <p><span class="by">${fill(t.by, { author: title.author })}${year}</span> · <span class="small">${languageName(t, title.language)}</span>${children}</p>
            </div>
            <p class="do">${availability(language, t, title)}</p>
          </li>`;
}

function availability(language: PageContext['language'], t: Texts, title: Title): Html {
  if (title.copies === 0) return html`<span class="tag plain">${t.noCopies}</span>`;
  if (title.onShelf === 0) return html`<span class="tag out">${t.allOut}</span>`;
  return html`<span class="tag">${count(language, t.onShelf, title.onShelf)}</span>`;
}

function pagesNav(
  t: Texts,
  { search, pages }: { readonly search: Search; readonly pages: number },
): Html | undefined {
  if (pages <= 1) return undefined;
  const { page } = search;
  return html`<nav class="pages" aria-label="${t.pages}">
          ${page > 1 ? html`<a class="button quiet" rel="prev" href="${hrefOf(search, page - 1)}">${t.previous}</a>` : undefined}
          <span>${fill(t.pageOf, { page, pages })}</span>
          ${page < pages ? html`<a class="button quiet" rel="next" href="${hrefOf(search, page + 1)}">${t.next}</a>` : undefined}
        </nav>`;
}

function hrefOf({ text, language, childrenOnly }: Search, page: number): string {
  const query = new URLSearchParams({
    ...(text && { q: text }),
    ...(language && { in: language }),
    ...(childrenOnly && { children: '1' }),
    page: String(page),
  });
  return `/books?${query}`;
}

function languageName(t: Texts, language: TitleLanguage): string {
  const names = { nl: t.languageNl, fr: t.languageFr, de: t.languageDe, en: t.languageEn };
  return names[language];
}
