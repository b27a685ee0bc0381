/**
 * How hot a conversation is, and whether its fan-out keeps up: looked at by the alarm that follows every commit, so that
 * it costs the path of a message nothing.
 */
import { warn } from "../shared/log.ts";
import { metrics } from "../shared/metrics.ts";
import type { Core } from "./core.ts";
import { CHECK_AFTER_MS, type FanOut } from "./fanout.ts";

/** Of the entries per second that a conversation may take: past that it is hot. */
const HOT = 0.5;

export class Heat {
  readonly #core: Core;
  readonly #fanOut: Pick<FanOut, "backlog">;
  #head: number;
  #at: number;

  constructor(core: Core, fanOut: Pick<FanOut, "backlog">) {
    this.#core = core;
    this.#fanOut = fanOut;
    this.#head = core.log.head;
    this.#at = core.clock();
  }

  /** Called by the alarm. */
  look(): void {
    const { log, clock, settings, info } = this.#core;
    const now = clock();
    const entries = log.head - this.#head;
    // An alarm that slept long before it was armed again must not thin out what came just now.
    const seconds = Math.min(CHECK_AFTER_MS, Math.max(1, now - this.#at)) / 1_000;
    this.#head = log.head;
    this.#at = now;
    const { members, lagging } = this.#fanOut.backlog();
    metrics.observe("fanout_backlog_members", members, {});
    metrics.observe("fanout_lagging_members", lagging, {});
    if (entries === 0) return;
    const rate = entries / seconds;
    metrics.observe("conversation_rate", rate, {});
    if (rate <= settings.sendRatePerConversation * HOT) return;
    metrics.count("hot_conversations", {});
    warn("hot_conversation", { conversation: info.id, perSecond: Math.round(rate), waiting: members, lagging });
  }
}
