/**
 * What one member may see [V2, V3]: pure functions over windows of inclusive seqs.
 */

/** From and to, both inclusive; null is "still open". */
export type Window = readonly [from: number, to: number | null];

export interface Visibility {
  /** Ascending, never overlapping; only the last may be open. */
  readonly windows: readonly Window[];
  /** Stretches of a direct chat in which the peer's entries are invisible to this member. */
  readonly blocks: readonly Window[];
}

/** True where one of the windows covers the seq. */
export function covers(windows: readonly Window[], seq: number): boolean {
  return windows.some(([from, to]) => seq >= from && (to === null || seq <= to));
}

/** The parts of (after, to] that lie inside the windows, ascending, as inclusive pairs. */
export function within(windows: readonly Window[], after: number, to: number): [from: number, to: number][] {
  const parts: [number, number][] = [];
  for (const [from, end] of windows) {
    const low = Math.max(from, after + 1);
    const high = Math.min(end ?? to, to);
    if (low <= high) parts.push([low, high]);
  }
  return parts;
}

/** The last seq that a member may ever see as things stand: the head while a window is open, else its last end. */
export function visibleEnd(windows: readonly Window[], head: number): number {
  const last = windows.at(-1);
  if (last === undefined) return 0;
  return last[1] === null ? head : Math.min(last[1], head);
}

/** Where a device without a cursor starts: just before the newest window. */
export function joinedAfter(windows: readonly Window[]): number {
  const last = windows.at(-1);
  return last === undefined ? 0 : last[0] - 1;
}

/** True where nothing in (after, to] can be invisible to the member: the common case, which shares one encoded batch. */
export function seesAll(visibility: Visibility, after: number, to: number): boolean {
  return (
    visibility.windows.some(([from, end]) => from <= after + 1 && (end === null || end >= to)) &&
    !visibility.blocks.some(([from, end]) => from <= to && (end === null || end > after))
  );
}

export function openWindow(windows: readonly Window[], from: number): Window[] {
  return [...windows, [from, null]];
}

/** Closes the last window at `to`, inclusive: the entry that removed a member is the last that it sees. */
export function closeWindow(windows: readonly Window[], to: number): Window[] {
  const last = windows.at(-1);
  if (last === undefined || last[1] !== null) return [...windows];
  return [...windows.slice(0, -1), [last[0], to]];
}
