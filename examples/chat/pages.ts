/**
 * The chat's pages: texts in, a string of HTML out. No scripts, no inline styles. Everything put into a template is
 * escaped by the template itself.
 */
import type { Child } from './sign-in.ts';
import { LANGUAGES, type Language, type Texts, textsFor } from './texts.ts';

/** What every page needs to know about the request. */
export interface PageContext {
  readonly language: Language;
  /** Path of the page being shown; the language links lead back to it. */
  readonly path: string;
}

/** The address for grown-ups; `.example` never exists (RFC 2606). */
const CONTACT = 'hello@coucou.example';

/** What the chat is, what it will learn, and the way in. */
export function homePage(context: PageContext): string {
  const t = textsFor(context.language);
  return renderPage(context, t.homeTitle, [
    html`
      <p class="lead">${t.homeLead}</p>
      <p><a class="button" href="/login">${t.comeIn}</a></p>
      <h2>${t.learnTitle}</h2>
      <ul class="ticks">
        <li>${t.learnAge}</li>
        <li>${t.learnRoom}</li>
        <li>${t.learnAgain}</li>
      </ul>
      <p class="never">${t.notLearn}</p>`,
    html`
      <h2>${t.noCardTitle}</h2>
      <p>${t.noCard} ${mailLink()}</p>`,
  ]);
}

/** For a child who is signed in. */
export function welcomePage(
  context: PageContext,
  visitor: { readonly nickname: string; readonly room: Child['room'] },
): string {
  const t = textsFor(context.language);
  const [room, ages] =
    visitor.room === 'nest' ? [t.roomNest, t.roomNestAges] : [t.roomTreetop, t.roomTreetopAges];
  return renderPage(context, t.welcomeTitle.replace('{nickname}', visitor.nickname), [
    html`
      <p class="lead">${t.welcomeLead}</p>
      <section class="room" aria-labelledby="room">
        <h2 id="room">${t.yourRoom}</h2>
        <p><strong>${room}</strong> <span>${ages}</span></p>
      </section>
      <p>${t.later}</p>
      <form method="post" action="/logout"><button class="button quiet">${t.leave}</button></form>
      <p class="small">${t.idle}</p>`,
  ]);
}

/** For whoever the gateway did not let through. It gives no reason because the chat knows none. */
export function refusedPage(context: PageContext): string {
  const t = textsFor(context.language);
  return renderPage(context, t.refusedTitle, [
    html`
      <p class="lead">${t.refusedLead}</p>
      <p><a class="button" href="/login">${t.tryAgain}</a></p>
      <p><a href="/">${t.home}</a></p>`,
    html`<p>${t.refusedAdult} ${mailLink()}</p>`,
  ]);
}

/** For everything that went wrong on the way. */
export function errorPage(context: PageContext): string {
  const t = textsFor(context.language);
  return renderPage(context, t.errorTitle, [
    html`
      <p class="lead">${t.errorLead}</p>
      <p><a class="button" href="/login">${t.tryAgain}</a></p>
      <p><a href="/">${t.home}</a></p>`,
    html`<p>${t.errorAdult} ${mailLink()}</p>`,
  ]);
}

/** After leaving. */
export function goodbyePage(context: PageContext): string {
  const t = textsFor(context.language);
  return renderPage(context, t.goodbyeTitle, [
    html`
      <p class="lead">${t.goodbyeLead}</p>
      <p><a class="button" href="/">${t.home}</a></p>`,
  ]);
}

/** For an address that does not exist. */
export function notFoundPage(context: PageContext): string {
  const t = textsFor(context.language);
  return renderPage(context, t.notFoundTitle, [
    html`
      <p class="lead">${t.notFoundLead}</p>
      <p><a class="button" href="/">${t.home}</a></p>`,
  ]);
}

/** Text that is HTML already. Only `html` makes it. */
class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** The first part stands in the speech bubble under the title, the others below it. */
function renderPage(context: PageContext, title: string, [bubble, ...rest]: Html[]): string {
  const t = textsFor(context.language);
  return html`<!doctype html>
<html lang="${context.language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} – Coucou</title>
    <link rel="stylesheet" href="/style.css">
    <link rel="icon" href="/bird.svg" type="image/svg+xml">
  </head>
  <body>
    <header>
      <a class="brand" href="/"><strong>Coucou</strong> <span>${t.tagline}</span></a>
      ${languageNav(context, t)}
    </header>
    <main>
      <img class="bird" src="/bird.svg" alt="" width="160" height="160">
      <div class="bubble">
        <h1>${title}</h1>
        ${bubble}
      </div>
      ${rest.map((part) => html`<div class="aside">${part}</div>`)}
    </main>
    <footer><p>${t.exampleNote}</p></footer>
  </body>
</html>
`.text;
}

function languageNav(context: PageContext, t: Texts): Html {
  const links = LANGUAGES.map((language) => {
    const name = textsFor(language).languageName;
    const current = language === context.language ? html` aria-current="true"` : '';
    return html`
        <a href="${context.path}?lang=${language}" lang="${language}" hreflang="${language}" title="${name}"${current}>${language.toUpperCase()}</a>`;
  });
  return html`<nav aria-label="${t.chooseLanguage}">${links}
      </nav>`;
}

function mailLink(): Html {
  return html`<a href="mailto:${CONTACT}">${CONTACT}</a>`;
}

type HtmlValue = string | Html | undefined | readonly HtmlValue[];

/** Template tag: every value is escaped, for text and for quoted attributes, unless `html` made it. */
function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(toHtmlText)));
}

function toHtmlText(value: HtmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  return value.map(toHtmlText).join('');
}
