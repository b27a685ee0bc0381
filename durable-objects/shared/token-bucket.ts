import type { Clock } from "./sql.ts";

/** How far ahead places are given out: past it, those who were turned away come back together. */
const FURTHEST_MS = 10_000;

/**
 * A token bucket: `burst` at once, then `rate` per second. In memory only: an object that was away long enough to lose
 * it would have been full again.
 *
 * Who is turned away is told a time of its own, one after the other at the bucket's rate: told the same time, they would
 * come back as one crowd, be turned away but for the first, and soon send more frames than a socket may.
 */
export class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  readonly #clock: Clock;
  #tokens: number;
  #at: number;
  /** When the one who was turned away last may come back. */
  #promised = 0;

  constructor(rate: number, burst: number, clock: Clock) {
    this.#rate = rate;
    this.#burst = burst;
    this.#clock = clock;
    this.#tokens = burst;
    this.#at = clock();
  }

  /**
   * Takes one token.
   * @returns 0 where it was there, else in how many milliseconds to come back: 10,000 at the most
   */
  take(): number {
    const now = this.#clock();
    this.#tokens = Math.min(this.#burst, this.#tokens + (Math.max(0, now - this.#at) * this.#rate) / 1000);
    this.#at = now;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    const soonest = now + ((1 - this.#tokens) * 1000) / this.#rate;
    this.#promised = Math.min(now + FURTHEST_MS, Math.max(soonest, this.#promised + 1000 / this.#rate));
    return Math.ceil(this.#promised - now);
  }
}
