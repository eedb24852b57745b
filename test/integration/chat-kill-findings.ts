/** Compares the example chat's database with what people were told by it: lost, doubled, torn. TEST ONLY. */
import type { DatabaseSync } from 'node:sqlite';
import { countIn, findDamage } from '../kit/examples/rounds.ts';
import type { ChatLedger, ChildLedger } from './chat-load.ts';

/**
 * What is wrong with a database that nobody uses any more, a line for each thing; empty when nothing is.
 *
 * @param options.isSettled Everything that was sent was answered: then the database holds that and nothing more. Else it
 * may hold what was under way.
 */
export function findChatProblems(
  db: DatabaseSync,
  { ledger, isSettled }: { readonly ledger: ChatLedger; readonly isSettled: boolean },
): string[] {
  return [
    ...findDamage(db),
    ...ledger.children.flatMap((child) => findMessageProblems(db, child)),
    ...(isSettled ? ledger.children.flatMap((child) => findChoiceProblems(db, child)) : []),
    ...findArrivalProblems(db, ledger),
    ...findModerationProblems(db, ledger),
    ...(isSettled ? findUnsaid(db, ledger) : []),
  ];
}

function findMessageProblems(db: DatabaseSync, child: ChildLedger): string[] {
  const problems: string[] = [];
  const rows = db
    .prepare(
      `SELECT m.id, m.client_id, m.text FROM messages m JOIN accounts a ON a.id = m.account_id
       WHERE a.sub = ?`,
    )
    .all(child.sub);
  const byClientId = new Map(rows.map((row) => [row['client_id'], row]));
  for (const [clientId, messageId] of child.said) {
    const row = byClientId.get(clientId);
    if (!row) problems.push(`lost: "${child.sent.get(clientId)}" was acknowledged`);
    else if (row['id'] !== messageId || row['text'] !== child.sent.get(clientId)) {
      problems.push(`changed: "${child.sent.get(clientId)}" is ${JSON.stringify(row)}`);
    }
  }
  const texts = rows.map((row) => String(row['text']));
  for (const text of new Set(texts)) {
    const times = texts.filter((other) => other === text).length;
    if (times > 1) problems.push(`doubled: "${text}" is there ${times} times`);
  }
  for (const row of rows) {
    if (child.sent.get(String(row['client_id'])) !== row['text']) {
      problems.push(`not sent by ${child.name}: ${JSON.stringify(row)}`);
    }
  }
  const find = db.prepare('SELECT text FROM messages WHERE id = ?');
  for (const [id, text] of child.shown) {
    if (find.get(id)?.['text'] !== text) problems.push(`lost: "${text}" was shown to others`);
  }
  return problems;
}

/** Reports and mutes are exactly those that were acknowledged. */
function findChoiceProblems(db: DatabaseSync, child: ChildLedger): string[] {
  const problems: string[] = [];
  const stored = db
    .prepare(
      `SELECT r.message_id AS id FROM reports r JOIN accounts a ON a.id = r.reporter_id
       WHERE a.sub = ?`,
    )
    .all(child.sub)
    .map((row) => Number(row['id']));
  const reports = new Set(stored);
  for (const id of child.reported) {
    if (!reports.has(id)) problems.push(`lost: the report of ${id} by ${child.name}`);
  }
  for (const id of reports) {
    if (!child.reported.has(id) && !child.maybeReported.has(id)) {
      problems.push(`not sent: the report of ${id} by ${child.name}`);
    }
  }
  const muted = db
    .prepare(
      `SELECT other.handle FROM mutes JOIN accounts a ON a.id = mutes.account_id
       JOIN accounts other ON other.id = mutes.muted_id WHERE a.sub = ?`,
    )
    .all(child.sub)
    .map((row) => String(row['handle']));
  const expected = [...child.muted].filter(([, isMuted]) => isMuted).map(([handle]) => handle);
  if (muted.toSorted().join() !== expected.toSorted().join()) {
    problems.push(`lost or doubled: ${child.name} muted ${expected.length}, there are ${muted}`);
  }
  return problems;
}

function findArrivalProblems(db: DatabaseSync, { arrived, agreed }: ChatLedger): string[] {
  const find = db.prepare('SELECT parent_agreed_on AS day FROM accounts WHERE sub = ?');
  return [
    ...[...arrived].filter((sub) => !find.get(sub)).map((sub) => `lost: the account of ${sub}`),
    ...[...agreed]
      .filter((sub) => find.get(sub)?.['day'] == null)
      .map((sub) => `lost: the agreement for ${sub}`),
  ];
}

/** A decision is three writes: the message, its reports, the log. */
function findModerationProblems(db: DatabaseSync, { hidden }: ChatLedger): string[] {
  const problems: string[] = [];
  const find = db.prepare('SELECT hidden_at AS at FROM messages WHERE id = ?');
  for (const id of hidden) {
    if (find.get(id)?.['at'] == null) problems.push(`lost: message ${id} was hidden`);
  }
  const torn = countIn(
    db,
    `SELECT count(*) FROM messages m WHERE (m.hidden_at IS NOT NULL) <> EXISTS (
       SELECT 1 FROM moderation_log WHERE message_id = m.id AND action = 'hide')`,
  );
  if (torn > 0) problems.push(`torn: ${torn} messages are hidden without a line of the log`);
  const unclosed = countIn(
    db,
    `SELECT count(*) FROM reports WHERE closed_at IS NOT NULL AND message_id NOT IN (
       SELECT message_id FROM moderation_log)`,
  );
  if (unclosed > 0) problems.push(`torn: ${unclosed} reports were closed without a decision`);
  return problems;
}

function findUnsaid(db: DatabaseSync, { children }: ChatLedger): string[] {
  const expected = children.reduce((sum, { said }) => sum + said.size, 0);
  const stored = countIn(db, 'SELECT count(*) FROM messages');
  return stored === expected
    ? []
    : [`doubled: ${expected} messages were sent, ${stored} are there`];
}
