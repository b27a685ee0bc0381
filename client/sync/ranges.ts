/**
 * [C2] what is held of a log, as ranges: disjoint stretches (after, to], ascending, never touching each other.
 * A seq outside every range is unknown; a seq inside one without an entry is invisible to this user.
 */

/** The seqs after `after`, up to and including `to`; never empty. */
export interface Range {
  readonly after: number;
  readonly to: number;
}

/** `ranges` with one more; stretches that overlap or touch become one. An empty stretch changes nothing. */
export function add(ranges: readonly Range[], range: Range): readonly Range[] {
  if (range.to <= range.after) return ranges;
  let { after, to } = range;
  const before: Range[] = [];
  const behind: Range[] = [];
  for (const held of ranges) {
    if (held.to < after) before.push(held);
    else if (held.after > to) behind.push(held);
    else {
      if (held.after <= after && held.to >= to) return ranges;
      after = Math.min(after, held.after);
      to = Math.max(to, held.to);
    }
  }
  return [...before, { after, to }, ...behind];
}

/** The range that holds `seq`, if one does. */
export function around(ranges: readonly Range[], seq: number): Range | undefined {
  return ranges.find((range) => range.after < seq && seq <= range.to);
}

/** True where all of (after, to] is held. An empty stretch is. */
export function covers(ranges: readonly Range[], range: Range): boolean {
  return range.to <= range.after || ranges.some((held) => held.after <= range.after && range.to <= held.to);
}

/** What of (after, to] is not held, ascending. */
export function missing(ranges: readonly Range[], range: Range): readonly Range[] {
  const holes: Range[] = [];
  let from = range.after;
  for (const held of ranges) {
    if (held.to <= from) continue;
    if (held.after >= range.to) break;
    if (held.after > from) holes.push({ after: from, to: held.after });
    from = held.to;
  }
  if (from < range.to) holes.push({ after: from, to: range.to });
  return holes;
}

/** `ranges` without their oldest part, so that at most `limit` seqs are held. */
export function trim(ranges: readonly Range[], limit: number): readonly Range[] {
  const kept: Range[] = [];
  let room = limit;
  for (const { after, to } of ranges.toReversed()) {
    if (room <= 0) break;
    kept.unshift({ after: Math.max(after, to - room), to });
    room -= to - after;
  }
  return kept;
}

/** How many seqs are held. */
export function width(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { after, to }) => sum + to - after, 0);
}
