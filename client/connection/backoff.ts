/**
 * [C3] full-jitter exponential back-off: wait a random time up to a bound that doubles.
 */

export const BACKOFF_BASE_MS = 500;
export const BACKOFF_CAP_MS = 30_000;
/** A link that was up for so long starts from the base again. */
export const HEALTHY_AFTER_MS = 10_000;

/**
 * How long to wait before a try.
 *
 * @param failures in a row so far, at least 1
 * @param random from 0 up to 1
 * @param atLeastMs what the server asked for, in ms: the jitter is added to it, so that clients do not return in step
 */
export function backoff(failures: number, random: number, atLeastMs = 0): number {
  const bound = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.min(failures - 1, 16));
  return Math.round(atLeastMs + random * bound);
}
