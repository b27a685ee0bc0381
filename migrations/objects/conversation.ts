/**
 * The SQLite schema of a Conversation object, one statement list per version. Applied in order, each once, inside the
 * object; never change one that was released.
 */
export const conversationMigrations: readonly string[] = [
  `
  -- One value per key: what a conversation is, beside its log and its members.
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- The log. Two rows written per append: the row and its place in the index that makes retries idempotent.
  -- body: canonical JSON (RFC 8785), NULL once erased. fanned: how far fan-out had come when this was appended.
  CREATE TABLE entries (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    sender TEXT NOT NULL,
    device TEXT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body TEXT,
    digest TEXT NOT NULL,
    chain TEXT NOT NULL,
    fanned INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX entries_by_id ON entries (id, sender);
  -- Costs nothing until an entry is erased.
  CREATE INDEX entries_erased ON entries (seq) WHERE body IS NULL;

  -- windows, blocks: JSON [[from, to|null], ...], inclusive seqs. role is NULL for somebody who left.
  CREATE TABLE members (
    user TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    role TEXT,
    windows TEXT NOT NULL,
    blocks TEXT NOT NULL,
    delivered INTEGER NOT NULL,
    delivered_by TEXT,
    read INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- Edits by the seq of their target, so that deleting the target finds their bodies.
  CREATE TABLE edits (target INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (target, seq)) WITHOUT ROWID;

  -- Deleted for one member only.
  CREATE TABLE hidden (user TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (user, seq)) WITHOUT ROWID;

  -- Members that fan-out could not reach: how far they were handed the log, and when to try again.
  CREATE TABLE lagging (user TEXT PRIMARY KEY, handed INTEGER NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL)
    WITHOUT ROWID;

  -- Files beside the log. state: open, complete or gone. due: when it is erased, NULL while an entry names it.
  CREATE TABLE media (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL,
    multipart TEXT,
    due INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX media_by_due ON media (due) WHERE due IS NOT NULL;
  -- Parts of uploads that are not complete.
  CREATE TABLE media_parts (media TEXT NOT NULL, number INTEGER NOT NULL, etag TEXT NOT NULL, PRIMARY KEY (media, number))
    WITHOUT ROWID;
  -- Which entries name which files.
  CREATE TABLE media_refs (media TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (media, seq)) WITHOUT ROWID;
  CREATE INDEX media_refs_by_seq ON media_refs (seq);
  `,
];
