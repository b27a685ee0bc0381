import type { Bindings } from "./edge.ts";
import { log } from "./log.ts";
import { buryPushes, sendPushes } from "./push/consumer.ts";

/**
 * Consumes the queues of wrangler.toml, by name; environments add theirs to the end. Messages of a queue that this version
 * does not know go back: a newer version may have sent them, and after the last attempt the dead-letter queue keeps them.
 */
export async function queue(
  batch: Pick<MessageBatch, "queue" | "messages" | "retryAll">,
  env: Bindings,
): Promise<void> {
  if (batch.queue.startsWith("meridian-push-dlq")) return buryPushes(batch.messages, env);
  if (batch.queue.startsWith("meridian-push")) return sendPushes(batch.messages, env);
  log("error", "unknown_queue", { queue: batch.queue, messages: batch.messages.length });
  batch.retryAll();
}
