/**
 * A conversation as it was in the end: the log that the witness read, and who may see what of it.
 */
import type { EventOf, RecordedEntry } from "./events.ts";

/** A member's time: [from, until], both seen by the member [V2]. Open while `until` is infinite. */
export interface Window {
  readonly from: number;
  until: number;
}

/** May a user see a seq? "either" where the history leaves it open: expired, hidden, or sent while a block was set. */
export type Sight = "visible" | "outside" | "blocked" | "either";

const NOBODY: readonly Window[] = [];

export class ConversationLog {
  readonly id: string;
  floor = 0;
  head = 0;
  /** The line of the first part. */
  line = 0;
  #members: readonly string[] = [];
  /** By seq minus floor; a gap in the log is a hole. */
  readonly #entries: ({ entry: RecordedEntry; line: number } | undefined)[] = [];
  readonly #seqs = new Map<string, Map<string, number>>();
  readonly #windows = new Map<string, Window[]>();
  readonly #blocks: EventOf<"block">[] = [];
  readonly #hidden = new Set<string>();

  constructor(id: string) {
    this.id = id;
  }

  /** Adds the next part. What does not fit is told through `wrong`. */
  addPart(part: EventOf<"log">, line: number, wrong: (message: string) => void): void {
    if (this.line === 0) {
      this.line = line;
      this.floor = Math.max(part.floor, 1);
      this.head = part.head;
      this.#members = part.members;
    }
    for (const entry of part.entries) {
      const index = entry.seq - this.floor;
      const expected = this.floor + this.#entries.length;
      if (index < 0 || entry.seq > this.head) {
        wrong(`the log runs from ${this.floor} to ${this.head}, but holds ${entry.seq}`);
        continue;
      }
      if (index < this.#entries.length) {
        wrong(`the log holds ${entry.seq} after ${expected - 1}`);
        continue;
      }
      if (entry.seq > expected) wrong(`the log goes from ${expected - 1} to ${entry.seq}`);
      while (this.#entries.length < index) this.#entries.push(undefined);
      this.#entries.push({ entry, line });
      const seqs = this.#seqs.get(entry.user) ?? new Map<string, number>();
      this.#seqs.set(entry.user, seqs);
      if (!seqs.has(entry.id)) seqs.set(entry.id, entry.seq);
    }
  }

  addBlock(block: EventOf<"block">): void {
    this.#blocks.push(block);
  }

  hide(user: string, seq: number): void {
    this.#hidden.add(`${user} ${seq}`);
  }

  /** Makes the windows, once all parts are there. */
  close(): void {
    const last = this.floor + this.#entries.length - 1;
    for (const user of this.#membersAtFloor()) this.#open(user, this.floor);
    for (let seq = this.floor; seq <= last; seq++) {
      const entry = this.entry(seq);
      if (entry === undefined) continue;
      if (entry.kind === "group_created")
        for (const user of [entry.user, ...(entry.about ?? [])]) this.#open(user, seq);
      if (entry.kind === "member_added") for (const user of entry.about ?? []) this.#open(user, seq);
      if (entry.kind === "member_removed") for (const user of entry.about ?? []) this.#end(user, seq);
    }
  }

  entry(seq: number): RecordedEntry | undefined {
    return this.#entries[seq - this.floor]?.entry;
  }

  lineOf(seq: number): number {
    return this.#entries[seq - this.floor]?.line ?? this.line;
  }

  /** [E1] where the user's entry with this id first stands. */
  seqOf(user: string, id: string): number | undefined {
    return this.#seqs.get(user)?.get(id);
  }

  *entries(): Iterable<RecordedEntry> {
    for (const at of this.#entries) if (at !== undefined) yield at.entry;
  }

  /** The cursor has the chain of the log: the device held this very history [E4]. */
  proves(cursor: { readonly seq: number; readonly chain?: string | undefined }): boolean {
    return cursor.chain !== undefined && this.entry(cursor.seq)?.chain === cursor.chain;
  }

  /** The cursor cannot have come from this log. */
  refutes(cursor: { readonly seq: number; readonly chain?: string | undefined }): boolean {
    const chain = this.entry(cursor.seq)?.chain;
    return cursor.seq > this.head || (chain !== undefined && cursor.chain !== undefined && chain !== cursor.chain);
  }

  /** Nothing between floor and head is missing. */
  get whole(): boolean {
    return this.#entries.length === this.head - this.floor + 1;
  }

  windowsOf(user: string): readonly Window[] {
    return this.#windows.get(user) ?? NOBODY;
  }

  get users(): Iterable<string> {
    return this.#windows.keys();
  }

  sight(user: string, seq: number): Sight {
    if (seq < this.floor || seq > this.head) return "either";
    if (!this.windowsOf(user).some((window) => window.from <= seq && seq <= window.until)) return "outside";
    if (this.#hidden.size > 0 && this.#hidden.has(`${user} ${seq}`)) return "either";
    return this.#blocks.length === 0 ? "visible" : this.#sightThroughBlocks(user, seq);
  }

  #sightThroughBlocks(user: string, seq: number): Sight {
    const sender = this.entry(seq)?.user;
    let sight: Sight = "visible";
    for (const block of this.#blocks) {
      if (block.blocker !== user || block.blocked !== sender) continue;
      if (seq <= block.after) break;
      if (seq <= block.by) sight = "either";
      else sight = block.active ? "blocked" : "visible";
    }
    return sight;
  }

  /**
   * Who was a member before the first retained entry: in a group whose start expired, those whom the log removes before
   * it adds them, and the members of the end whom it never mentions. Nobody before a `group_created`.
   */
  #membersAtFloor(): Set<string> {
    const members = new Set<string>();
    const mentioned = new Set<string>();
    for (const entry of this.entries()) {
      if (entry.kind === "group_created") return new Set();
      if (entry.kind !== "member_added" && entry.kind !== "member_removed") continue;
      for (const user of entry.about ?? []) {
        if (!mentioned.has(user) && entry.kind === "member_removed") members.add(user);
        mentioned.add(user);
      }
    }
    for (const user of this.#members) if (!mentioned.has(user)) members.add(user);
    return members;
  }

  #open(user: string, seq: number): void {
    const windows = this.#windows.get(user);
    if (windows === undefined) this.#windows.set(user, [{ from: seq, until: Infinity }]);
    else if (windows.at(-1)?.until !== Infinity) windows.push({ from: seq, until: Infinity });
  }

  #end(user: string, seq: number): void {
    const last = this.#windows.get(user)?.at(-1);
    if (last?.until === Infinity) last.until = seq;
  }
}
