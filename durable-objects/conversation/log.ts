/**
 * The append-only log of one conversation: seqs, chains, encoded entries. Knows nothing of members.
 */
import {
  GENESIS_CHAIN,
  isCountable,
  jcs,
  nextChain,
  type DeviceId,
  type EntryKind,
  type MemberContent,
  type SystemContent,
  type UserId,
} from "../../protocol/index.ts";
import type { EntryNote } from "../rpc/user.ts";
import type { Sql } from "../shared/sql.ts";

/** How many encoded entries stay in memory for fan-out. */
const TAIL = 512;
/** And how many characters of them: entries of the largest kind would fill the memory of an object. */
const TAIL_CHARS = 4 * 1024 * 1024;

export interface EntryRow extends Record<string, SqlStorageValue> {
  seq: number;
  id: string;
  sender: string;
  device: string | null;
  at: number;
  kind: string;
  body: string | null;
  digest: string;
  chain: string;
}

/** An entry that is encoded once and then only copied. */
export interface EncodedEntry {
  readonly seq: number;
  readonly sender: UserId;
  readonly at: number;
  readonly json: string;
  readonly note: EntryNote;
}

export interface NewEntry {
  readonly id: string;
  readonly sender: UserId;
  /** Null for the server's own entries. */
  readonly device: DeviceId | null;
  readonly content: MemberContent | SystemContent;
  /** The canonical JSON of the body. */
  readonly canonical: string;
  /** Of the canonical JSON [E4]. */
  readonly digest: string;
}

const COLUMNS = "seq, id, sender, device, at, kind, body, digest, chain";

export class Log {
  readonly #sql: Sql;
  #head = 0;
  #chain = GENESIS_CHAIN;
  #at = 0;
  #fanned = -1;
  #floor = 1;
  /** No id above these is in the log: by any sender when the log was loaded, by each since. */
  #newestAtLoad = "";
  readonly #newest = new Map<UserId, string>();
  #tail = new Map<number, EncodedEntry>();
  #tailChars = 0;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.reload();
  }

  /** Reads the end of the log again: at the start, and after a transaction that was undone. */
  reload(): void {
    this.#tail.clear();
    this.#tailChars = 0;
    const base = this.#sql.exec<{ value: string }>("SELECT value FROM meta WHERE key = 'base'").toArray()[0];
    const kept =
      base === undefined ? undefined : (JSON.parse(base.value) as { head: number; chain: string; at: number });
    const last = this.#sql
      .exec<{ seq: number; chain: string; at: number; fanned: number }>(
        "SELECT seq, chain, at, fanned FROM entries ORDER BY seq DESC LIMIT 1",
      )
      .toArray()[0];
    this.#head = last?.seq ?? kept?.head ?? 0;
    this.#chain = last?.chain ?? kept?.chain ?? GENESIS_CHAIN;
    this.#at = last?.at ?? kept?.at ?? 0;
    this.#fanned = last?.fanned ?? kept?.head ?? -1;
    const first = this.#sql.exec<{ seq: number }>("SELECT seq FROM entries ORDER BY seq LIMIT 1").toArray()[0];
    this.#floor = first?.seq ?? this.#head + 1;
    const newest = this.#sql.exec<{ id: string }>("SELECT id FROM entries ORDER BY id DESC LIMIT 1").toArray()[0];
    this.#newestAtLoad = newest?.id ?? "";
    this.#newest.clear();
  }

  get head(): number {
    return this.#head;
  }
  get chain(): string {
    return this.#chain;
  }
  /** Server time of the newest entry. */
  get at(): number {
    return this.#at;
  }
  /** The lowest seq still retained; one past the head where nothing is. */
  get floor(): number {
    return this.#floor;
  }
  /** How far fan-out is known to have come when the newest entry was appended; -1 where nothing was announced. */
  get fanned(): number {
    return this.#fanned;
  }

  /**
   * The first entry with this id by this sender [E1]. Ids rise with time (UUID version 7): one above all before it was
   * never used, and need not be looked for.
   */
  find(id: string, sender: UserId): EntryRow | undefined {
    if (id > this.#newestAtLoad && id > (this.#newest.get(sender) ?? "")) return undefined;
    return this.#sql
      .exec<EntryRow>(`SELECT ${COLUMNS} FROM entries WHERE id = ? AND sender = ?`, id, sender)
      .toArray()[0];
  }

  /** What a `target` means: the sender's own entry with that id, else the lowest seq with it. */
  resolve(id: string, sender: UserId): EntryRow | undefined {
    return (
      this.find(id, sender) ??
      this.#sql.exec<EntryRow>(`SELECT ${COLUMNS} FROM entries WHERE id = ? ORDER BY seq LIMIT 1`, id).toArray()[0]
    );
  }

  get(seq: number): EntryRow | undefined {
    return this.#sql.exec<EntryRow>(`SELECT ${COLUMNS} FROM entries WHERE seq = ?`, seq).toArray()[0];
  }

  /**
   * Appends one entry: 2 rows written. Must run inside a transaction.
   * @param now server time; the log's own time never goes back, even where the host's clock does
   * @param fanned how far fan-out has come
   */
  append(entry: NewEntry, now: number, fanned: number): EncodedEntry {
    const seq = this.#head + 1;
    const at = Math.max(now, this.#at);
    const { digest } = entry;
    const { kind } = entry.content;
    const sender = { user: entry.sender, device: entry.device };
    const chain = nextChain(this.#chain, { seq, id: entry.id, sender, at, kind, digest });
    this.#sql.exec(
      `INSERT INTO entries (${COLUMNS}, fanned) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      seq,
      entry.id,
      entry.sender,
      entry.device,
      at,
      kind,
      entry.canonical,
      digest,
      chain,
      fanned,
    );
    if (entry.id > (this.#newest.get(entry.sender) ?? "")) this.#newest.set(entry.sender, entry.id);
    this.#head = seq;
    this.#chain = chain;
    this.#at = at;
    this.#fanned = fanned;
    if (this.#floor > seq) this.#floor = seq;
    const encoded = encode({
      seq,
      id: entry.id,
      sender: entry.sender,
      device: entry.device,
      at,
      kind,
      body: entry.canonical,
      digest,
      chain,
    });
    this.#hold(encoded);
    return encoded;
  }

  /** Keeps an entry at hand, or its new form; lets go of the oldest where there are too many. */
  #hold(entry: EncodedEntry): void {
    this.#tailChars += entry.json.length - (this.#tail.get(entry.seq)?.json.length ?? 0);
    this.#tail.set(entry.seq, entry);
    for (const [seq, { json }] of this.#tail) {
      if (this.#tail.size <= TAIL && this.#tailChars <= TAIL_CHARS) return;
      this.#tail.delete(seq);
      this.#tailChars -= json.length;
    }
  }

  /** Retained entries from `from` to `to`, both inclusive, ascending, at most `limit`. */
  range(from: number, to: number, limit: number): EncodedEntry[] {
    if (from > to) return [];
    if (to - from < limit && this.#tail.has(from) && this.#tail.has(to)) {
      const held: EncodedEntry[] = [];
      for (let seq = from; seq <= to; seq++) {
        const entry = this.#tail.get(seq);
        if (entry !== undefined) held.push(entry);
      }
      return held;
    }
    return this.#sql
      .exec<EntryRow>(`SELECT ${COLUMNS} FROM entries WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?`, from, to, limit)
      .toArray()
      .map(encode);
  }

  /** As {@link range}, from the end backwards; answered descending. */
  rangeBack(from: number, to: number, limit: number): EncodedEntry[] {
    if (from > to) return [];
    return this.#sql
      .exec<EntryRow>(
        `SELECT ${COLUMNS} FROM entries WHERE seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT ?`,
        from,
        to,
        limit,
      )
      .toArray()
      .map(encode);
  }

  /** Remembers that the entry `edit` changed `target`, so that erasing the target finds it. */
  noteEdit(target: number, edit: number): void {
    this.#sql.exec("INSERT INTO edits (target, seq) VALUES (?, ?)", target, edit);
  }

  /** [E3] erases the body of an entry and of its edits; chains stay, for the digests do. @returns the seqs */
  erase(target: number): number[] {
    const seqs = [
      target,
      ...this.#sql
        .exec<{ seq: number }>("SELECT seq FROM edits WHERE target = ?", target)
        .toArray()
        .map(({ seq }) => seq),
    ];
    for (const seq of seqs) {
      this.#sql.exec("UPDATE entries SET body = NULL WHERE seq = ?", seq);
      const row = this.#tail.has(seq) ? this.get(seq) : undefined;
      if (row !== undefined) this.#hold(encode(row));
    }
    return seqs;
  }

  /**
   * [E7] drops entries older than `before`, at most `limit` of them; seqs are never used again.
   * @returns how many went
   */
  expire(before: number, limit: number): number {
    // Times rise with seqs: the oldest entries are a prefix, and no more of it than `limit` is looked at.
    const oldest = this.#sql
      .exec<{ seq: number; at: number }>("SELECT seq, at FROM entries ORDER BY seq LIMIT ?", limit)
      .toArray();
    const last = oldest.findLast(({ at }) => at < before)?.seq;
    if (last === undefined) return 0;
    const base = JSON.stringify({ head: this.#head, chain: this.#chain, at: this.#at });
    this.#sql.exec(
      "INSERT INTO meta (key, value) VALUES ('base', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      base,
    );
    const gone = this.#sql.exec("DELETE FROM entries WHERE seq <= ? RETURNING seq", last).toArray().length;
    this.#sql.exec("DELETE FROM edits WHERE target <= ?", last);
    this.#sql.exec("DELETE FROM hidden WHERE seq <= ?", last);
    this.reload();
    return gone;
  }

  /** Who made the retained entries from `from` to `to`, both inclusive. */
  senders(from: number, to: number): Set<UserId> {
    if (this.#tail.has(from)) return new Set(this.range(from, to, TAIL).map(({ sender }) => sender));
    const rows = this.#sql.exec<{ sender: string }>(
      "SELECT DISTINCT sender FROM entries WHERE seq BETWEEN ? AND ?",
      from,
      to,
    );
    return new Set([...rows].map(({ sender }) => sender as UserId));
  }

  /** Server time of the oldest entry that is retained. */
  oldestAt(): number | undefined {
    return this.#sql.exec<{ at: number }>("SELECT at FROM entries ORDER BY seq LIMIT 1").toArray()[0]?.at;
  }
}

/** The JSON text of an `Entry`, by concatenation: the body is JSON text already. */
function encode(row: EntryRow): EncodedEntry {
  const sender = `{"user":${JSON.stringify(row.sender)},"device":${JSON.stringify(row.device)}}`;
  const head = `{"seq":${row.seq},"id":${JSON.stringify(row.id)},"sender":${sender},"at":${row.at},"kind":"${row.kind}"`;
  const json =
    row.body === null
      ? `${head},"body":null,"chain":"${row.chain}","deleted":true,"digest":"${row.digest}"}`
      : `${head},"body":${row.body},"chain":"${row.chain}"}`;
  return {
    seq: row.seq,
    sender: row.sender as UserId,
    at: row.at,
    json,
    note: {
      seq: row.seq,
      id: row.id as EntryNote["id"],
      sender: row.sender as UserId,
      kind: row.kind,
      mentions: mentionsOf(row.kind as EntryKind, row.body),
    },
  };
}

function mentionsOf(kind: EntryKind, body: string | null): readonly UserId[] {
  // Parsing only where the canonical text can hold the key: most messages mention nobody.
  if (!isCountable(kind) || body === null || !body.includes('"mentions":[')) return [];
  return (JSON.parse(body) as { mentions?: UserId[] }).mentions ?? [];
}

/** The canonical JSON of content, ready to be appended. */
export function canonicalBody(content: MemberContent | SystemContent): string {
  return jcs(content.body);
}
