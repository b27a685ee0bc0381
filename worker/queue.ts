import { log } from "./log.ts";

/**
 * Consumes the queues of wrangler.toml, by name. Messages of a queue that this version does not know go back: a newer
 * version may have sent them, and after the last attempt the dead-letter queue keeps them.
 */
export function queue(batch: Pick<MessageBatch, "queue" | "messages" | "retryAll">): void {
  log("error", "unknown_queue", { queue: batch.queue, messages: batch.messages.length });
  batch.retryAll();
}
