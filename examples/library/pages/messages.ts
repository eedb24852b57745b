/** Pages that say one thing, kindly: what went wrong and what to do now, or goodbye. */
import { html } from '../html.ts';
import { textsFor } from '../texts/texts.ts';
import { type PageContext, type Place, paragraphs, renderPage } from './layout.ts';

/** A message with one way on. */
interface Message {
  readonly title: string;
  readonly lines: readonly string[];
  readonly button: { readonly href: string; readonly text: string };
  /** For whoever the button does not help. */
  readonly after?: readonly string[];
  readonly place?: Place;
}

/** A page with a message and a button. */
export function messagePage(context: PageContext, message: Message): string {
  const { title, lines, button, after, place } = message;
  const body = html`
      <div class="sheet">
        ${lines.map((line) => html`<p class="lead">${line}</p>`)}
        <p><a class="button" href="${button.href}">${button.text}</a></p>
      </div>
      ${after && paragraphs(after)}`;
  return renderPage(context, { title, body, ...(place && { place }) });
}

/** For whoever the gateway did not let through. It gives no reason because the library knows none. */
export function refusedPage(context: PageContext): string {
  const t = textsFor(context.language);
  return messagePage(context, {
    title: t.refusedTitle,
    lines: [t.refusedLead],
    button: { href: '/login', text: t.tryAgain },
    after: [t.refusedHelp],
  });
}

/** For everything that went wrong on the way. */
export function errorPage(context: PageContext): string {
  const t = textsFor(context.language);
  return messagePage(context, {
    title: t.errorTitle,
    lines: [t.errorLead],
    button: { href: '/', text: t.backHome },
    after: [t.errorHelp],
  });
}

/** For a form that is too old, or was not ours. Nothing was done. */
export function stalePage(context: PageContext, backTo: string): string {
  const t = textsFor(context.language);
  return messagePage(context, {
    title: t.staleTitle,
    lines: [t.staleLead],
    button: { href: backTo, text: t.back },
  });
}

/** After logging out. */
export function goodbyePage(context: PageContext): string {
  const t = textsFor(context.language);
  return messagePage(context, {
    title: t.goodbyeTitle,
    lines: [t.goodbyeLead],
    button: { href: '/', text: t.backHome },
  });
}

/** After 15 minutes without a click. */
export function awayPage(context: PageContext): string {
  const t = textsFor(context.language);
  return messagePage(context, {
    title: t.awayTitle,
    lines: [t.awayLead],
    button: { href: '/', text: t.backHome },
  });
}

/** For an address that does not exist. */
export function notFoundPage(context: PageContext): string {
  const t = textsFor(context.language);
  return messagePage(context, {
    title: t.notFoundTitle,
    lines: [t.notFoundLead],
    button: { href: '/', text: t.backHome },
  });
}

/** For a shelf of somebody else. */
export function notYoursPage(context: PageContext): string {
  const t = textsFor(context.language);
  return messagePage(context, {
    title: t.notYoursTitle,
    lines: [t.notYoursLead],
    button: { href: '/my', text: t.navShelf },
  });
}
