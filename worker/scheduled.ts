import { sweepErasures } from "./accounts/erasure.ts";
import type { Bindings } from "./edge.ts";
import { log, traceOf } from "./log.ts";

/** What the cron trigger of wrangler.toml runs; a failure is logged and left to the next run. */
export async function scheduled(env: Bindings, now: number): Promise<void> {
  try {
    await sweepErasures(env, now);
  } catch (error) {
    log("error", "sweep_failed", traceOf(error));
  }
}
