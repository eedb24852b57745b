/** The page after a log-out that a site asked for: without a script, and with a way back when there is one. */
import type { ClientRegistry } from '../oidc/clients.ts';
import type { OpenIdOptions } from '../oidc/provider.ts';
import { pickLanguage, textsFor } from '../texts/texts.ts';
import { html } from './html.ts';
import { renderPage } from './page-shell.ts';

/** Creates what renders it. `backUrl` is registered, hence a link that may be shown. */
export function createLogoutPage(clients: ClientRegistry): OpenIdOptions['renderLoggedOut'] {
  return ({ languages, clientId, backUrl }) => {
    const language = pickLanguage(languages);
    const { logout, page } = textsFor(language);
    const site = clientId === undefined ? undefined : clients.find(clientId)?.site.name;
    const main = html`<main class="sheet">
<div class="scene" data-scene="logged-out">
<img class="scene-picture" src="/assets/done.svg" alt="">
<h1>${logout.title}</h1>
<p>${logout.card}</p>
<p class="adult"><strong>${page.adult}</strong>${logout.adult}</p>
${backUrl === undefined || site === undefined ? undefined : html`<a class="button button-main" href="${backUrl}">${page.back(site)}</a>`}
</div>
</main>`;
    return renderPage({ language, title: logout.title, main, languageLinks: false });
  };
}
