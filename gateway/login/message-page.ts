/** A page that says what went wrong, without a script: for errors before or after a login. */
import type { ErrorCode } from '../protocol/errors.ts';
import type { Language } from '../protocol/fields.ts';
import { problemScene } from '../texts/problem-scene.ts';
import { textsFor } from '../texts/texts.ts';
import { html } from './html.ts';
import { renderPage } from './page-shell.ts';

/** What the page says, and where it leads. */
export interface MessagePage {
  readonly language: Language;
  readonly code: ErrorCode;
  /** Where a person can go on: a path of this origin, an https address, or http of this computer. */
  readonly backUrl?: string;
  /** The site's registered name, where it is known whose page `backUrl` is. */
  readonly siteName?: string;
  /** The login was answered already: nothing went wrong, there is only nothing more to do. */
  readonly isAnswered?: boolean;
  /** The protocol's name for the error, from a closed list: for the people who make the site. */
  readonly protocolName?: string;
  /** Links to the same page in the other languages, where its address alone makes it. */
  readonly languageLinks?: boolean;
}

/**
 * Renders the sentence for the child, the step for the adult, and the way back.
 * @throws {TypeError} When `backUrl` is none of these: no other scheme may be a link.
 */
export function renderMessagePage(options: MessagePage): string {
  const { language, code, backUrl, siteName, isAnswered, protocolName, languageLinks } = options;
  if (backUrl !== undefined && !isSafeLink(backUrl))
    throw new TypeError('backUrl may not be a link');
  const texts = textsFor(language);
  const { page } = texts;
  const scene = isAnswered
    ? { picture: 'done', title: page.answered.title }
    : problemScene(texts, code);
  const { child, adult } = isAnswered ? page.answered : texts.errors[code];
  const backText = siteName === undefined ? page.errorBack : page.back(siteName);
  const main = html`<main class="sheet">
<div class="scene" data-code="${code}"${isAnswered ? html` data-answered="yes"` : undefined}>
<img class="scene-picture" src="/assets/${scene.picture}.svg" alt="">
<h1>${scene.title}</h1>
<p>${child}</p>
<p class="adult"><strong>${page.adult}</strong>${adult}${code === 'LOGIN_OTHER_BROWSER' && !isAnswered ? ` ${page.cookies}` : undefined}</p>
${backUrl === undefined ? undefined : html`<a class="button button-main" href="${backUrl}">${backText}</a>`}
${protocolName === undefined ? undefined : html`<p class="makers">${page.forMakers(protocolName)}</p>`}
</div>
</main>`;
  return renderPage({ language, title: scene.title, main, languageLinks: languageLinks ?? false });
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

function isSafeLink(url: string): boolean {
  if (/^\/(?![/\\])/.test(url)) return true;
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  // In development a site may be registered on plain http of this computer.
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}
