/** The moderators' pages: signing in, and the queue of reported messages. */
import { type Html, html } from '../html.ts';
import type { Language } from '../language.ts';
import { REPORT_REASONS, type ReportReason } from '../live/live-messages.ts';
import { BAN_REASONS, type BanReason } from '../store/bans.ts';
import { fillIn, type Texts, textsFor } from '../texts/texts.ts';
import { formatInstant } from './dates.ts';
import { notice, oneUseForm, type PageContext, renderFrame, renderPage } from './layout.ts';

/** For how many days a moderator can ban; undefined is for good. */
export const BAN_DAYS = [1, 7, 30, undefined] as const;

/** A message as moderators see it. */
export interface ModeratedMessage {
  readonly id: number;
  readonly accountId: number;
  readonly nickname: string;
  readonly text: string;
  readonly sentAt: Date;
  readonly isHidden: boolean;
}

/** A reported message, with what was said before and after it. */
export interface QueueEntry {
  readonly message: ModeratedMessage;
  readonly roomName: string;
  /** Oldest first; the message itself is one of them. */
  readonly around: readonly ModeratedMessage[];
  readonly firstReportedAt: Date;
  readonly reporters: number;
  /** How many children gave which reason. */
  readonly reasons: Readonly<Record<ReportReason, number>>;
  readonly isAuthorBanned: boolean;
}

/** Before signing in. */
export function moderatorSignInPage(
  context: PageContext,
  { wasRefused }: { readonly wasRefused: boolean },
): string {
  const t = textsFor(context.language);
  return renderPage(context, t.modTitle, [
    html`
      ${notice(wasRefused ? t.modRefused : undefined)}
      <p class="lead">${t.modSignInLead}</p>
      <p>${t.modSignInLearn}</p>
      <p><a class="button" href="/moderate/login">${t.modSignIn}</a></p>
      <p><a href="/">${t.home}</a></p>`,
  ]);
}

/** For an adult whom the operator has not let in: the code to tell. */
export function notYetModeratorPage(context: PageContext, code: string): string {
  const t = textsFor(context.language);
  return renderPage(context, t.modUnknownTitle, [
    html`
      <p class="lead">${t.modUnknownLead}</p>
      <p>${t.modUnknownCode}:<br><strong class="code">${code}</strong></p>
      <p><a class="button quiet" href="/moderate">${t.tryAgain}</a></p>`,
  ]);
}

/** What waits for a moderator. */
export function queuePage(
  context: PageContext,
  view: {
    readonly items: readonly QueueEntry[];
    readonly total: number;
    readonly token: string;
    readonly notice?: string | undefined;
  },
): string {
  const t = textsFor(context.language);
  return renderModeration(context, `${t.modQueue} (${view.total})`, [
    notice(view.notice),
    view.items.length === 0 && html`<p class="lead">${t.modNothing}</p>`,
    view.items.map((item) => queueItem(item, view.token, context.language)),
  ]);
}

/** The frame of the pages for moderators, who have room to work in and a menu. */
export function renderModeration(
  context: PageContext,
  title: string,
  content: readonly (Html | undefined | false | readonly Html[])[],
): string {
  const t = textsFor(context.language);
  const pages = [
    ['/moderate', t.modQueue],
    ['/moderate/bans', t.modBans],
    ['/moderate/log', t.modLog],
  ] as const;
  const links = pages.map(([path, name]) => {
    const current = path === context.path ? html` aria-current="page"` : '';
    return html`<a href="${path}"${current}>${name}</a> `;
  });
  return renderFrame(context, {
    title,
    bodyClass: 'moderation',
    styles: ['moderation'],
    main: html`
    <main>
      <nav class="menu" aria-label="${t.modMenu}">${links}</nav>
      <h1>${title}</h1>
      ${content}
    </main>`,
  });
}

/** The words for why somebody is banned. */
export function banReasonText(reason: BanReason, t: Texts): string {
  const texts: Readonly<Record<BanReason, string>> = {
    insults: t.modInsults,
    threats: t.modThreats,
    'personal-data': t.modPersonalData,
    unsuitable: t.modUnsuitable,
    pretending: t.modPretending,
    other: t.modOther,
  };
  return texts[reason];
}

function queueItem(item: QueueEntry, token: string, language: Language): Html {
  const t = textsFor(language);
  const { message } = item;
  const title = `report-${message.id}`;
  const date = formatInstant(item.firstReportedAt, language);
  const times =
    item.reporters > 1 ? `, ${fillIn(t.modReportedTimes, { count: item.reporters })}` : '';
  return html`
      <article class="report" aria-labelledby="${title}">
        <h2 id="${title}">${message.nickname} · ${item.roomName}</h2>
        <p class="small">${fillIn(t.modReportedAt, { date })}${times} · ${reasonsText(item, t)}${item.isAuthorBanned && ` · ${t.modIsBanned}`}</p>
        <h3>${t.modContext}</h3>
        <ol class="context">${item.around.map((line) => contextLine(line, message.id, language))}
        </ol>
        <div class="decisions">
          ${
            !message.isHidden &&
            oneUseForm(
              { action: '/moderate/hide', token },
              html`<input type="hidden" name="message" value="${message.id}"><button class="button">${t.modHide}</button>`,
            )
          }
          ${oneUseForm(
            { action: '/moderate/dismiss', token },
            html`<input type="hidden" name="message" value="${message.id}"><button class="button quiet">${t.modDismiss}</button>`,
          )}
        </div>
        ${banForm(item, token, t)}
      </article>`;
}

function contextLine(line: ModeratedMessage, reportedId: number, language: Language): Html {
  const t = textsFor(language);
  const isReported = line.id === reportedId;
  return html`
          <li${isReported && html` class="reported"`}>
            <p class="who">${isReported && html`<strong class="mark">${t.modTheMessage}</strong> `}<strong>${line.nickname}</strong> <time datetime="${line.sentAt.toISOString()}">${formatInstant(line.sentAt, language)}</time>${line.isHidden && ` · ${t.modIsHidden}`}</p>
            <p class="text">${line.text}</p>
          </li>`;
}

function reasonsText({ reasons }: QueueEntry, t: Texts): string {
  const texts: Readonly<Record<ReportReason, string>> = {
    unkind: t.modReasonUnkind,
    private: t.modReasonPrivate,
    scary: t.modReasonScary,
  };
  return REPORT_REASONS.filter((reason) => reasons[reason] > 0)
    .map((reason) =>
      reasons[reason] > 1 ? `${texts[reason]} (${reasons[reason]})` : texts[reason],
    )
    .join(', ');
}

function banForm({ message }: QueueEntry, token: string, t: Texts): Html {
  const { id, accountId, nickname } = message;
  const days: Readonly<Record<number, string>> = {
    1: t.modBanDay,
    7: t.modBanWeek,
    30: t.modBanMonth,
  };
  return html`<details class="ban fold">
          <summary>${fillIn(t.modBan, { nickname })}</summary>
          ${oneUseForm(
            { action: '/moderate/ban', token },
            html`<input type="hidden" name="account" value="${accountId}">
          <label for="days-${id}">${t.modBanFor}</label>
          <select id="days-${id}" name="days">
            ${BAN_DAYS.map((count) => html`<option value="${count ?? 'good'}">${(count !== undefined && days[count]) || t.modBanForGood}</option>`)}
          </select>
          <label for="why-${id}">${t.modBanWhy}</label>
          <select id="why-${id}" name="reason">
            ${BAN_REASONS.map((reason) => html`<option value="${reason}">${banReasonText(reason, t)}</option>`)}
          </select>
          <button class="button">${t.modBanGo}</button>`,
          )}
        </details>`;
}
