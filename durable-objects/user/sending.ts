/**
 * Sends of this user on their way to the logs: one lane per conversation with one call in flight, so that the order of a
 * device's sends is the order of their seqs [S2], and what gathers behind a call goes together in the next one.
 */
import {
  codeOf,
  MeridianError,
  type AppendRequest,
  type AppendResult,
  type ConversationId,
  type DeviceId,
  type ErrorCode,
} from "../../protocol/index.ts";
import type { AppendItem, AppendOutcome } from "../rpc/conversation.ts";
import { pause } from "../shared/call.ts";
import { Load } from "../shared/load.ts";
import { metrics } from "../shared/metrics.ts";
import { TokenBucket } from "../shared/token-bucket.ts";
import type { Core } from "./core.ts";
import type { Deliveries } from "./delivery.ts";
import type { Inbox } from "./inbox.ts";
import type { Links } from "./links.ts";

/** Sends in one call; and characters of their bodies, well below what a call may carry. */
const BATCH = 64;
const BATCH_CHARS = 4 * 1024 * 1024;
/** Sends of one user that wait or are under way; past it the next one is told to come again. */
const MAX_WAITING = 2_048;
const MAX_WAITING_CHARS = 16 * 1024 * 1024;
/** With this many waiting, best-effort work is dropped. */
const MANY_WAITING = 256;
/**
 * In a burst a call waits this long for more sends. The runtime hands over one message of a socket per turn of its loop, so
 * that without a pause most of what a client has sent is still unread when the call leaves; and while sockets have
 * something to read, it does not look for others that have.
 */
const BREATH_MS = 1;
/** A burst is over when no call carried more than one send for this long. */
const BURST_MS = 20;
/** A send that would wait longer than this is told to come again instead. */
const MAX_WAIT_MS = 5_000;

interface Waiting {
  readonly item: AppendItem;
  readonly size: number;
  readonly since: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

export interface SendingPorts {
  readonly core: Core;
  readonly inbox: Inbox;
  readonly deliveries: Deliveries;
  readonly links: Pick<Links, "append">;
  /** The outcome of a call is unknown: the log is to be looked at again soon. */
  readonly retry: (conversation: ConversationId) => void;
}

export class Sending {
  readonly #ports: SendingPorts;
  readonly #lanes = new Map<ConversationId, Waiting[]>();
  readonly #bucket: TokenBucket;
  readonly #load: Load;
  #waiting = 0;
  #waitingChars = 0;
  /** Until when sends are taken to come faster than calls go. */
  #burstUntil = 0;

  constructor(ports: SendingPorts) {
    this.#ports = ports;
    const { settings, clock } = ports.core;
    this.#bucket = new TokenBucket(settings.sendRatePerUser, settings.sendBurstPerUser, clock);
    this.#load = new Load(clock);
  }

  /**
   * Sends, in the order of the calls. Resolves once the entry is durable [S1].
   * @throws MeridianError as the conversation says, `rate_limited` [S6], or `unavailable` where it is unknown whether
   * the entry was appended: the same id again finds out
   */
  send(device: DeviceId, conversation: ConversationId, { id, ...content }: AppendRequest): Promise<AppendResult> {
    const wait = this.#bucket.take();
    if (wait > 0) {
      return refuse("rate_limited", "Too many sends: wait a moment.", wait);
    }
    if (this.#waiting >= MAX_WAITING || this.#waitingChars >= MAX_WAITING_CHARS) {
      return refuse("rate_limited", "Too many sends wait for their turn.", 1_000);
    }
    const lane = this.#lanes.get(conversation);
    const expected = Math.ceil(((lane?.length ?? 0) + 1) / BATCH) * this.#load.lagMs;
    if (lane !== undefined && expected > MAX_WAIT_MS) {
      return refuse("rate_limited", "The conversation takes no more right now.", Math.ceil(expected / 2));
    }
    return new Promise((resolve, reject) => {
      const size = JSON.stringify(content.body).length;
      const since = this.#ports.core.clock();
      const waiting: Waiting = { item: { device, id, content }, size, since, resolve, reject };
      this.#waiting += 1;
      this.#waitingChars += size;
      if (lane !== undefined) {
        lane.push(waiting);
        return;
      }
      this.#lanes.set(conversation, [waiting]);
      void this.#run(conversation);
    });
  }

  /** Whether best-effort work of this user is to be dropped [P3]. */
  get busy(): boolean {
    return this.#load.busy || this.#waiting >= MANY_WAITING;
  }

  async #run(conversation: ConversationId): Promise<void> {
    const lane = this.#lanes.get(conversation) ?? [];
    const { clock } = this.#ports.core;
    while (lane.length > 0) {
      if (lane.length < BATCH && clock() < this.#burstUntil) await pause(BREATH_MS);
      const batch = take(lane);
      if (batch.length > 1) this.#burstUntil = clock() + BURST_MS;
      await this.#append(conversation, batch);
    }
    this.#lanes.delete(conversation);
  }

  async #append(conversation: ConversationId, batch: readonly Waiting[]): Promise<void> {
    const { core, inbox, deliveries, links, retry } = this.#ports;
    const started = core.clock();
    try {
      // Before the call leaves: should this object die before the answer, a resume still looks at the conversation.
      inbox.touch(conversation);
      const items = batch.map(({ item }) => item);
      const reply = await links.append(conversation, items);
      for (const [index, waiting] of batch.entries()) settle(conversation, waiting, reply.outcomes[index]);
      // The acknowledgements are waited for, what the sender wrote itself is not: they leave first.
      await Promise.resolve();
      if (reply.batch !== null) {
        inbox.note(conversation, reply.batch);
        deliveries.offer(conversation, reply.batch);
      } else if (reply.outcomes.some((outcome) => outcome.ok && outcome.duplicate)) {
        retry(conversation);
      }
      const now = core.clock();
      this.#load.answered(now - started);
      for (const { since } of batch) metrics.observe("ack_seconds", now - since, {});
    } catch (error) {
      if ((error as { code?: unknown }).code === "unavailable") retry(conversation);
      metrics.count("sends", { outcome: outcomeOf(error) }, batch.length);
      for (const { reject } of batch) reject(error);
    } finally {
      this.#waiting -= batch.length;
      for (const { size } of batch) this.#waitingChars -= size;
    }
  }
}

/** The next sends of a lane, as many as fit one call. */
function take(lane: Waiting[]): Waiting[] {
  let chars = 0;
  let count = 0;
  for (const { size } of lane) {
    chars += size;
    if (count > 0 && (count >= BATCH || chars > BATCH_CHARS)) break;
    count += 1;
  }
  return lane.splice(0, count);
}

function settle(
  conversation: ConversationId,
  { item, resolve, reject }: Waiting,
  outcome: AppendOutcome | undefined,
): void {
  if (outcome === undefined) {
    metrics.count("sends", { outcome: "failed" });
    reject(new MeridianError("internal", "The conversation gave no answer to this send."));
  } else if (outcome.ok) {
    const { seq, at, duplicate } = outcome;
    metrics.count("sends", { outcome: duplicate ? "duplicate" : "sent" });
    resolve({ conversation, id: item.id, seq, at, ...(duplicate ? { duplicate } : {}) });
  } else {
    metrics.count("sends", { outcome: outcomeOf(outcome) });
    reject(new MeridianError(outcome.code, outcome.message, { retryAfterMs: outcome.retryAfterMs }));
  }
}

function outcomeOf(error: unknown): "limited" | "unavailable" | "failed" | "refused" {
  const code = codeOf(error);
  if (code === "rate_limited") return "limited";
  return code === "unavailable" ? "unavailable" : code === "internal" ? "failed" : "refused";
}

function refuse(code: ErrorCode, message: string, retryAfterMs: number): Promise<never> {
  metrics.count("sends", { outcome: "limited" });
  return Promise.reject(new MeridianError(code, message, { retryAfterMs }));
}
