/** The moderators' lists: who is kept out, and what was done. Both without names of moderators. */
import { html } from '../html.ts';
import type { BanReason } from '../store/bans.ts';
import type { ModerationAction, ModerationEntry } from '../store/moderation-log.ts';
import { type Texts, textsFor } from '../texts/texts.ts';
import { formatInstant } from './dates.ts';
import { notice, oneUseForm, type PageContext } from './layout.ts';
import { banReasonText, renderModeration } from './moderate.ts';

/** A ban that holds. */
export interface BanRow {
  readonly id: number;
  readonly accountId: number;
  /** Absent: the account is gone; the ban stays. */
  readonly nickname?: string | undefined;
  readonly madeAt: Date;
  /** Absent: for good. */
  readonly until?: Date | undefined;
  readonly reason: BanReason;
}

/** Who is kept out, with the way to lift it. */
export function bansPage(
  context: PageContext,
  view: {
    readonly bans: readonly BanRow[];
    readonly token: string;
    readonly notice?: string | undefined;
  },
): string {
  const t = textsFor(context.language);
  const rows = view.bans.map(
    (ban) => html`
          <tr>
            <th scope="row">${ban.nickname ?? ''} <span class="account">${t.modAccount} ${ban.accountId}</span></th>
            <td>${formatInstant(ban.madeAt, context.language)}</td>
            <td>${ban.until ? formatInstant(ban.until, context.language) : t.modBanForGood}</td>
            <td>${banReasonText(ban.reason, t)}</td>
            <td>${oneUseForm(
              { action: '/moderate/lift', token: view.token },
              html`<input type="hidden" name="ban" value="${ban.id}"><button class="button quiet">${t.modLift}</button>`,
            )}</td>
          </tr>`,
  );
  return renderModeration(context, t.modBans, [
    notice(view.notice),
    rows.length === 0
      ? html`<p class="lead">${t.modNoBans}</p>`
      : html`<div class="table" role="region" aria-label="${t.modBans}" tabindex="0"><table>
        <thead><tr><th scope="col">${t.modWho}</th><th scope="col">${t.modSince}</th><th scope="col">${t.modUntil}</th><th scope="col">${t.modBanWhy}</th><th scope="col">${t.modLift}</th></tr></thead>
        <tbody>${rows}</tbody>
      </table></div>`,
  ]);
}

/** What moderators did, newest first: numbers, no names, no texts. */
export function logPage(context: PageContext, entries: readonly ModerationEntry[]): string {
  const t = textsFor(context.language);
  const rows = entries.map(
    (entry) => html`
          <tr>
            <td>${formatInstant(entry.at, context.language)}</td>
            <td>${entry.moderatorId}</td>
            <td>${actionText(entry.action, t)}</td>
            <td>${entry.accountId ?? '–'}</td>
            <td>${entry.messageId ?? '–'}</td>
          </tr>`,
  );
  return renderModeration(context, t.modLog, [
    html`<p>${t.modLogLead}</p>`,
    rows.length === 0
      ? html`<p class="lead">${t.modNoLog}</p>`
      : html`<div class="table" role="region" aria-label="${t.modLog}" tabindex="0"><table>
        <thead><tr><th scope="col">${t.modWhen}</th><th scope="col">${t.modModerator}</th><th scope="col">${t.modAction}</th><th scope="col">${t.modAccount}</th><th scope="col">${t.modMessage}</th></tr></thead>
        <tbody>${rows}</tbody>
      </table></div>`,
  ]);
}

function actionText(action: ModerationAction, t: Texts): string {
  const texts: Readonly<Record<ModerationAction, string>> = {
    ban: t.modActionBan,
    dismiss: t.modActionDismiss,
    hide: t.modActionHide,
    lift: t.modActionLift,
  };
  return texts[action];
}
