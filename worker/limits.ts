/**
 * The limits that the edge itself keeps; those on sends are the objects' [S6].
 */
import type { Allowance } from "../durable-objects/limiter/bucket.ts";
import { MeridianError } from "../protocol/index.ts";
import type { Bindings } from "./edge.ts";
import { limiterObject } from "./objects.ts";

const DEFAULT_REGISTER_RATE = 30;
const DEFAULT_SIGN_IN_RATE = 10;

/** Counts a registration of an address. @throws MeridianError `rate_limited` */
export async function limitRegistrations(env: Bindings, address: string): Promise<void> {
  const waitMs = await limiterObject(env, `register:${address}`).take(
    allowance(env.REGISTER_RATE, DEFAULT_REGISTER_RATE),
  );
  if (waitMs > 0) throw tooMany("Too many accounts were made from this address.", waitMs);
}

/**
 * Runs an attempt to prove a password [A4]. It is counted before it is made, so that attempts at the same moment
 * cannot slip past the limit together, and the count is returned where it was no failure.
 *
 * @param attempt answers whether the password was right
 * @throws MeridianError `rate_limited` before the attempt is made
 */
export async function limitFailures(env: Bindings, handle: string, attempt: () => Promise<boolean>): Promise<boolean> {
  const failures = allowance(env.SIGN_IN_RATE, DEFAULT_SIGN_IN_RATE);
  const limiter = () => limiterObject(env, `sign-in:${handle}`);
  const waitMs = await limiter().take(failures);
  if (waitMs > 0) throw tooMany("Too many failed attempts for this handle.", waitMs);
  let failed = false;
  try {
    failed = !(await attempt());
    return !failed;
  } finally {
    if (!failed) await limiter().giveBack(failures);
  }
}

function allowance(setting: string, fallback: number): Allowance {
  const perMinute = Number(setting);
  return { perMinute: Number.isFinite(perMinute) && perMinute >= 1 ? perMinute : fallback };
}

function tooMany(detail: string, retryAfterMs: number): MeridianError {
  return new MeridianError("rate_limited", detail, { retryAfterMs });
}
