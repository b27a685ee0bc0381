/** Stretches (after, to] of a log, joined where they touch. A stream adds at the end, so this is nearly always one. */
export class RangeSet {
  readonly #ranges: { after: number; to: number }[] = [];

  add(after: number, to: number): void {
    if (to <= after) return;
    let from = this.#ranges.length;
    while (from > 0 && (this.#ranges[from - 1]?.to ?? 0) >= after) from--;
    let upTo = from;
    const joined = { after, to };
    for (let next = this.#ranges[upTo]; next !== undefined && next.after <= to; next = this.#ranges[++upTo]) {
      joined.after = Math.min(joined.after, next.after);
      joined.to = Math.max(joined.to, next.to);
    }
    this.#ranges.splice(from, upTo - from, joined);
  }

  /** What of (after, to] is not in the set, ascending. */
  *missing(after: number, to: number): Iterable<{ after: number; to: number }> {
    let at = after;
    for (const range of this.#ranges) {
      if (range.to <= at) continue;
      if (range.after >= to) break;
      if (range.after > at) yield { after: at, to: range.after };
      at = range.to;
    }
    if (at < to) yield { after: at, to };
  }

  /** The highest seq in the set; 0 where it is empty. */
  get top(): number {
    return this.#ranges.at(-1)?.to ?? 0;
  }
}
