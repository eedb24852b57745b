/**
 * The schema, step by step; README.md describes the tables. Published steps never change: a change of the schema is a
 * new step at the end.
 */
import { foldText } from '../rules/fold.ts';
import type { Migration } from './database.ts';

// AUTOINCREMENT where rows are deleted: an old page or form never means a newer row with the same number.
const CREATE_TABLES = `
  CREATE TABLE titles (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    year INTEGER,
    language TEXT NOT NULL CHECK (language IN ('nl', 'fr', 'de', 'en')),
    for_children INTEGER NOT NULL CHECK (for_children IN (0, 1)),
    shelf TEXT NOT NULL
  ) STRICT;

  CREATE TABLE copies (
    id INTEGER PRIMARY KEY,
    barcode TEXT NOT NULL UNIQUE,
    title_id INTEGER NOT NULL REFERENCES titles
  ) STRICT;
  CREATE INDEX copies_by_title ON copies (title_id);

  CREATE TABLE members (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    birth_year INTEGER NOT NULL CHECK (birth_year BETWEEN 1900 AND 2200)
  ) STRICT;

  CREATE TABLE staff (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    sub TEXT UNIQUE,
    added_at TEXT NOT NULL,
    removed_at TEXT,
    CHECK ((sub IS NULL) = (removed_at IS NOT NULL))
  ) STRICT;

  CREATE TABLE staff_requests (
    code TEXT PRIMARY KEY,
    sub TEXT NOT NULL UNIQUE,
    asked_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE links (
    id INTEGER PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members ON DELETE CASCADE,
    sub TEXT NOT NULL,
    linked_by TEXT NOT NULL CHECK (linked_by IN ('number', 'desk')),
    linked_at TEXT NOT NULL,
    ended_at TEXT
  ) STRICT;
  CREATE UNIQUE INDEX links_live_sub ON links (sub) WHERE ended_at IS NULL;
  CREATE UNIQUE INDEX links_live_member ON links (member_id) WHERE ended_at IS NULL;
  CREATE INDEX links_by_member ON links (member_id);

  CREATE TABLE link_attempts (
    id INTEGER PRIMARY KEY,
    sub TEXT NOT NULL,
    member_number TEXT NOT NULL,
    at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX link_attempts_by_sub ON link_attempts (sub);
  CREATE INDEX link_attempts_by_number ON link_attempts (member_number);

  CREATE TABLE guardians (
    id INTEGER PRIMARY KEY,
    parent_sub TEXT NOT NULL,
    member_id INTEGER NOT NULL REFERENCES members ON DELETE CASCADE,
    added_at TEXT NOT NULL,
    ended_at TEXT
  ) STRICT;
  CREATE UNIQUE INDEX guardians_live ON guardians (parent_sub, member_id) WHERE ended_at IS NULL;
  CREATE INDEX guardians_by_member ON guardians (member_id);

  CREATE TABLE loans (
    id INTEGER PRIMARY KEY,
    copy_id INTEGER NOT NULL REFERENCES copies,
    member_id INTEGER REFERENCES members,
    lent_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    renewals INTEGER NOT NULL DEFAULT 0 CHECK (renewals BETWEEN 0 AND 2),
    returned_on TEXT,
    CHECK (member_id IS NOT NULL OR returned_on IS NOT NULL)
  ) STRICT;
  CREATE UNIQUE INDEX loans_open_copy ON loans (copy_id) WHERE returned_on IS NULL;
  CREATE INDEX loans_by_member ON loans (member_id);
  CREATE INDEX loans_by_day ON loans (lent_on);

  CREATE TABLE reservations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title_id INTEGER NOT NULL REFERENCES titles,
    member_id INTEGER NOT NULL REFERENCES members ON DELETE CASCADE,
    reserved_on TEXT NOT NULL,
    copy_id INTEGER UNIQUE REFERENCES copies,
    held_until TEXT,
    UNIQUE (title_id, member_id),
    CHECK ((copy_id IS NULL) = (held_until IS NULL))
  ) STRICT;
  CREATE INDEX reservations_by_member ON reservations (member_id);

  CREATE TABLE fines (
    id INTEGER PRIMARY KEY,
    loan_id INTEGER NOT NULL UNIQUE REFERENCES loans,
    member_id INTEGER REFERENCES members,
    cents INTEGER NOT NULL CHECK (cents BETWEEN 1 AND 500),
    fined_on TEXT NOT NULL,
    paid_on TEXT,
    CHECK (member_id IS NOT NULL OR paid_on IS NOT NULL)
  ) STRICT;
  CREATE INDEX fines_by_member ON fines (member_id);

  CREATE TABLE form_uses (
    token TEXT PRIMARY KEY,
    form TEXT NOT NULL,
    result TEXT NOT NULL,
    used_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    staff_id INTEGER REFERENCES staff,
    member_id INTEGER REFERENCES members ON DELETE SET NULL
  ) STRICT;
  CREATE INDEX events_by_member ON events (member_id);
`;

/**
 * Search and order without accents. The indexes hold folded text (rules/fold.ts) and no copy of the rows: SQLite's own
 * folding leaves ß, œ and ø as they are.
 */
const CREATE_SEARCH = `
  ALTER TABLE titles ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
  CREATE INDEX titles_by_sort_key ON titles (sort_key);
  CREATE VIRTUAL TABLE title_search USING fts5 (
    title, author, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61'
  );

  ALTER TABLE members ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
  CREATE VIRTUAL TABLE member_search USING fts5 (
    name, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61'
  );
`;

/** All steps; the nth leads to version n. */
export const MIGRATIONS: readonly Migration[] = [
  (db) => db.exec(CREATE_TABLES),
  (db) => {
    db.exec(CREATE_SEARCH);
    db.function('fold_text', { deterministic: true }, (text) => foldText(String(text)));
    db.exec(`
      UPDATE titles SET sort_key = fold_text(title);
      INSERT INTO title_search (rowid, title, author)
        SELECT id, fold_text(title), fold_text(author) FROM titles;
      UPDATE members SET sort_key = fold_text(name);
      INSERT INTO member_search (rowid, name) SELECT id, fold_text(name) FROM members;
    `);
  },
];
