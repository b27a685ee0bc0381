/** The model's conversation: a log, windows, blocks and watermarks, written without a look at the checker. */
import { digestOf, GENESIS_CHAIN, jcs, nextChain, type EntryKind } from "../../../../protocol/index.ts";
import type { RecordedEntry } from "../../../../tools/history/events.ts";

export interface Append {
  readonly user: string;
  readonly device: string | null;
  readonly id: string;
  readonly kind?: EntryKind;
  readonly about?: string[];
  readonly text?: string;
}

export function bodyDigest(text: string): string {
  return digestOf(jcs({ text }));
}

export class ModelConversation {
  readonly id: string;
  readonly log: RecordedEntry[] = [];
  readonly windows = new Map<string, { from: number; until: number }[]>();
  readonly hidden = new Set<string>();
  /** Seqs that were sent while their sender was blocked. */
  readonly unseen = new Set<number>();
  readonly marks = new Map<string, { delivered: number; read: number }>();
  readonly blockers = new Set<string>();

  constructor(id: string, direct: readonly string[] = []) {
    this.id = id;
    for (const user of direct) this.open(user, 1);
  }

  get head(): number {
    return this.log.length;
  }

  get direct(): boolean {
    return this.id.startsWith("d_");
  }

  append({ user, device, id, kind = "message", about, text = id }: Append): RecordedEntry {
    const seq = this.head + 1;
    const at = 1_000_000 + seq;
    const digest = bodyDigest(text);
    const sender = { user, device } as Parameters<typeof nextChain>[1]["sender"];
    const chain = nextChain(this.log.at(-1)?.chain ?? GENESIS_CHAIN, { seq, id, sender, at, kind, digest });
    const entry = { seq, id, user, device, at, kind, chain, digest, ...(about === undefined ? {} : { about }) };
    this.log.push(entry);
    if (this.direct && [...this.blockers].some((blocker) => blocker !== user)) this.unseen.add(seq);
    return entry;
  }

  open(user: string, seq: number): void {
    this.windows.set(user, [...(this.windows.get(user) ?? []), { from: seq, until: Infinity }]);
  }

  close(user: string, seq: number): void {
    const window = this.windows.get(user)?.at(-1);
    if (window !== undefined) window.until = seq;
  }

  get members(): string[] {
    return [...this.windows.keys()].filter((user) => this.isMember(user));
  }

  isMember(user: string): boolean {
    return this.windows.get(user)?.at(-1)?.until === Infinity;
  }

  /** Where the user's stream ends: the head, or where it left. */
  endFor(user: string): number {
    return Math.min(this.windows.get(user)?.at(-1)?.until ?? 0, this.head);
  }

  /** The newest time of the user begins here. */
  joinedAt(user: string): number {
    return this.windows.get(user)?.at(-1)?.from ?? 0;
  }

  sees(user: string, entry: RecordedEntry): boolean {
    const inside = (this.windows.get(user) ?? []).some(({ from, until }) => from <= entry.seq && entry.seq <= until);
    const blocked = this.unseen.has(entry.seq) && entry.user !== user;
    return inside && !blocked && !this.hidden.has(`${user} ${entry.seq}`);
  }

  range(user: string, after: number, to: number): RecordedEntry[] {
    return this.log.slice(after, to).filter((entry) => this.sees(user, entry));
  }

  find(user: string, id: string): RecordedEntry | undefined {
    return this.log.find((entry) => entry.user === user && entry.id === id);
  }

  mark(user: string, delivered: number, read: number): void {
    const marks = this.marks.get(user) ?? { delivered: 0, read: 0 };
    marks.read = Math.max(marks.read, read);
    marks.delivered = Math.max(marks.delivered, delivered, marks.read);
    this.marks.set(user, marks);
  }
}
