/**
 * Where numbers come together: one registry per isolate, which the edge and the objects in it share. Recording is an
 * addition in memory: it waits for nothing, sets no timer and holds no object awake.
 *
 * Locally one process has one isolate, so its registry knows everything and `/metrics` shows it. In production there are
 * many isolates and nobody can ask each; there what gathered is shipped to Analytics Engine (see metrics-points.ts).
 */
import {
  definitionOf,
  type CounterName,
  type Definition,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  type MetricName,
} from "./metrics-definitions.ts";

/** What the code that does the work sees of metrics. */
export interface Metrics {
  /** Adds to a counter. */
  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by?: number): void;
  /** Takes note of a value: milliseconds where the metric's unit is seconds. */
  observe<Name extends HistogramName>(name: Name, value: number, labels: LabelsOf<Name>): void;
  /** Moves a gauge up or down. */
  move(name: GaugeName, by: number): void;
}

/** One metric with one set of labels. */
export interface Series {
  readonly name: MetricName;
  readonly labels: readonly (readonly [label: string, value: string])[];
  /** Counter and gauge: the value. Histogram: how many values were seen. */
  count: number;
  /** Of a histogram's values; also its greatest since it was last shipped. */
  sum: number;
  max: number;
  /** Values per bucket, not cumulative; the last one has no bound. */
  readonly buckets: number[];
}

const OTHER = "other";

export class Registry implements Metrics {
  readonly #series = new Map<string, Series>();

  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    this.#at(name, labels).count += by;
  }

  observe<Name extends HistogramName>(name: Name, value: number, labels: LabelsOf<Name>): void {
    const series = this.#at(name, labels);
    // A clock that stepped back between two looks must not take anything away.
    const seen = Math.max(0, value);
    series.count += 1;
    series.sum += seen;
    series.max = Math.max(series.max, seen);
    const bounds = definitionOf(name).buckets ?? [];
    let index = 0;
    while (index < bounds.length && seen > (bounds[index] ?? 0)) index++;
    series.buckets[index] = (series.buckets[index] ?? 0) + 1;
  }

  move(name: GaugeName, by: number): void {
    this.#at(name, {}).count += by;
  }

  /** Every series that was ever recorded, in no order. */
  series(): Iterable<Series> {
    return this.#series.values();
  }

  /** The value of a counter or gauge, or how many values a histogram saw. */
  value<Name extends MetricName>(name: Name, labels: LabelsOf<Name>): number {
    return this.#series.get(keyOf(name, labels))?.count ?? 0;
  }

  #at(name: MetricName, labels: Readonly<Record<string, string>>): Series {
    const key = keyOf(name, labels);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    return this.#make(name, labels);
  }

  /** What a compiler could not see, a value that is not in the list, becomes `other`: the number of series stays fixed. */
  #make(name: MetricName, given: Readonly<Record<string, string>>): Series {
    const definition = definitionOf(name);
    const labels = Object.entries(definition.labels).map(([label, values]): [string, string] => {
      const value = given[label] ?? "";
      return [label, values.includes(value) ? value : OTHER];
    });
    const key = keyOf(name, Object.fromEntries(labels));
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const series: Series = { name, labels, count: 0, sum: 0, max: 0, buckets: emptyBuckets(definition) };
    this.#series.set(key, series);
    return series;
  }
}

/** The registry of this isolate. */
export const metrics = new Registry();

function emptyBuckets({ buckets }: Definition): number[] {
  return buckets === undefined ? [] : Array.from({ length: buckets.length + 1 }, () => 0);
}

function keyOf(name: MetricName, labels: Readonly<Record<string, string>>): string {
  let key: string = name;
  for (const label in labels) key += `|${labels[label]}`;
  return key;
}
