/** The frame of every page of the gateway: head, brand and languages. No inline script or style. */
import { LANGUAGES, type Language } from '../protocol/fields.ts';
import { textsFor } from '../texts/texts.ts';
import { type Html, html } from './html.ts';

/** What every page needs beside its content. */
export interface PageShell {
  readonly language: Language;
  readonly title: string;
  readonly main: Html;
  /** Links to the same page in the other languages (`?lang=`). */
  readonly languageLinks: boolean;
  /** What a page tells the next one of itself: nothing, unless it has a form, which needs its Origin. */
  readonly referrer?: 'no-referrer' | 'same-origin';
  /** Path of the page's script, where it has one. */
  readonly script?: string;
  /** Path of a style sheet of the page's own, beside those of every page. */
  readonly style?: string;
}

/** Renders a whole document. */
export function renderPage({
  language,
  title,
  main,
  languageLinks,
  referrer = 'no-referrer',
  script,
  style,
}: PageShell): string {
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="${referrer}">
<title>${title}</title>
<link rel="icon" type="image/svg+xml" href="/assets/fox.svg">
<link rel="stylesheet" href="/assets/base.css">
<link rel="stylesheet" href="/assets/page.css">
${style === undefined ? undefined : html`<link rel="stylesheet" href="${style}">`}
${script === undefined ? undefined : html`<script src="${script}" defer></script>`}
</head>
<body class="page">
<header class="top">
<div class="brand"><img src="/assets/fox.svg" alt="" width="40" height="40">${textsFor(language).brand}</div>
${languageLinks ? renderLanguages(language) : undefined}
</header>
${main}
</body>
</html>
`;
  return page.markup;
}

function renderLanguages(current: Language): Html {
  const links = LANGUAGES.map((language) => {
    const name = textsFor(language).languageName;
    return language === current
      ? html`<a href="?lang=${language}" lang="${language}" hreflang="${language}" aria-current="true">${name}</a>`
      : html`<a href="?lang=${language}" lang="${language}" hreflang="${language}">${name}</a>`;
  });
  return html`<nav class="languages" aria-label="${textsFor(current).languages}">${links}</nav>`;
}
