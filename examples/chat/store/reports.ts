/** Reports: a child says that a message should be looked at. A moderator never learns which child. */
import type { DatabaseSync } from 'node:sqlite';
import type { ReportReason } from '../live/live-messages.ts';

/** A message that was reported, by one child or more, and that no moderator decided on. */
export interface OpenReport {
  readonly messageId: number;
  /** How many children reported it. */
  readonly reporters: number;
  /** How many of them gave which reason. */
  readonly reasons: Readonly<Record<ReportReason, number>>;
  readonly firstReportedAt: Date;
}

export interface Reports {
  /** Reporting the same message twice changes nothing, also after a moderator closed the report. */
  add(report: {
    readonly messageId: number;
    readonly reporterId: number;
    readonly reason: ReportReason;
    readonly reportedAt: Date;
  }): void;
  countBySince(reporterId: number, since: Date): number;
  /** Most reported first, then oldest first. */
  listOpen(limit: number): OpenReport[];
  countOpen(): number;
  /** Closes all reports of a message. False when none was open. */
  close(messageId: number, now: Date): boolean;
  deleteReportedBefore(before: Date): number;
}

/** The reports in this database. */
export function createReports(db: DatabaseSync): Reports {
  const insert = db.prepare(
    `INSERT INTO reports (message_id, reporter_id, reason, reported_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (message_id, reporter_id) DO NOTHING`,
  );
  const countBy = db.prepare(
    'SELECT count(*) AS n FROM reports WHERE reporter_id = ? AND reported_at > ?',
  );
  const open = db.prepare(
    `SELECT message_id, count(*) AS reporters,
       sum(reason = 'unkind') AS unkind, sum(reason = 'private') AS private, sum(reason = 'scary') AS scary,
       min(reported_at) AS first_at
     FROM reports WHERE closed_at IS NULL
     GROUP BY message_id ORDER BY reporters DESC, first_at, message_id LIMIT ?`,
  );
  const countOpen = db.prepare(
    'SELECT count(DISTINCT message_id) AS n FROM reports WHERE closed_at IS NULL',
  );
  const close = db.prepare(
    'UPDATE reports SET closed_at = ? WHERE message_id = ? AND closed_at IS NULL',
  );
  const forget = db.prepare('DELETE FROM reports WHERE reported_at < ?');
  return {
    add: ({ messageId, reporterId, reason, reportedAt }) =>
      void insert.run(messageId, reporterId, reason, reportedAt.getTime()),
    countBySince: (reporterId, since) => Number(countBy.get(reporterId, since.getTime())?.['n']),
    listOpen: (limit) =>
      open.all(limit).map((row) => ({
        messageId: Number(row['message_id']),
        reporters: Number(row['reporters']),
        reasons: {
          unkind: Number(row['unkind']),
          private: Number(row['private']),
          scary: Number(row['scary']),
        },
        firstReportedAt: new Date(Number(row['first_at'])),
      })),
    countOpen: () => Number(countOpen.get()?.['n']),
    close: (messageId, now) => close.run(now.getTime(), messageId).changes > 0,
    deleteReportedBefore: (before) => Number(forget.run(before.getTime()).changes),
  };
}
