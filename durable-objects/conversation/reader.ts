/**
 * Everything that one member may see of a range: the one read path that the stream, pages, fan-out and summaries share,
 * so that windows, blocks, hidden and expired entries are kept out in one place [V2, V3, E7].
 */
import type { ConversationId, Page, UserId } from "../../protocol/index.ts";
import type { MemberView } from "../rpc/conversation.ts";
import type { NotedBatch } from "../rpc/user.ts";
import type { Core } from "./core.ts";
import type { EncodedEntry } from "./log.ts";
import type { MemberState } from "./members.ts";
import { covers, joinedAfter, seesAll, visibleEnd, within } from "./visibility.ts";

/** Characters of entries in one batch or page: with one more entry of the largest kind it still fits a frame [W2]. */
const MAX_BATCH_CHARS = 64 * 1024;
/** Encoded batches kept for the members that come next: in a busy group not all are at the same place. */
const SHARED = 8;
/** Rows looked at while skipping what a member may not see, before a range is answered as it is. */
const MAX_SCAN = 2_000;

export class Reader {
  readonly #core: Core;
  readonly #shared = new Map<string, NotedBatch>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** [E3] an entry changed in place: nothing encoded earlier may be handed out again. */
  forget(): void {
    this.#shared.clear();
  }

  /** At most `limit` entries after `after`; `to` says how far the range reaches. */
  batch(member: MemberState, after: number, limit: number): NotedBatch {
    const end = visibleEnd(member.windows, this.#core.log.head);
    const plain = !this.#core.hiders.has(member.user) && seesAll(member, after, end);
    const key = `${after}:${end}:${limit}`;
    const known = plain ? this.#shared.get(key) : undefined;
    if (known !== undefined) return known;
    const batch = this.#read(member, after, end, limit);
    if (plain) {
      if (this.#shared.size >= SHARED) this.#shared.clear();
      this.#shared.set(key, batch);
    }
    return batch;
  }

  /** A page of history, ascending, as the JSON text of a `Page`. */
  page(
    member: MemberState,
    query: { after?: number | undefined; before?: number | undefined; limit: number },
  ): { json: string } {
    const { log } = this.#core;
    const head = visibleEnd(member.windows, log.head);
    const range =
      query.after === undefined
        ? this.#pageBack(member, query.before ?? head + 1, query.limit)
        : this.#pageOn(member, query.after, query.limit);
    const rest: Omit<Page, "entries"> = { after: range.after, to: range.to, head, floor: log.floor, more: range.more };
    return { json: `{"entries":[${range.entries.map(({ json }) => json).join(",")}],${JSON.stringify(rest).slice(1)}` };
  }

  /** Whether the member may see the entry with this seq, and it is retained. */
  shows(member: MemberState, seq: number): boolean {
    return this.batch(member, seq - 1, 1).notes[0]?.seq === seq;
  }

  /** The last `message` or `sealed` that the member may see, as JSON text, or `null`. */
  lastJson(member: MemberState): string {
    const { log } = this.#core;
    let scanned = 0;
    for (const [from, to] of within(member.windows, log.floor - 1, log.head).toReversed()) {
      for (let high = to; high >= from && scanned < MAX_SCAN;) {
        const chunk = log.rangeBack(from, high, 16);
        const found = chunk.find(
          (entry) => (entry.note.kind === "message" || entry.note.kind === "sealed") && this.#sees(member, entry),
        );
        if (found !== undefined) return found.json;
        const lowest = chunk.at(-1);
        if (lowest === undefined) break;
        scanned += chunk.length;
        high = lowest.seq - 1;
      }
    }
    return "null";
  }

  /** The member's own view of the conversation. `unread` is computed by the caller. */
  view(member: MemberState, unread: number, diverged: number | null): MemberView {
    const { info, log, members } = this.#core;
    const head = visibleEnd(member.windows, log.head);
    const others = [...members.all()].filter(
      ({ user, role }) => user !== member.user && (role !== null || info.kind === "direct"),
    );
    const lowest = (mark: "delivered" | "read"): number =>
      others.reduce((least, other) => Math.min(least, other[mark]), head);
    return {
      ...this.conversation(member),
      delivered: member.delivered,
      deliveredBy: member.deliveredBy,
      read: member.read,
      unread,
      lastJson: this.lastJson(member),
      receipts: { delivered: lowest("delivered"), read: lowest("read") },
      peer: info.kind === "direct" ? (others[0]?.user ?? member.user) : null,
      chain: log.chain,
      joinedAfter: joinedAfter(member.windows),
      at: log.at,
      diverged,
    };
  }

  conversation(member: MemberState): {
    id: ConversationId;
    kind: "direct" | "group";
    memberCount: number;
    head: number;
    floor: number;
    role: MemberState["role"];
    title?: string;
    avatar?: string | null;
    retentionDays?: number | null;
  } {
    const { info, log, members } = this.#core;
    return {
      id: info.id,
      kind: info.kind,
      ...(info.title === undefined ? {} : { title: info.title }),
      ...(info.avatar === undefined ? {} : { avatar: info.avatar }),
      ...(info.retentionDays === undefined ? {} : { retentionDays: info.retentionDays }),
      memberCount: info.kind === "direct" ? [...members.all()].length : members.count,
      head: visibleEnd(member.windows, log.head),
      floor: log.floor,
      role: member.role,
    };
  }

  #read(member: MemberState, after: number, end: number, limit: number): NotedBatch {
    const { entries, to } = this.#pageOn(member, after, limit, end);
    const { log } = this.#core;
    return {
      after,
      to,
      count: entries.length,
      json: `[${entries.map(({ json }) => json).join(",")}]`,
      head: end,
      chain: log.chain,
      at: log.at,
      notes: entries.map(({ note }) => note),
    };
  }

  #pageOn(
    member: MemberState,
    after: number,
    limit: number,
    end = visibleEnd(member.windows, this.#core.log.head),
  ): Range {
    const entries: EncodedEntry[] = [];
    let chars = 0;
    let scanned = 0;
    const stop = (to: number): Range => ({ after, to, entries, more: to < end });
    for (const [from, to] of within(member.windows, after, end)) {
      for (let low = from; low <= to;) {
        const chunk = this.#core.log.range(low, to, Math.min(limit - entries.length + 1, 256));
        const last = chunk.at(-1);
        if (last === undefined) break;
        for (const entry of chunk) {
          if (entries.length >= limit || chars > MAX_BATCH_CHARS || scanned >= MAX_SCAN) return stop(entry.seq - 1);
          scanned++;
          if (!this.#sees(member, entry)) continue;
          entries.push(entry);
          chars += entry.json.length;
        }
        low = last.seq + 1;
      }
    }
    return stop(Math.max(end, after));
  }

  #pageBack(member: MemberState, before: number, limit: number): Range {
    const end = Math.min(before - 1, visibleEnd(member.windows, this.#core.log.head));
    const entries: EncodedEntry[] = [];
    let chars = 0;
    let scanned = 0;
    const stop = (after: number): Range => ({
      after,
      to: Math.max(end, 0),
      entries: entries.toReversed(),
      more: after > 0,
    });
    for (const [from, to] of within(member.windows, this.#core.log.floor - 1, end).toReversed()) {
      for (let high = to; high >= from;) {
        const chunk = this.#core.log.rangeBack(from, high, Math.min(limit - entries.length + 1, 256));
        const last = chunk.at(-1);
        if (last === undefined) break;
        for (const entry of chunk) {
          if (entries.length >= limit || chars > MAX_BATCH_CHARS || scanned >= MAX_SCAN) return stop(entry.seq);
          scanned++;
          if (!this.#sees(member, entry)) continue;
          entries.push(entry);
          chars += entry.json.length;
        }
        high = last.seq - 1;
      }
    }
    return stop(0);
  }

  /** Inside the windows is the caller's business; this asks for blocks and for what was deleted for this member only. */
  #sees(member: MemberState, { seq, sender }: { seq: number; sender: UserId }): boolean {
    if (sender !== member.user && covers(member.blocks, seq)) return false;
    if (!this.#core.hiders.has(member.user)) return true;
    return (
      this.#core.sql.exec("SELECT 1 FROM hidden WHERE user = ? AND seq = ?", member.user, seq).toArray().length === 0
    );
  }
}

interface Range {
  readonly after: number;
  readonly to: number;
  readonly entries: readonly EncodedEntry[];
  readonly more: boolean;
}
