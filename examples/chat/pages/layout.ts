/**
 * What all pages share: the frame around them, the language links, the way out and the warning before the door closes
 * by itself. Texts in, a string of HTML out; no inline script or style.
 */
import { type Html, type HtmlValue, html } from '../html.ts';
import { LANGUAGES, type Language } from '../language.ts';
import { SESSION_IDLE_MS } from '../session.ts';
import { type Texts, textsFor } from '../texts/texts.ts';

/** What every page needs to know about the request. */
export interface PageContext {
  readonly language: Language;
  /** Path of the page being shown; the language links lead back to it. */
  readonly path: string;
  /** Who is signed in; absent: nobody. Decides on the way out and on the warning. */
  readonly signedIn?: 'child' | 'moderator';
}

/** The address for grown-ups; `.example` never exists (RFC 2606). */
const CONTACT = 'hello@coucou.example';

/** How long before the end the page asks whether somebody is still there. */
const WARNING_MS = 60_000;

/** A page with its speech bubble: the first part stands in it under the title, the others below. */
export function renderPage(context: PageContext, title: string, parts: readonly Html[]): string {
  const [bubble, ...rest] = parts;
  return renderFrame(context, {
    title,
    main: html`
    <main>
      <img class="bird" src="/bird.svg" alt="" width="160" height="160">
      <div class="bubble">
        <h1>${title}</h1>
        ${bubble}
      </div>
      ${rest.map((part) => html`<div class="aside">${part}</div>`)}
    </main>`,
  });
}

/** The frame alone, for a page that is laid out in another way. */
export function renderFrame(
  context: PageContext,
  page: {
    readonly title: string;
    readonly main: Html;
    readonly bodyClass?: string;
    /** Style sheets of `public/` beside those of every page, without their ending. */
    readonly styles?: readonly string[];
    /** Scripts of `public/` beside the one that watches over the session. */
    readonly scripts?: readonly string[];
  },
): string {
  const t = textsFor(context.language);
  const scripts = [...(context.signedIn ? ['/idle.js'] : []), ...(page.scripts ?? [])];
  const classes = [page.bodyClass ?? '', context.signedIn ? 'signed-in' : ''].join(' ').trim();
  return html`<!doctype html>
<html lang="${context.language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${page.title} – Coucou</title>
    ${['style', 'parts', ...(page.styles ?? [])].map((name) => html`<link rel="stylesheet" href="/${name}.css">`)}
    <link rel="icon" href="/bird.svg" type="image/svg+xml">
    ${scripts.map((source) => html`<script type="module" src="${source}"></script>`)}
    ${context.signedIn && html`<noscript><meta http-equiv="refresh" content="${SESSION_IDLE_MS / 1000}; url=/asleep"></noscript>`}
  </head>
  <body${classes !== '' && html` class="${classes}"`}>
    <header>
      <a class="brand" href="${context.signedIn === 'moderator' ? '/moderate' : '/'}"><strong>Coucou</strong>${!context.signedIn && html` <span>${t.tagline}</span>`}</a>
      <div class="tools">
        ${languageNav(context, t)}
        ${context.signedIn && leaveForm(context.signedIn, t)}
      </div>
    </header>${page.main}
    <footer><p>${t.exampleNote}</p></footer>
    ${context.signedIn && idleDialog(t)}
  </body>
</html>
`.text;
}

/** A form that is sent once: sent again, by a double click or the Back button, it does nothing more. */
export function oneUseForm(
  form: { readonly action: string; readonly token: string; readonly class?: string },
  content: HtmlValue,
): Html {
  return html`<form method="post" action="${form.action}"${form.class !== undefined && html` class="${form.class}"`}>
        <input type="hidden" name="form" value="${form.token}">
        ${content}
      </form>`;
}

/** The address of the people behind the chat. */
export function mailLink(): Html {
  return html`<a href="mailto:${CONTACT}">${CONTACT}</a>`;
}

/** A line that says what has just been done, or that it could not be. */
export function notice(text: string | undefined): Html | undefined {
  return text === undefined ? undefined : html`<p class="notice" role="status">${text}</p>`;
}

function leaveForm(signedIn: 'child' | 'moderator', t: Texts): Html {
  const text = signedIn === 'child' ? t.leave : t.modSignOut;
  return html`<form method="post" action="/logout"><button class="leave">${text}</button></form>`;
}

function idleDialog(t: Texts): Html {
  const { idleMs, warnMs } = { idleMs: SESSION_IDLE_MS, warnMs: SESSION_IDLE_MS - WARNING_MS };
  return html`<dialog id="still-there" aria-labelledby="still-there-title" aria-describedby="still-there-lead" data-idle-ms="${idleMs}" data-warn-ms="${warnMs}">
      <h2 id="still-there-title">${t.stillThereTitle}</h2>
      <p id="still-there-lead">${t.stillThereLead}</p>
      <p><button class="button" type="button" autofocus>${t.stillThere}</button></p>
    </dialog>`;
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
