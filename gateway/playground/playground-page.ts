/** The playground's page: what a site could ask, as a form. The script does the login and shows it. */
import { type Html, html } from '../login/html.ts';
import { renderPage } from '../login/page-shell.ts';
import { IDENTITY_SCOPES, type IdentityScope } from '../protocol/fields.ts';

const IDENTITY_NAMES: Readonly<Record<IdentityScope, string>> = {
  profile: 'Name and gender',
  birthdate: 'Birth date',
  address: 'Address',
  'address:postcode': 'Postcode only',
  picture: 'Photo',
};

/** Renders the page, in English: it is for people who build sites. */
export function renderPlaygroundPage(options: {
  origin: string;
  ageThresholds: readonly number[];
}): string {
  const { origin, ageThresholds } = options;
  const main = html`<main class="sheet playground" id="playground" data-origin="${origin}">
<section class="stack" aria-labelledby="title">
<h1 id="title">Playground</h1>
<p>Be a site for a minute. Choose what to ask, log in with the virtual card in the reader, and read every
message of the login. At the bottom is the code that does the same.</p>
<noscript><p class="adult">The playground needs JavaScript.</p></noscript>
<form class="stack" id="choice">
<div class="play-choices">
${renderAges(ageThresholds)}
${renderAgeRule(ageThresholds)}
${renderSubject()}
${renderClient()}
${renderIdentity()}
</div>
<div class="learn" id="preview" aria-live="polite"></div>
<p class="adult" id="wrong" hidden></p>
<button class="button button-main" id="start" type="submit" disabled><img src="/assets/card.svg" alt="">Log in with the card in the reader</button>
</form>
<p class="adult"><strong>Another child?</strong> <code>npm run card -- --person lina</code> puts another card
into the reader and tells its PIN; <code>npm run card -- --list</code> names them all.</p>
</section>
<section class="stack" id="story" aria-labelledby="story-title" tabindex="-1" hidden>
<h2 id="story-title">What happened</h2>
<p class="notice" id="outcome" hidden></p>
<ol class="steps" id="steps"></ol>
</section>
<section class="stack" aria-labelledby="code-title">
<div class="play-code-head"><h2 id="code-title">The same with openid-client</h2><button class="button button-quiet" id="copy" type="button" disabled>Copy the code</button></div>
<p>Save it as <code>first-login.mjs</code> in the folder of the gateway's clone. Run it while <code>npm start</code> runs:</p>
<pre class="code"><code>NODE_EXTRA_CA_CERTS=.data/web-ca.pem npx node --import ./test/kit/start/localhost.ts first-login.mjs</code></pre>
<pre class="code" id="code" tabindex="0" aria-labelledby="code-title"><code></code></pre>
<p id="copied" role="status"></p>
</section>
</main>`;
  return renderPage({
    language: 'en',
    title: 'Playground – Kids-ID',
    main,
    languageLinks: false,
    script: '/assets/playground-page.js',
    style: '/assets/playground.css',
  });
}

function renderAges(ageThresholds: readonly number[]): Html {
  const boxes = ageThresholds.map((age) =>
    renderPill({
      type: 'checkbox',
      name: 'age',
      value: String(age),
      text: `${age}`,
      on: age === 9,
    }),
  );
  return html`<fieldset class="play-choice"><legend>Is the person at least …</legend>
<div class="pills">${boxes}</div>
<p class="play-hint">Each is a scope and a claim, <code>age_over_9</code>. Three at most, three years apart.</p></fieldset>`;
}

function renderAgeRule(ageThresholds: readonly number[]): Html {
  const options = ageThresholds.map((age) => html`<option value="${age}">${age}</option>`);
  return html`<fieldset class="play-choice"><legend>Let in only …</legend>
<div class="play-row"><label>from <select name="min"><option value="">any age</option>${options}</select></label>
<label>until before <select name="below"><option value="">no limit</option>${options}</select></label></div>
<p class="play-hint">The gateway turns away everybody else, and the site is not told why.</p></fieldset>`;
}

function renderIdentity(): Html {
  const boxes = IDENTITY_SCOPES.map((scope) =>
    renderPill({ type: 'checkbox', name: 'identity', value: scope, text: IDENTITY_NAMES[scope] }),
  );
  return html`<fieldset class="play-choice play-choice-wide"><legend>Who is it?</legend>
<div class="pills">${boxes}</div>
<label class="play-box"><input type="checkbox" name="child-basis"> The site has a legal basis, other than the child's
consent, to ask people under 13</label>
<p class="play-hint">The person agrees to each on a page of its own. It comes from userinfo, once.</p></fieldset>`;
}

function renderSubject(): Html {
  const pills = [
    { value: 'transient', text: 'Nobody I know', on: true },
    { value: 'pairwise', text: 'The same one as last time' },
  ].map((pill) => renderPill({ type: 'radio', name: 'subject', ...pill }));
  return html`<fieldset class="play-choice"><legend>Recognise the card</legend>
<div class="pills">${pills}</div>
<p class="play-hint"><code>sub</code> is new at every login, or a name for this card at this site only.</p></fieldset>`;
}

function renderClient(): Html {
  const pills = [
    { value: 'client_secret', text: 'A secret', on: true },
    { value: 'private_key_jwt', text: 'A private key' },
    { value: 'none', text: 'Nothing: a public client' },
  ].map((pill) => renderPill({ type: 'radio', name: 'client', ...pill }));
  return html`<fieldset class="play-choice"><legend>The site proves itself with</legend>
<div class="pills">${pills}</div>
<p class="play-hint">All use a pushed request (PAR) and PKCE. A private key is the best of the three.</p></fieldset>`;
}

function renderPill(pill: {
  type: 'checkbox' | 'radio';
  name: string;
  value: string;
  text: string;
  on?: boolean;
}): Html {
  const { type, name, value, text, on } = pill;
  const input = on
    ? html`<input type="${type}" name="${name}" value="${value}" checked>`
    : html`<input type="${type}" name="${name}" value="${value}">`;
  return html`<label class="pill">${input}<span>${text}</span></label>`;
}
