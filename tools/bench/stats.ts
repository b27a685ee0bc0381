/** Numbers about numbers. */

/** Percentiles that are kept of every measurement: enough to draw the curve. */
export const SHARES = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 1] as const;

/**
 * The value below which a share of the values lies (nearest rank); NaN for none.
 * @param sorted ascending
 */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle value, the mean of the two in the middle where there are two; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (quantile(sorted, 0.5) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** Times in milliseconds, in outline. */
export interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** At {@link SHARES}. */
  readonly curve: readonly number[];
}

/** @returns undefined for no times at all */
export function timesOf(values: readonly number[]): Times | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => round(quantile(sorted, share));
  return { count: values.length, p50: at(0.5), p99: at(0.99), max: at(1), curve: SHARES.map(at) };
}

/** To three digits that count, which is more than any of these measurements is worth. */
export function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : value;
}
