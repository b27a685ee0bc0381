/** Questions about a number that changed over time. */
import type { Level } from "./meter.ts";

/**
 * The longest time during which the number was below `least`.
 *
 * @param until when the observation ended
 * @returns milliseconds; 0 where it never was
 */
export function longestBelow(levels: readonly Level[], least: number, until: number): number {
  let longest = 0;
  let since: number | undefined;
  for (const { t, value } of levels) {
    if (value < least) since ??= t;
    else if (since !== undefined) {
      longest = Math.max(longest, t - since);
      since = undefined;
    }
  }
  return since === undefined ? longest : Math.max(longest, until - since);
}

/**
 * How long it took from the highest value back down to what was normal.
 *
 * @param normalUntil the highest value before this time is what is normal
 * @returns milliseconds; 0 where it never rose above, undefined where it never came back
 */
export function drainTime(levels: readonly Level[], normalUntil: number): number | undefined {
  let normal = 0;
  let peak: Level = { t: 0, value: 0 };
  for (const level of levels) {
    if (level.t < normalUntil) normal = Math.max(normal, level.value);
    if (level.value > peak.value) peak = level;
  }
  if (peak.value <= normal) return 0;
  const back = levels.find(({ t, value }) => t > peak.t && value <= normal);
  return back === undefined ? undefined : back.t - peak.t;
}

/** The most events within any one second. @param times ascending, in milliseconds */
export function peakPerSecond(times: readonly number[]): number {
  let peak = 0;
  let from = 0;
  for (const [index, t] of times.entries()) {
    while (t - (times[from] ?? t) >= 1_000) from++;
    peak = Math.max(peak, index - from + 1);
  }
  return peak;
}
