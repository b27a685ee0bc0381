/**
 * A gapless stretch of a log, folded: what a timeline shows, before anything that waits in the outbox. Owned by one
 * timeline and changed in place.
 */
import { apply, emptyFold, type FoldState } from "../../protocol/fold.ts";
import type { Window } from "../engine/api.ts";
import type { StoredEntry } from "../storage/storage.ts";
import { readable } from "../sync/content.ts";
import type { Range } from "../sync/ranges.ts";

export class Stretch {
  range: Range;
  atStart: boolean;
  atEnd: boolean;
  /** Ascending. */
  entries: StoredEntry[];
  /** Beyond the stretch, but changing what is in it. */
  #later: StoredEntry[];
  fold: FoldState;

  constructor({ range, entries, later, atStart, atEnd }: Window) {
    this.range = range;
    this.entries = [...entries];
    this.#later = [...later];
    this.atStart = atStart;
    this.atEnd = atEnd;
    this.fold = this.#folded();
  }

  /** Puts older entries in front. */
  prepend({ range, entries, atStart }: Window): void {
    this.range = { after: Math.min(this.range.after, range.after), to: this.range.to };
    this.entries = [...entries, ...this.entries];
    this.atStart = atStart;
    // What was folded before its target came counts now: there is no short way.
    this.fold = this.#folded();
  }

  /** Puts newer entries behind, after a jump into the past. */
  append({ range, entries, later, atEnd }: Window): void {
    this.range = { after: this.range.after, to: Math.max(this.range.to, range.to) };
    this.entries = [...this.entries, ...entries];
    this.atEnd = atEnd;
    this.#later = merge([...this.#later, ...later]).filter(({ entry }) => entry.seq > this.range.to);
    this.fold = this.#folded();
  }

  /**
   * Takes news of the stream.
   * @returns false where there is a hole between the stretch and the news: read it again
   */
  follow(range: Range, entries: readonly StoredEntry[]): boolean {
    if (!this.atEnd) {
      for (const stored of entries) {
        if (stored.target === undefined) continue;
        this.#later.push(stored);
        apply(this.fold, readable(stored));
      }
      return true;
    }
    if (range.after > this.range.to) return false;
    for (const stored of entries) {
      if (stored.entry.seq <= this.range.to) continue;
      this.entries.push(stored);
      apply(this.fold, readable(stored));
    }
    this.range = { after: this.range.after, to: Math.max(this.range.to, range.to) };
    return true;
  }

  /** Deleted for me. */
  hide(seq: number): void {
    this.entries = this.entries.filter(({ entry }) => entry.seq !== seq);
    this.fold = this.#folded();
  }

  #folded(): FoldState {
    const state = emptyFold();
    for (const stored of this.entries) apply(state, readable(stored));
    for (const stored of this.#later) apply(state, readable(stored));
    return state;
  }
}

function merge(entries: readonly StoredEntry[]): StoredEntry[] {
  const bySeq = new Map(entries.map((stored) => [stored.entry.seq, stored]));
  return [...bySeq.values()].sort((a, b) => a.entry.seq - b.entry.seq);
}
