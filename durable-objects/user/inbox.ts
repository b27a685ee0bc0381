/**
 * One row per conversation of the user, and the order in which they changed: what the sync token counts.
 *
 * A token is an epoch. Every change falls into the current epoch; giving a token out ends it. So a conversation that
 * changes again and again between two tokens costs one index write, and a resume reads what changed and nothing else [D4].
 *
 * A head that only rises waits in memory before it is written: a busy conversation costs a write now and then instead of
 * one, with its commit, per delivery. Nothing hangs on the wait. What a crash swallows is of the current epoch, which every
 * resume lists, and listing asks the log itself; before a token ends the epoch, heads are written; and so they are at once
 * where a socket was not yet sent everything ({@link Inbox.settle}).
 */
import type { ConversationId, UserId } from "../../protocol/index.ts";
import type { Sql } from "../shared/sql.ts";

export interface InboxRow {
  readonly conversation: ConversationId;
  readonly epoch: number;
  /** Of the log, as far as this object was told; chain and server time likewise. */
  readonly head: number;
  readonly chain: string;
  readonly at: number;
  /** The user left. */
  readonly gone: boolean;
  readonly mutedUntil: number | null;
  /** The other side of a direct chat. */
  readonly peer: UserId | null;
}

interface StoredRow extends Record<string, SqlStorageValue> {
  conversation: string;
  epoch: number;
  head: number;
  chain: string;
  at: number;
  gone: number;
  muted_until: number | null;
  peer: string | null;
}

/** What a delivery or a view says of a log. */
export interface LogState {
  readonly head: number;
  readonly chain: string;
  readonly at: number;
}

const PREFIX = "s1-";
const CACHED = 4_096;
/** How long a head waits for others. */
const GATHER_MS = 2_000;

export interface InboxPorts {
  readonly sql: Sql;
  readonly later: (callback: () => void, ms: number) => void;
}

export class Inbox {
  readonly #sql: Sql;
  readonly #later: InboxPorts["later"];
  readonly #rows = new Map<ConversationId, InboxRow>();
  /** Conversations whose head in {@link #rows} is not written yet. */
  readonly #waiting = new Set<ConversationId>();
  #scheduled = false;
  #epoch: number;
  /** Conversations that changed in the current epoch, as far as this instance saw. */
  #changed = new Set<ConversationId>();
  /** Those of them of which this instance was not told since it started. */
  readonly #unsure: Set<ConversationId>;

  constructor({ sql, later }: InboxPorts) {
    this.#sql = sql;
    this.#later = later;
    const stored = sql.exec<{ value: string }>("SELECT value FROM meta WHERE key = 'epoch'").toArray()[0];
    this.#epoch = Number(stored?.value ?? 1);
    for (const { conversation } of this.#since(this.#epoch - 1)) this.#changed.add(conversation);
    this.#unsure = new Set(this.#changed);
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** How many conversations a token issued now would cover anew. */
  get changes(): number {
    return this.#changed.size;
  }

  get(conversation: ConversationId): InboxRow | undefined {
    const known = this.#rows.get(conversation);
    if (known !== undefined) return known;
    const row = this.#sql.exec<StoredRow>("SELECT * FROM inbox WHERE conversation = ?", conversation).toArray()[0];
    return row === undefined ? undefined : this.#remember(fromStored(row));
  }

  /** Reads the rows of many conversations in one statement, so that {@link get} need not read each. */
  fetch(conversations: readonly ConversationId[]): void {
    const unknown = conversations.filter((conversation) => !this.#rows.has(conversation)).slice(0, CACHED);
    if (unknown.length === 0) return;
    const rows = this.#sql.exec<StoredRow>(
      "SELECT inbox.* FROM json_each(?) AS wanted CROSS JOIN inbox ON inbox.conversation = wanted.value",
      JSON.stringify(unknown),
    );
    for (const row of rows.toArray()) this.#remember(fromStored(row));
  }

  /**
   * What the log is now, as told by a delivery or a view: 2 rows where it is the first change in this epoch; after that 1,
   * which those share that come soon after each other.
   */
  note(conversation: ConversationId, log: LogState, more: { gone?: boolean; peer?: UserId | null } = {}): void {
    const row = this.get(conversation);
    this.#unsure.delete(conversation);
    const gone = more.gone ?? row?.gone ?? false;
    const peer = more.peer ?? row?.peer ?? null;
    if (row === undefined) {
      this.#insert({ conversation, epoch: this.#epoch, ...pick(log), gone, mutedUntil: null, peer });
      return;
    }
    const newer = log.head >= row.head ? pick(log) : pick(row);
    if (newer.head === row.head && gone === row.gone) {
      // Whom it is with never changes and no device need be told: it takes no place in the order of changes.
      if (peer !== row.peer) this.#update({ ...row, peer }, row.epoch);
      return;
    }
    if (row.epoch === this.#epoch && gone === row.gone && peer === row.peer) this.#wait({ ...row, ...newer });
    else this.#update({ ...row, ...newer, gone, peer });
  }

  /** The log was set back: it is what it is now, even if that is less. */
  rewind(conversation: ConversationId, log: LogState, gone: boolean): void {
    const row = this.get(conversation);
    if (row !== undefined) this.#update({ ...row, ...pick(log), gone });
  }

  /** Writes the head of a conversation down, where it waits. */
  settle(conversation: ConversationId): void {
    const row = this.#waiting.has(conversation) ? this.#rows.get(conversation) : undefined;
    if (row !== undefined) this.#update(row);
  }

  /** Writes every head down that waits. */
  write(): void {
    for (const conversation of this.#waiting) this.settle(conversation);
  }

  /** Whether an earlier instance may have known a newer head than the one that is written. */
  isUnsure(conversation: ConversationId): boolean {
    return this.#unsure.has(conversation);
  }

  /** Something else about it changed (a mark, a mute, a title): a resume must show it. No row where it is known to. */
  touch(conversation: ConversationId): void {
    const row = this.get(conversation);
    if (row === undefined || row.epoch === this.#epoch) return;
    this.#update(row);
  }

  mute(conversation: ConversationId, until: number | null): void {
    const row = this.get(conversation);
    if (row !== undefined) this.#update({ ...row, mutedUntil: until });
  }

  /** Everything that changed after a token, newest first. */
  since(epoch: number): InboxRow[] {
    return this.#since(epoch).toSorted((a, b) => b.at - a.at);
  }

  /** Every conversation that the user is in, newest first. */
  all(): InboxRow[] {
    return this.#since(-1)
      .filter(({ gone }) => !gone)
      .toSorted((a, b) => b.at - a.at || (a.conversation < b.conversation ? 1 : -1));
  }

  /** Ends the current epoch, if anything changed in it. @returns the epoch that a token given out now covers */
  issue(): number {
    if (this.#changed.size === 0) return this.#epoch - 1;
    this.write();
    const issued = this.#epoch;
    this.#epoch += 1;
    this.#changed = new Set();
    this.#sql.exec(
      "INSERT INTO meta (key, value) VALUES ('epoch', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      String(this.#epoch),
    );
    return issued;
  }

  /** [D4] a "deleted for me" takes its place in the order of changes. */
  hide(conversation: ConversationId, seq: number): void {
    this.#sql.exec(
      "INSERT OR IGNORE INTO hides (epoch, conversation, seq) VALUES (?, ?, ?)",
      this.#epoch,
      conversation,
      seq,
    );
    this.#changed.add(conversation);
    this.touch(conversation);
  }

  hidesSince(epoch: number): { conversation: ConversationId; seq: number }[] {
    return this.#sql
      .exec<{ conversation: string; seq: number }>("SELECT conversation, seq FROM hides WHERE epoch > ?", epoch)
      .toArray()
      .map(({ conversation, seq }) => ({ conversation: conversation as ConversationId, seq }));
  }

  #since(epoch: number): InboxRow[] {
    this.write();
    return this.#sql.exec<StoredRow>("SELECT * FROM inbox WHERE epoch > ?", epoch).toArray().map(fromStored);
  }

  #insert(row: InboxRow): void {
    this.#sql.exec(
      "INSERT INTO inbox (conversation, epoch, head, chain, at, gone, muted_until, peer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      row.conversation,
      row.epoch,
      row.head,
      row.chain,
      row.at,
      Number(row.gone),
      row.mutedUntil,
      row.peer,
    );
    this.#changed.add(row.conversation);
    this.#remember(row);
  }

  /** Keeps a risen head in memory for a while. */
  #wait(row: InboxRow): void {
    this.#remember(row);
    this.#waiting.add(row.conversation);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#later(() => {
      this.#scheduled = false;
      this.write();
    }, GATHER_MS);
  }

  #update(row: InboxRow, to = this.#epoch): void {
    this.#waiting.delete(row.conversation);
    // Setting an indexed column costs a row more, even to the same value: only where the epoch moves.
    const epoch = row.epoch === to ? "" : `epoch = ${to}, `;
    this.#sql.exec(
      `UPDATE inbox SET ${epoch}head = ?, chain = ?, at = ?, gone = ?, muted_until = ?, peer = ? WHERE conversation = ?`,
      row.head,
      row.chain,
      row.at,
      Number(row.gone),
      row.mutedUntil,
      row.peer,
      row.conversation,
    );
    if (to === this.#epoch) this.#changed.add(row.conversation);
    this.#remember({ ...row, epoch: to });
  }

  #remember(row: InboxRow): InboxRow {
    if (this.#rows.size >= CACHED && !this.#rows.has(row.conversation)) {
      this.write();
      this.#rows.clear();
    }
    this.#rows.set(row.conversation, row);
    return row;
  }
}

/** The opaque sync token of an epoch. */
export function tokenOf(epoch: number): string {
  return PREFIX + epoch;
}

/** The epoch of a token; undefined for what is none of ours, which is answered like a first hello. */
export function epochOf(token: string | null): number | undefined {
  if (token === null || !token.startsWith(PREFIX)) return undefined;
  const epoch = Number(token.slice(PREFIX.length));
  return Number.isSafeInteger(epoch) && epoch >= 0 ? epoch : undefined;
}

function pick({ head, chain, at }: LogState): LogState {
  return { head, chain, at };
}

function fromStored(row: StoredRow): InboxRow {
  return {
    conversation: row.conversation as ConversationId,
    epoch: row.epoch,
    head: row.head,
    chain: row.chain,
    at: row.at,
    gone: row.gone === 1,
    mutedUntil: row.muted_until,
    peer: row.peer as UserId | null,
  };
}
