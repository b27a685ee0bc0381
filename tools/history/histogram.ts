/**
 * Times in buckets that grow by 2 %: percentiles to that precision in a few kilobytes, however many there are.
 */
const GROWTH = Math.log(1.02);
/** The smallest time told apart, in milliseconds. */
const LEAST_MS = 0.01;

export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export class Histogram {
  readonly #buckets = new Map<number, number>();
  #count = 0;
  #max = 0;

  /** @param ms a time in milliseconds; clocks of two machines may make it negative, which counts as 0 */
  add(ms: number): void {
    const bucket = Math.floor(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / GROWTH);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#count++;
    this.#max = Math.max(this.#max, ms);
  }

  /** In milliseconds, each within 2 % above the true one; null where nothing was added. */
  percentiles(): Percentiles | null {
    if (this.#count === 0) return null;
    const sorted = [...this.#buckets].toSorted(([a], [b]) => a - b);
    const at = (share: number): number => {
      let seen = 0;
      for (const [bucket, count] of sorted) {
        seen += count;
        if (seen >= share * this.#count) return Math.min(LEAST_MS * Math.exp((bucket + 1) * GROWTH), this.#max);
      }
      return this.#max;
    };
    return {
      count: this.#count,
      p50: round(at(0.5)),
      p90: round(at(0.9)),
      p99: round(at(0.99)),
      max: round(this.#max),
    };
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
