/** The chat's schema, as README.md documents it. Instants are milliseconds since 1970 (UTC), dates are `YYYY-MM-DD`. */
import type { Migration } from './database.ts';

// AUTOINCREMENT: the number of a row that is gone never comes back, so that the moderation log stays unambiguous.
const FIRST = `
  CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    handle TEXT NOT NULL UNIQUE,
    sub TEXT NOT NULL UNIQUE,
    nickname INTEGER NOT NULL UNIQUE,
    band TEXT NOT NULL CHECK (band IN ('nest', 'treetop')),
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    parent_agreed_on TEXT,
    draws INTEGER NOT NULL DEFAULT 0,
    draws_since INTEGER NOT NULL DEFAULT 0,
    reset_at INTEGER
  ) STRICT;
  CREATE INDEX accounts_by_created_at ON accounts (created_at);
  CREATE INDEX accounts_by_seen_at ON accounts (seen_at);

  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id TEXT NOT NULL,
    room TEXT NOT NULL CHECK (room IN ('nest', 'treetop')),
    account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    text TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    hidden_at INTEGER,
    UNIQUE (account_id, client_id)
  ) STRICT;
  CREATE INDEX messages_by_room ON messages (room, id);
  CREATE INDEX messages_by_sent_at ON messages (sent_at);

  CREATE TABLE mutes (
    account_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    muted_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    PRIMARY KEY (account_id, muted_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX mutes_by_muted_id ON mutes (muted_id);

  CREATE TABLE reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
    reporter_id INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    reason TEXT NOT NULL CHECK (reason IN ('unkind', 'private', 'scary')),
    reported_at INTEGER NOT NULL,
    closed_at INTEGER,
    UNIQUE (message_id, reporter_id)
  ) STRICT;
  CREATE INDEX reports_open ON reports (message_id) WHERE closed_at IS NULL;
  CREATE INDEX reports_by_reporter_id ON reports (reporter_id, reported_at);

  CREATE TABLE bans (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sub TEXT NOT NULL UNIQUE,
    until INTEGER,
    reason TEXT NOT NULL,
    account_id INTEGER NOT NULL,
    made_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE moderators (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sub TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL UNIQUE,
    asked_at INTEGER NOT NULL,
    added_at INTEGER
  ) STRICT;

  CREATE TABLE moderation_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    moderator_id INTEGER NOT NULL,
    action TEXT NOT NULL,
    account_id INTEGER,
    message_id INTEGER
  ) STRICT;
  CREATE INDEX moderation_log_by_at ON moderation_log (at);
`;

/** Each runs once, in this order; one that was published is never changed, another is added after it. */
export const MIGRATIONS: readonly Migration[] = [(db) => db.exec(FIRST)];
