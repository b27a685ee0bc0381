/**
 * Metrics on their way to Analytics Engine: what gathered in the isolate since the last time, one data point per series
 * that moved. Shipped in passing, by events that happen anyway: no timer keeps anything awake for it. What an isolate
 * gathered after its last event is lost with it: at most a few seconds of numbers, never of messages.
 */
import { metrics, type Registry, type Series } from "./metrics.ts";

/** What the platform's binding offers. Writing is fire-and-forget. */
export interface Dataset {
  writeDataPoint(point: { indexes: string[]; blobs: string[]; doubles: number[] }): void;
}

export interface PointsSource {
  readonly METRICS?: Dataset | undefined;
  readonly VERSION?: string | undefined;
}

/** How much gathers in one point. */
const EVERY_MS = 10_000;
/** The platform takes 25 in one invocation; the rest comes with an event a second later. */
const AT_ONCE = 20;
const AGAIN_MS = 1_000;

interface Shipped {
  count: number;
  sum: number;
  buckets: number[];
}

export class Points {
  readonly #registry: Registry;
  readonly #shipped = new WeakMap<Series, Shipped>();
  #dueAt: number;

  constructor(registry: Registry, now: number) {
    this.#registry = registry;
    this.#dueAt = now + EVERY_MS;
  }

  /**
   * Ships what gathered, if it is time.
   *
   * @param env has the dataset and the version of the code that counted
   * @param now milliseconds since the epoch
   */
  ship({ METRICS: dataset, VERSION: version = "" }: PointsSource, now: number): void {
    if (now < this.#dueAt || dataset === undefined) return;
    this.#dueAt = now + EVERY_MS;
    let left = AT_ONCE;
    for (const series of this.#registry.series()) {
      const before = this.#shipped.get(series) ?? { count: 0, sum: 0, buckets: [] };
      if (series.count === before.count) continue;
      if (left-- === 0) {
        this.#dueAt = now + AGAIN_MS;
        return;
      }
      dataset.writeDataPoint(point(series, before, version));
      this.#shipped.set(series, { count: series.count, sum: series.sum, buckets: [...series.buckets] });
      series.max = 0;
    }
  }
}

const ofThisIsolate = new Points(metrics, 0);

/** Ships what gathered in this isolate, if it is time. Called by events that happen anyway. */
export function shipMetrics(env: PointsSource, now: number = Date.now()): void {
  ofThisIsolate.ship(env, now);
}

/**
 * `index1` the metric; `blob1` its labels as `name=value`, `blob2` the version; `double1` how many were added, `double2`
 * their sum, `double3` the greatest, `double4` the value of a gauge, `double5` on the values per bucket.
 */
function point({ name, labels, count, sum, max, buckets }: Series, before: Shipped, version: string) {
  return {
    indexes: [name],
    blobs: [labels.map(([label, value]) => `${label}=${value}`).join(","), version],
    doubles: [
      count - before.count,
      sum - before.sum,
      max,
      count,
      ...buckets.map((inside, index) => inside - (before.buckets[index] ?? 0)),
    ],
  };
}
