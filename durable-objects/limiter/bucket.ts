/**
 * A token bucket as plain data, so that it can be kept: `perMinute` tokens at once, and as many again each minute.
 */
const MINUTE_MS = 60_000;

/** How much a name may do. */
export interface Allowance {
  readonly perMinute: number;
}

/** What is left, and when that was so (milliseconds since the epoch). */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** The bucket as it is now; one that was never touched is full. */
export function refill(bucket: Bucket | undefined, { perMinute }: Allowance, now: number): Bucket {
  if (bucket === undefined) return { tokens: perMinute, at: now };
  // A clock that steps back must not take tokens away, nor give them twice when it steps forward again.
  const passed = Math.max(0, now - bucket.at);
  return {
    tokens: Math.min(perMinute, bucket.tokens + (passed * perMinute) / MINUTE_MS),
    at: Math.max(now, bucket.at),
  };
}

/**
 * Takes one token.
 *
 * @returns what is left, and how many milliseconds to wait: 0 where the token was there
 * @example
 * const { bucket, waitMs } = take(undefined, { perMinute: 10 }, Date.now()); // 9 left, no wait
 */
export function take(
  before: Bucket | undefined,
  allowance: Allowance,
  now: number,
): { readonly bucket: Bucket; readonly waitMs: number } {
  const bucket = refill(before, allowance, now);
  if (bucket.tokens >= 1) return { bucket: { ...bucket, tokens: bucket.tokens - 1 }, waitMs: 0 };
  return { bucket, waitMs: Math.ceil(((1 - bucket.tokens) * MINUTE_MS) / allowance.perMinute) };
}

/** Returns a token. */
export function giveBack(before: Bucket | undefined, allowance: Allowance, now: number): Bucket {
  const bucket = refill(before, allowance, now);
  return { ...bucket, tokens: Math.min(allowance.perMinute, bucket.tokens + 1) };
}
