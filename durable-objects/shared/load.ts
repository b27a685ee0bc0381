/**
 * How loaded the objects are that this one calls, told by how long they lately took to answer: what queues, anywhere on
 * the way, shows as time. Best-effort work goes first when that rises [P3]; sends are limited last [S6].
 */
import type { Clock } from "./sql.ts";

/** Weight of the newest answer. */
const WEIGHT = 0.15;
/** One stuck receiver must not look like a loaded system. */
const CEILING_MS = 2_000;
/** What was measured longer ago says nothing any more. */
const FORGET_MS = 5_000;
/** Answers slower than this on average: typing and presence are dropped. */
const BUSY_MS = 250;

export class Load {
  readonly #clock: Clock;
  #average = 0;
  #at = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes note of an answer. */
  answered(ms: number): void {
    const value = Math.min(CEILING_MS, Math.max(0, ms));
    this.#average = this.lagMs + WEIGHT * (value - this.lagMs);
    this.#at = this.#clock();
  }

  /** How long answers take, in milliseconds; 0 where nothing was asked lately. */
  get lagMs(): number {
    return this.#clock() - this.#at > FORGET_MS ? 0 : this.#average;
  }

  /** Whether best-effort work is to be dropped. */
  get busy(): boolean {
    return this.lagMs >= BUSY_MS;
  }
}
