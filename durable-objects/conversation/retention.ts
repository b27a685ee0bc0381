/**
 * [E7] entries older than a conversation's `retentionDays` disappear from the log, oldest first, in bounded steps.
 */
import type { Core } from "./core.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Entries dropped in one step; the next one follows at once. */
const STEP = 1_000;

export class Retention {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Drops what is due. @returns how many entries went */
  sweep(): number {
    const days = this.#days();
    if (days === null) return 0;
    const { log, clock } = this.#core;
    return this.#core.transact(() => log.expire(clock() - days * DAY_MS + 1, STEP));
  }

  /** When the oldest entry is due; null where entries are kept for good. */
  nextDue(): number | null {
    const days = this.#days();
    const oldest = days === null ? undefined : this.#core.log.oldestAt();
    return days === null || oldest === undefined ? null : oldest + days * DAY_MS;
  }

  #days(): number | null {
    return this.#core.exists ? (this.#core.info.retentionDays ?? null) : null;
  }
}
