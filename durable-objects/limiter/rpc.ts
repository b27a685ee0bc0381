/**
 * What the edge may ask of a Limiter object, one of which counts for one name ("register:…", "sign-in:…"). Types only.
 */
import type { Allowance } from "./bucket.ts";

export interface LimiterRpc {
  /**
   * Takes one token.
   * @returns 0 where there was one, else the milliseconds until there is
   */
  take(allowance: Allowance): Promise<number>;
  /** Returns a token that turned out not to be owed: a sign-in that succeeded is no failure. */
  giveBack(allowance: Allowance): Promise<void>;
}
