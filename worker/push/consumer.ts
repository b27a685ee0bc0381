/**
 * The queue's consumer [N3]: takes a job, asks the User object what is to be sent now, sends it, and says how it went.
 * Nothing here is waited for by a send or a delivery.
 */
import { codeOf, type PushKind } from "../../protocol/index.ts";
import type { PushJob, PushOrder, PushOutcome } from "../../durable-objects/rpc/push.ts";
import type { Bindings } from "../edge.ts";
import { log, traceOf } from "../log.ts";
import { isolate } from "../metrics/isolate.ts";
import { userObject } from "../objects.ts";
import type { PushAnswer } from "./provider.ts";
import { providerFor } from "./providers.ts";

/** How long a provider may take. */
const TIMEOUT_MS = 10_000;
const DEFAULT_RETRY_S = 10;
const MAX_RETRY_S = 60 * 60;

/** A message as the platform hands it over. */
export type PushMessage = Pick<Message, "id" | "body" | "attempts" | "ack" | "retry">;

/** Sends what a batch asks for, all at once: one that hangs keeps no other waiting. */
export async function sendPushes(messages: readonly PushMessage[], env: Bindings): Promise<void> {
  await Promise.all(
    messages.map(async (message) => {
      try {
        await sendOne(message, env);
      } catch (error) {
        log("error", "push_failed", { message: message.id, attempts: message.attempts, ...traceOf(error) });
        isolate().metrics.count("errors", { where: "push", code: codeOf(error) });
        message.retry({ delaySeconds: backOff(env, message.attempts) });
      }
    }),
  );
  isolate().ship(env, Date.now());
}

/** Counts what no provider took in the end, and lets go of it. */
export async function buryPushes(messages: readonly PushMessage[], env: Bindings): Promise<void> {
  await Promise.all(
    messages.map(async (message) => {
      const job = jobOf(message);
      if (job === undefined) return;
      try {
        await settle(env, job, { kind: "dead" });
      } catch (error) {
        if (codeOf(error) === "unavailable") return message.retry();
      }
      const { kind, user, device, conversation } = job;
      isolate().metrics.count("push_results", { kind, result: "dead" });
      log("error", "push_dead", { kind, user, device, conversation });
      message.ack();
    }),
  );
  isolate().ship(env, Date.now());
}

async function sendOne(message: PushMessage, env: Bindings): Promise<void> {
  const job = jobOf(message);
  if (job === undefined) return;
  if (message.attempts > 1) isolate().metrics.count("retries", { what: "push" });
  const order = await take(env, job);
  if (order === null) return message.ack();

  const answer = await attempt(order, env);
  const outcome = outcomeOf(answer, order, backOff(env, message.attempts));
  report(order.target.kind, answer, message.attempts);
  if (outcome.kind === "retry") {
    await settle(env, job, outcome);
    return message.retry({ delaySeconds: Math.ceil(outcome.delayMs / 1000) });
  }
  // It was sent, or never will be: to try again because this could not be noted would send it twice.
  await settle(env, job, outcome).catch((error: unknown) => log("warn", "push_unsettled", traceOf(error)));
  message.ack();
}

/** What is to be sent; null where nothing is any more, or nobody is there. */
async function take(env: Bindings, job: PushJob): Promise<PushOrder | null> {
  try {
    return await userObject(env, job.user).push("take", job);
  } catch (error) {
    if (codeOf(error) === "device_revoked") return null;
    throw error;
  }
}

function settle(env: Bindings, job: PushJob, outcome: PushOutcome): Promise<void> {
  return userObject(env, job.user).push("settle", { job, outcome });
}

/** Asks the provider, for so long and no longer. */
async function attempt(order: PushOrder, env: Bindings): Promise<PushAnswer> {
  const { kind } = order.target;
  const provider = providerFor(kind, env);
  if (provider === undefined) return { result: "refused", status: 0 };
  const started = Date.now();
  try {
    return await provider(order, AbortSignal.timeout(TIMEOUT_MS));
  } catch (error) {
    if (codeOf(error) === "invalid_request") return { result: "refused", status: 0 };
    log("warn", "push_unreachable", { kind, ...traceOf(error) });
    return { result: "retry", afterMs: undefined };
  } finally {
    isolate().metrics.observe("push_seconds", Date.now() - started, { kind });
  }
}

/** What an answer means. A provider that wants to be asked after the push has lost its worth is not asked again. */
function outcomeOf(answer: PushAnswer, { ttl }: PushOrder, backOffSeconds: number): PushOutcome {
  switch (answer.result) {
    case "accepted":
      return { kind: "sent" };
    case "retry": {
      const delayMs = Math.max(backOffSeconds * 1000, answer.afterMs ?? 0);
      return delayMs < ttl * 1000 ? { kind: "retry", delayMs } : { kind: "dead" };
    }
    default:
      return { kind: answer.result };
  }
}

function report(kind: PushKind, answer: PushAnswer, attempts: number): void {
  const result = answer.result === "retry" ? "retried" : answer.result;
  isolate().metrics.count("push_results", { kind, result });
  if (answer.result !== "refused") return;
  log("error", "push_refused", { kind, status: answer.status, attempts });
}

/** Exponential, half of it by chance, so that what failed together does not come back together. */
function backOff({ PUSH_RETRY_SECONDS: setting }: Pick<Bindings, "PUSH_RETRY_SECONDS">, attempts: number): number {
  const seconds = Number(setting);
  const base = Number.isFinite(seconds) && seconds >= 0 ? seconds : DEFAULT_RETRY_S;
  const ceiling = Math.min(MAX_RETRY_S, base * 2 ** Math.min(attempts - 1, 16));
  return Math.ceil(ceiling / 2 + Math.random() * (ceiling / 2));
}

/** Reads a message; one that this version cannot read is dropped, and said so. */
function jobOf(message: PushMessage): PushJob | undefined {
  const job = message.body as Partial<PushJob> | null;
  if (job?.v === 1 && typeof job.user === "string" && typeof job.ticket === "string") return job as PushJob;
  log("error", "push_unreadable", { message: message.id });
  message.ack();
  return undefined;
}
