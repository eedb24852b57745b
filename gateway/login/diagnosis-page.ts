/** The page that looks for what is missing between browser and card. The script does it, after a press of the button. */
import type { Language } from '../protocol/fields.ts';
import { textsFor } from '../texts/texts.ts';
import { html } from './html.ts';
import { renderPage } from './page-shell.ts';

/** Renders the page, served at `/diagnosis`. Its button waits for the script: a press before it would be lost. */
export function renderDiagnosisPage({ language }: { language: Language }): string {
  const texts = textsFor(language);
  const { title, intro, start } = texts.diagnosis;
  const main = html`<main class="sheet" id="diagnosis" data-language="${language}">
<div class="scene" id="scene">
<img class="scene-picture" src="/assets/plug-reader.svg" alt="">
<h1>${title}</h1>
<p>${intro}</p>
<noscript><p class="adult">${texts.page.noScript}</p></noscript>
<button class="button button-main" id="start" type="button" disabled>${start}</button>
</div>
</main>`;
  return renderPage({
    language,
    title,
    main,
    languageLinks: true,
    script: '/assets/diagnosis-page.js',
  });
}
