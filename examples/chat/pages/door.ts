/** The pages outside: before coming in, after leaving, and for whoever stays outside. */
import { html } from '../html.ts';
import { fillIn, textsFor } from '../texts/texts.ts';
import { formatMoment } from './dates.ts';
import { mailLink, type PageContext, renderPage } from './layout.ts';

/** What the chat is, what it will learn, and the way in. */
export function homePage(context: PageContext): string {
  const t = textsFor(context.language);
  return renderPage(context, t.homeTitle, [
    html`
      <p class="lead">${t.homeLead}</p>
      <p><a class="button" href="/login">${t.comeIn}</a></p>
      <h2>${t.learnTitle}</h2>
      <ul class="ticks">
        <li>${t.learnAge}</li>
        <li>${t.learnRoom}</li>
        <li>${t.learnAgain}</li>
      </ul>
      <p class="never">${t.notLearn}</p>`,
    html`
      <h2>${t.noCardTitle}</h2>
      <p>${t.noCard} ${mailLink()}</p>`,
    html`
      <h2>${t.grownUpsTitle}</h2>
      <p>${t.grownUpsYes}</p>
      <p>${t.grownUpsCare}</p>
      <p><a href="/moderate">${t.moderatorsDoor}</a></p>`,
  ]);
}

/** For whoever the gateway did not let through. It gives no reason because the chat knows none. */
export function refusedPage(context: PageContext): string {
  const t = textsFor(context.language);
  return renderPage(context, t.refusedTitle, [
    html`
      <p class="lead">${t.refusedLead}</p>
      <p><a class="button" href="/login">${t.tryAgain}</a></p>
      <p><a href="/">${t.home}</a></p>`,
    html`<p>${t.refusedAdult} ${mailLink()}</p>`,
  ]);
}

/** For everything that went wrong on the way. */
export function errorPage(context: PageContext): string {
  const t = textsFor(context.language);
  return renderPage(context, t.errorTitle, [
    html`
      <p class="lead">${t.errorLead}</p>
      <p><a class="button" href="${context.signedIn ? '/' : '/login'}">${t.tryAgain}</a></p>
      <p><a href="/">${t.home}</a></p>`,
    html`<p>${t.errorAdult} ${mailLink()}</p>`,
  ]);
}

/** After leaving. */
export function goodbyePage(context: PageContext): string {
  const t = textsFor(context.language);
  return renderPage(context, t.goodbyeTitle, [
    html`
      <p class="lead">${t.goodbyeLead}</p>
      <p><a class="button" href="/">${t.home}</a></p>`,
  ]);
}

/** After 15 minutes in which nothing happened. */
export function asleepPage(context: PageContext): string {
  const t = textsFor(context.language);
  return renderPage(context, t.asleepTitle, [
    html`
      <p class="lead">${t.asleepLead}</p>
      <p><a class="button" href="/">${t.home}</a></p>`,
  ]);
}

/** For a child whom a moderator keeps out: until when, and whom to write to. Not known which ban: how to find out. */
export function bannedPage(
  context: PageContext,
  ban: { readonly until?: Date } | undefined,
): string {
  const t = textsFor(context.language);
  const isForGood = ban !== undefined && ban.until === undefined;
  const date = ban?.until && formatMoment(ban.until, context.language);
  const howLong = date === undefined ? t.bannedForGood : fillIn(t.bannedUntil, { date });
  return renderPage(context, isForGood ? t.bannedForGoodTitle : t.bannedTitle, [
    html`
      <p class="lead">${t.bannedLead}</p>
      <p><strong>${ban ? howLong : t.bannedAsk}</strong></p>
      <p>${t.bannedAdult} ${mailLink()}</p>
      <p><a href="/">${t.home}</a></p>`,
    html`<p>${t.helpline}</p>`,
  ]);
}

/** For a new child while too many new ones come. */
export function fullPage(context: PageContext): string {
  const t = textsFor(context.language);
  return renderPage(context, t.fullTitle, [
    html`
      <p class="lead">${t.fullLead}</p>
      <p>${t.fullLater}</p>
      <p><a class="button" href="/">${t.home}</a></p>`,
  ]);
}

/** For an address that does not exist. */
export function notFoundPage(context: PageContext): string {
  const t = textsFor(context.language);
  return renderPage(context, t.notFoundTitle, [
    html`
      <p class="lead">${t.notFoundLead}</p>
      <p><a class="button" href="/">${t.home}</a></p>`,
  ]);
}
