/** The login page: who asks, what it will learn, one big button. The script takes over from there. */
import type { Disclosure, Language, Site } from '../protocol/fields.ts';
import { disclosureLines, notLearntLine } from '../texts/disclosure-lines.ts';
import { textsFor } from '../texts/texts.ts';
import { html } from './html.ts';
import { renderPage } from './page-shell.ts';

/** What the page is about. `uid` names the interaction in the paths that the script posts to. */
export interface LoginPage {
  readonly language: Language;
  readonly site: Site;
  readonly disclosure: Disclosure;
  readonly uid: string;
  /** Where the person goes when the gateway no longer knows the login: the site's own start page. */
  readonly siteOrigin?: string;
  /** Shows that cards are hard to check just now. */
  readonly isCheckingHard?: boolean;
  /** Where the person can change what they agreed to tell; a path of this origin. */
  readonly agreementPath?: string;
}

/**
 * Renders the login page of one interaction, served at `/login/<uid>`. Its buttons wait for the script: a
 * press before it would be lost.
 */
export function renderLoginPage(options: LoginPage): string {
  const { language, site, disclosure, uid, siteOrigin, isCheckingHard, agreementPath } = options;
  const texts = textsFor(language);
  const lines = disclosureLines(texts, disclosure).map(
    (line) => html`<li><img src="/assets/tick.svg" alt=""><span>${line}</span></li>`,
  );
  const notLearnt = notLearntLine(texts, disclosure);
  const main = html`<main class="sheet" id="login" data-uid="${uid}" data-language="${language}" data-site="${site.name}" data-site-origin="${siteOrigin}">
<section class="stack" id="ask">
<div class="site"><img class="site-picture" src="${site.picture ?? '/assets/site.svg'}" alt=""><h1>${texts.page.heading(site.name)}</h1></div>
<div class="learn">
<h2>${texts.learn.heading(site.name)}</h2>
<ul class="ticks">${lines}</ul>
${notLearnt === undefined ? undefined : html`<p class="learn-not"><img src="/assets/lock.svg" alt=""><span>${notLearnt}</span></p>`}
${agreementPath === undefined ? undefined : html`<a class="learn-change" href="${agreementPath}">${texts.agreement.change}</a>`}
</div>
${isCheckingHard ? html`<p class="adult" id="checking-hard">${texts.page.checkingHard}</p>` : undefined}
<noscript><p class="adult">${texts.page.noScript}</p></noscript>
<div class="actions">
<button class="button button-main" id="log-in" type="button" disabled><img src="/assets/card.svg" alt="">${texts.page.login}</button>
<button class="button button-quiet" id="back" type="button" disabled>${texts.page.back(site.name)}</button>
</div>
</section>
<section class="stack" id="status" aria-live="polite" hidden></section>
</main>`;
  return renderPage({
    language,
    title: texts.page.title(site.name),
    main,
    languageLinks: true,
    script: '/assets/login-page.js',
  });
}
