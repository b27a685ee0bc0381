import { codeOf } from "../protocol/index.ts";
import { sweepErasures } from "./accounts/erasure.ts";
import type { Bindings } from "./edge.ts";
import { log, traceOf } from "./log.ts";
import { sweepMedia } from "./media/sweep.ts";
import { isolate } from "./metrics/isolate.ts";

/** What the cron trigger of wrangler.toml runs; a job that fails is logged, left to the next run, and stops no other. */
export async function scheduled(env: Bindings, now: number): Promise<void> {
  await attempt("erasures", () => sweepErasures(env, now));
  await attempt("media", async () => {
    const ports = { bucket: env.MEDIA, conversation: (id: string) => env.CONVERSATION.getByName(id) };
    const swept = await sweepMedia(ports, now);
    if (swept.looked > 0) log("info", "media_swept", { ...swept });
  });
}

async function attempt(job: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    isolate().metrics.count("errors", { where: "schedule", code: codeOf(error) });
    log("error", "sweep_failed", { job, ...traceOf(error) });
  }
}
