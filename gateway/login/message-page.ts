/** A page that says what went wrong, without a script: for errors before or after a login. */
import type { ErrorCode } from '../protocol/errors.ts';
import type { Language } from '../protocol/fields.ts';
import { textsFor } from '../texts/texts.ts';
import { html } from './html.ts';
import { renderPage } from './page-shell.ts';

/** `backUrl`: where a person can go on, a path of this origin or an https address. */
export interface MessagePage {
  readonly language: Language;
  readonly code: ErrorCode;
  readonly backUrl?: string;
}

/**
 * Renders the sentence for the child, the step for the adult, and the way back.
 * @throws {TypeError} When `backUrl` is neither a path nor https: no other scheme may be a link.
 */
export function renderMessagePage({ language, code, backUrl }: MessagePage): string {
  if (backUrl !== undefined && !isSafeLink(backUrl))
    throw new TypeError('backUrl is no https link');
  const texts = textsFor(language);
  const back =
    backUrl === undefined
      ? undefined
      : html`<a class="button button-main" href="${backUrl}">${texts.page.errorBack}</a>`;
  const main = html`<main class="sheet">
<div class="scene" data-code="${code}">
<img class="scene-picture" src="/assets/problem.svg" alt="">
<h1>${texts.page.errorTitle}</h1>
<p>${texts.errors[code].child}</p>
<p class="adult"><strong>${texts.page.adult}</strong>${texts.errors[code].adult}</p>
${back}
</div>
</main>`;
  return renderPage({ language, title: texts.page.errorTitle, main, languageLinks: false });
}

function isSafeLink(url: string): boolean {
  if (/^\/(?![/\\])/.test(url)) return true;
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}
