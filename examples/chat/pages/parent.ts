/** The agreement of a grown-up, before a child's first message. */
import { html } from '../html.ts';
import { fillIn, textsFor } from '../texts/texts.ts';
import { formatCivilDate } from './dates.ts';
import { type PageContext, renderPage } from './layout.ts';

/** What is asked, what is kept, and the way there and back. */
export function parentPage(
  context: PageContext,
  { agreedOn }: { readonly agreedOn: string | undefined },
): string {
  const t = textsFor(context.language);
  if (agreedOn !== undefined) {
    const date = formatCivilDate(agreedOn, context.language);
    return renderPage(context, t.yesTitle, [
      html`
      <p class="lead">${fillIn(t.alreadyAgreed, { date })}</p>
      <p><a class="button" href="/room">${t.goIn}</a></p>
      <p><a href="/me">${t.me}</a></p>`,
    ]);
  }
  return renderPage(context, t.parentTitle, [
    html`
      <p class="lead">${t.parentChild}</p>
      <ol class="steps">
        <li>${t.parentStepOut}</li>
        <li>${t.parentStepIn}</li>
        <li>${t.parentStepBack}</li>
      </ol>
      <p><a class="button quiet" href="/welcome">${t.parentNotNow}</a></p>`,
    html`
      <h2>${t.parentGrownUp}</h2>
      <p>${t.parentAsk}</p>
      <ul class="ticks">
        <li>${t.parentLearn}</li>
        <li>${t.parentKeep}</li>
        <li>${t.parentMessages}</li>
        <li>${fillIn(t.parentTakeBack, { me: t.me })}</li>
      </ul>
      <p><a class="button" href="/parent/login">${t.parentGo}</a></p>`,
  ]);
}

/** After the grown-up's card said yes. */
export function parentDonePage(
  context: PageContext,
  { nickname }: { readonly nickname: string },
): string {
  const t = textsFor(context.language);
  return renderPage(context, t.parentDoneTitle, [
    html`
      <p class="lead">${t.parentDoneLead}</p>
      <p>${fillIn(t.parentDoneChild, { nickname })}</p>
      <p><a class="button" href="/room">${t.goIn}</a></p>`,
  ]);
}

/** After a card that is not a grown-up's, or when somebody stopped: nobody knows which. */
export function parentRefusedPage(context: PageContext): string {
  const t = textsFor(context.language);
  return renderPage(context, t.parentRefusedTitle, [
    html`
      <p class="lead">${t.parentRefusedLead}</p>
      <p><a class="button" href="/parent">${t.tryAgain}</a></p>
      <p><a href="/welcome">${t.parentNotNow}</a></p>`,
  ]);
}
