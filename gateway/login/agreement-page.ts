/**
 * The page that asks whether a person wants to tell name, birth date, address or picture (design §5): a
 * plain form that works without a script. Nothing is ticked in advance, whatever was answered before.
 */
import type { IdentityScope, Language, Site } from '../protocol/fields.ts';
import { textsFor } from '../texts/texts.ts';
import { type Html, html } from './html.ts';
import { renderPage } from './page-shell.ts';

/** The name of every box; its value is a scope. */
export const SCOPE_FIELD = 'scope';

/** What the page is about. */
export interface AgreementPage {
  readonly language: Language;
  readonly site: Site;
  /** In the order of the protocol; a box for each. */
  readonly asked: readonly IdentityScope[];
  /** The site may ask children under 13 too, on a basis of its own. */
  readonly hasChildBasis: boolean;
  /** Where the form goes: a path of this origin. */
  readonly action: string;
}

/** Renders the page. */
export function renderAgreementPage(options: AgreementPage): string {
  const { language, site, asked, hasChildBasis, action } = options;
  const { agreement, page } = textsFor(language);
  // A browser that goes back or reloads would tick the boxes again by itself: autocomplete="off".
  const main = html`<main class="sheet">
<form class="stack" method="post" action="${action}" autocomplete="off">
<div class="site"><img class="site-picture" src="${site.picture ?? '/assets/site.svg'}" alt=""><h1 id="question">${agreement.heading(site.name)}</h1></div>
<p id="how">${agreement.intro}</p>
<div class="choices" role="group" aria-labelledby="question" aria-describedby="how">
${asked.map((scope) => renderChoice(language, scope))}
</div>
${hasChildBasis ? undefined : html`<p class="limit"><img src="/assets/lock.svg" alt=""><span>${agreement.underAge}</span></p>`}
<div class="actions"><button class="button button-main" type="submit">${agreement.go}</button></div>
<div class="adult"><strong>${page.adult}</strong><p>${agreement.adult}</p>${hasChildBasis ? html`<p>${agreement.basis}</p>` : undefined}</div>
</form>
</main>`;
  return renderPage({
    language,
    title: agreement.title(site.name),
    main,
    languageLinks: true,
    // With no referrer at all a form's Origin would be "null", and nobody's.
    referrer: 'same-origin',
  });
}

function renderChoice(language: Language, scope: IdentityScope): Html {
  const { name, hint } = textsFor(language).agreement.choices[scope];
  return html`<label class="choice"><input type="checkbox" name="${SCOPE_FIELD}" value="${scope}"><span><strong>${name}</strong><span class="choice-hint">${hint}</span></span></label>
`;
}
