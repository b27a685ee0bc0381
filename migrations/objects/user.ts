/**
 * The SQLite schema of a User object, one statement list per version. Applied in order, each once, inside the object;
 * never change one that was released.
 */
export const userMigrations: readonly string[] = [
  `
  -- One value per key: the profile, the epoch of the sync token, what is under way.
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- family, current, previous: base64url SHA-256 of parts of the refresh token. settled: the epoch up to which this
  -- device had acknowledged everything.
  CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    platform TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    family TEXT NOT NULL,
    current TEXT NOT NULL,
    previous TEXT,
    rotated_at INTEGER NOT NULL,
    settled INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- One row per conversation. epoch: when it last changed, in the order of sync tokens. head, chain, at: of the log, as
  -- far as this object was told. gone: the user left.
  CREATE TABLE inbox (
    conversation TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    head INTEGER NOT NULL,
    chain TEXT NOT NULL,
    at INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    muted_until INTEGER,
    peer TEXT
  ) WITHOUT ROWID;
  CREATE INDEX inbox_by_epoch ON inbox (epoch);

  -- Up to where a device acknowledged a conversation. Written when its socket closes and now and then: a lost one
  -- repeats, it never skips.
  CREATE TABLE cursors (
    conversation TEXT NOT NULL,
    device TEXT NOT NULL,
    acked INTEGER NOT NULL,
    PRIMARY KEY (conversation, device)
  ) WITHOUT ROWID;

  -- Deleted for me, in the order of sync tokens, so that a device that was away learns of it.
  CREATE TABLE hides (
    epoch INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (epoch, conversation, seq)
  ) WITHOUT ROWID;

  -- applied: whether the direct conversation knows of it yet.
  CREATE TABLE blocks (user TEXT PRIMARY KEY, since INTEGER NOT NULL, active INTEGER NOT NULL, applied INTEGER NOT NULL)
    WITHOUT ROWID;

  -- Profiles of the other side of direct chats, as last seen.
  CREATE TABLE peers (user TEXT PRIMARY KEY, profile TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;

  -- Where a device is pushed to: JSON of its registration.
  CREATE TABLE push_targets (device TEXT PRIMARY KEY, target TEXT NOT NULL) WITHOUT ROWID;

  -- Per registered device and conversation. pushed: up to where it was told. first, since: the oldest entry that it is to
  -- be told of, and when that came. due: when to look, NULL at rest. ticket: names the job that is on its way. covered: up
  -- to where that job tells. again: more came since. lost: jobs in a row that gave no sign of life.
  CREATE TABLE pushes (
    device TEXT NOT NULL,
    conversation TEXT NOT NULL,
    pushed INTEGER NOT NULL,
    first INTEGER NOT NULL,
    since INTEGER NOT NULL,
    mention INTEGER NOT NULL,
    due INTEGER,
    ticket TEXT,
    covered INTEGER NOT NULL,
    again INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    PRIMARY KEY (device, conversation)
  ) WITHOUT ROWID;
  CREATE INDEX pushes_by_due ON pushes (due) WHERE due IS NOT NULL;

  -- Users who want to know whether this one is online.
  CREATE TABLE watchers (user TEXT PRIMARY KEY) WITHOUT ROWID;
  `,
];
