/**
 * What the rules share: the world, the ledger of sends, and where each device stands.
 */
import type { HistoryEvent } from "./events.ts";
import type { Findings } from "./findings.ts";
import { Keyed } from "./keyed.ts";
import type { Ledger } from "./ledger.ts";
import { RangeSet } from "./ranges.ts";
import type { World } from "./world.ts";

/** Where a device stands in a conversation. */
export interface Place {
  /** Where its stream began [D3]; undefined while it knows nothing of the conversation. */
  start: number | undefined;
  /** The highest seq that it told the server it holds; -1 where it told none. */
  acknowledged: number;
  /** All it was ever given: the ranges of its frames and pages. */
  readonly covered: RangeSet;
}

/** Notes that a stream begins, or begins again, after this seq. */
export function startAt(place: Place, cursor: number): void {
  place.start = Math.min(place.start ?? cursor, cursor);
}

export class Places extends Keyed<Place> {
  constructor() {
    super(() => ({ start: undefined, acknowledged: -1, covered: new RangeSet() }));
  }
}

export interface Context {
  readonly world: World;
  readonly ledger: Ledger;
  readonly places: Places;
  readonly findings: Findings;
  /** [D1] entries that may be unacknowledged. */
  readonly window: number;
}

/** One rule: sees every event in the order of the history, and has a last word. */
export interface Rule {
  see(event: HistoryEvent, line: number): void;
  finish(): void;
}
