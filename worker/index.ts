/**
 * What the platform runs: the edge, the queue consumers, the schedule, and the classes of the objects.
 */
import { liveUsers } from "../durable-objects/user/live.ts";
import { metrics } from "../durable-objects/shared/metrics.ts";
import { shipMetrics } from "../durable-objects/shared/metrics-points.ts";
import { openMetrics } from "../durable-objects/shared/metrics-text.ts";
import { app } from "./app.ts";
import type { Bindings } from "./edge.ts";
import { shareIsolate } from "./metrics/isolate.ts";
import { queue } from "./queue.ts";
import { scheduled } from "./scheduled.ts";

export { Conversation } from "../durable-objects/conversation/object.ts";
export { Limiter } from "../durable-objects/limiter/object.ts";
export { User } from "../durable-objects/user/object.ts";

shareIsolate({ metrics, text: () => openMetrics(metrics), ship: shipMetrics, liveUsers });

export default {
  fetch: app.fetch,
  queue: (batch, env) => queue(batch, env),
  scheduled: (_controller, env) => scheduled(env, Date.now()),
} satisfies ExportedHandler<Bindings>;
