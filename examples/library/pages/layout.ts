/** What is around every page: head, languages, menu, the button to log out, what was just done, foot. */
import { type Html, type HtmlValue, html } from '../html.ts';
import type { CivilDate } from '../rules/calendar.ts';
import {
  type DeskTexts,
  deskTextsFor,
  LANGUAGES,
  type Language,
  type Texts,
  textsFor,
} from '../texts/texts.ts';
import type { Notice } from '../visit.ts';

/** What every page needs to know about the request. */
export interface PageContext {
  readonly language: Language;
  /** Path of the page being shown, with what was asked of it; the language links lead back to it. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly today: CivilDate;
  /** `applicant`: signed in at the desk, but not on the staff list. */
  readonly visitor: 'nobody' | 'reader' | 'applicant' | 'staff';
  readonly notice?: Notice | undefined;
  /** A number for one form (store/forms.ts). */
  readonly createToken: () => string;
}

/** A place in the menu. */
export type Place = 'books' | 'shelf' | 'family' | 'desk' | 'held' | 'overdue' | 'chart' | 'import';

/** One page. */
interface Page {
  /** The heading, and the title of the window. */
  readonly title: string;
  readonly body: HtmlValue;
  /** Where in the menu it is. */
  readonly place?: Place;
  /** Paths of scripts. Every page works without them. */
  readonly scripts?: readonly string[];
  /** A picture and sentences beside it stand in the body, with the heading. */
  readonly ownHeading?: boolean;
}

/** The whole page as text. */
export function renderPage(context: PageContext, page: Page): string {
  const t = textsFor(context.language);
  const isIn = context.visitor !== 'nobody';
  const scripts = [...(isIn ? ['/idle.js'] : []), ...(page.scripts ?? [])];
  return html`<!doctype html>
<html lang="${context.language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${page.title} – Mirabel</title>
    ${STYLES.map((path) => html`<link rel="stylesheet" href="${path}">`)}
    ${context.visitor === 'staff' ? html`<link rel="stylesheet" href="/desk-data.css">` : undefined}
    <link rel="icon" href="/book.svg" type="image/svg+xml">
    ${scripts.map((path) => html`<script src="${path}" defer></script>`)}
    ${isIn ? LEAVE_WITHOUT_SCRIPT : undefined}
  </head>
  <body>
    <a class="skip" href="#main">${t.skip}</a>
    <header class="band">
      <div class="width">
        <a class="brand" href="/"><img src="/book.svg" alt="" width="42" height="42"><span><strong>Mirabel</strong> <span>${t.tagline}</span></span></a>
        ${languageNav(context, t)}
        ${doorButton(context, t)}
        ${placesNav(context, t, page.place)}
      </div>
    </header>
    <main id="main" tabindex="-1">
      ${noticeBox(context.notice)}
      ${page.ownHeading ? undefined : html`<h1>${page.title}</h1>`}
      ${page.body}
    </main>
    <footer class="foot">
      <div class="width">
        ${isIn ? html`<p>${t.idleNote}</p>` : html`<p><a href="/desk">${t.forStaff}</a></p>`}
        <p>${t.exampleNote}</p>
      </div>
    </footer>
    ${isIn ? idleDialog(t) : undefined}
  </body>
</html>
`.text;
}

/** The hidden field that makes a form be done once. */
export function tokenField(context: PageContext): Html {
  return html`<input type="hidden" name="form" value="${context.createToken()}">`;
}

/** A list of books, each a `<li>`, or a sentence when there is none. */
export function bookList(items: readonly (Html | undefined)[], none?: HtmlValue): Html {
  return items.length === 0 ? html`${none}` : html`<ul class="books">${items}</ul>`;
}

const STYLES = ['/style.css', '/forms.css', '/lists.css'];

/** What a button is about, for who hears the page and does not see beside what it stands. */
export function unseen(text: string): Html {
  return html`<span class="unseen">: ${text}</span>`;
}

/** Several paragraphs from several sentences. */
export function paragraphs(lines: readonly string[]): Html {
  return html`${lines.map((line) => html`<p>${line}</p>`)}`;
}

/** A few seconds after the server's 15 minutes: without scripts too, nobody finds an open page on a shared computer. */
const LEAVE_WITHOUT_SCRIPT = html`<noscript><meta http-equiv="refresh" content="905;url=/away"></noscript>`;

function languageNav({ language, path, query }: PageContext, t: Texts): Html {
  const links = LANGUAGES.map((other) => {
    const name = textsFor(other).languageName;
    const href = `${path}?${new URLSearchParams({ ...query, lang: other })}`;
    const current = other === language ? html` aria-current="true"` : undefined;
    return html`
          <a href="${href}" lang="${other}" hreflang="${other}" title="${name}"${current}>${other.toUpperCase()}</a>`;
  });
  return html`<nav class="languages" aria-label="${t.chooseLanguage}">${links}
        </nav>`;
}

function placesNav(context: PageContext, t: Texts, current: Place | undefined): Html {
  const links = linksFor(context.visitor, t, deskTextsFor(context.language)).map(
    ([place, href, text]) => {
      const mark = place === current ? html` aria-current="page"` : undefined;
      return html`<a href="${href}"${mark}>${text}</a> `;
    },
  );
  return html`<nav class="places" aria-label="${t.places}">${links}</nav>`;
}

/** On every page, in the same place. In is by a link: the gateway's address must not be held against form-action. */
function doorButton({ visitor }: PageContext, t: Texts): Html {
  return visitor === 'nobody'
    ? html`<a class="button door" href="/login">${t.logIn}</a>`
    : html`<form class="door" method="post" action="/logout"><button class="button">${t.logOut}</button></form>`;
}

function linksFor(
  visitor: PageContext['visitor'],
  t: Texts,
  d: DeskTexts,
): readonly (readonly [Place, string, string])[] {
  const books = ['books', '/books', t.navCatalogue] as const;
  switch (visitor) {
    case 'nobody':
    case 'applicant':
      return [books];
    case 'reader':
      return [books, ['shelf', '/my', t.navShelf], ['family', '/family', t.navFamily]];
    case 'staff':
      return [
        ['desk', '/desk', d.navDesk],
        ['held', '/desk/held', d.navHeld],
        ['overdue', '/desk/overdue', d.navOverdue],
        ['chart', '/desk/chart', d.navChart],
        ['import', '/desk/import', d.navImport],
        books,
      ];
  }
}

function noticeBox(notice: Notice | undefined): Html | undefined {
  if (!notice) return undefined;
  // An alert is read out when the page opens; it waits for nobody to find it.
  const role = notice.tone === 'wrong' ? 'alert' : 'status';
  return html`<div class="notice ${notice.tone}" id="notice" role="${role}">${paragraphs(notice.lines)}</div>`;
}

function idleDialog(t: Texts): Html {
  return html`<dialog id="idle" aria-labelledby="idle-title">
      <h2 id="idle-title">${t.stillThere}</h2>
      <p>${t.stillThereLead}</p>
      <form method="dialog"><button class="button">${t.stillThereYes}</button></form>
    </dialog>`;
}
