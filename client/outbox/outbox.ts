/**
 * [C1] the outbox: what the user said and the server does not have yet. Pure but for the effects that it is given.
 *
 * | an item is | until                                                                     |
 * | ---------- | ------------------------------------------------------------------------- |
 * | `queued`   | `sent` → `sent`; a final error → `failed`; anything else is tried again   |
 * | `sent`     | its entry comes by the stream and takes its place: the item goes          |
 * | `failed`   | `retry()` → `queued`, at its old place; `discard()`: it goes              |
 *
 * Each conversation is a lane: one item is under way at a time, in the order of their positions, so that no refusal of one
 * can let a later one overtake it [S2]. Every try of an item has the same id, so that it becomes one entry [S4].
 */
import type { ErrorFrame, SentFrame } from "../../protocol/frames-server.ts";
import type { SendFrame } from "../../protocol/frames-client.ts";
import type { ConversationId, EntryId } from "../../protocol/ids.ts";
import type { Clock } from "../clock.ts";
import { backoff } from "../connection/backoff.ts";
import { errorOf, isRetryable, toData, type Code, type MeridianError } from "../errors.ts";
import type { OutboxRecord } from "../storage/storage.ts";

/** Items that are not sent yet; past that a send is refused with `outbox_full`. */
export const MAX_ITEMS = 1_000;
/** Lanes under way at once: the link has other things to carry too. */
export const MAX_LANES = 32;
/** How long an answer may take before the item is sent again. */
const ANSWER_MS = 20_000;
/** Faults of the server for one item in a row before it counts as failed. */
const MAX_FAULTS = 8;

/** Errors that say nothing about the item: whoever signs in again sends it. */
const SESSION: ReadonlySet<Code> = new Set(["invalid_token", "token_expired", "token_reused", "device_revoked"]);

export interface OutboxEffects {
  readonly clock: Clock;
  readonly random: () => number;
  /** All items, by position. */
  items(): Iterable<OutboxRecord>;
  /** Stores a changed item and tells of it; resolves when it is stored. */
  save(item: OutboxRecord): Promise<void>;
  /** @returns false where there is no link */
  transmit(frame: SendFrame): boolean;
  /** The server has it. */
  sent(item: OutboxRecord, seq: number, at: number): void;
}

interface Lane {
  /** The item under way, if one is. */
  under: EntryId | null;
  /** Ends the wait for its answer, or the pause before the next try. */
  cancel: () => void;
  /** Refusals in a row, for back-off; and those of them that were faults of the server. */
  refusals: number;
  faults: number;
}

export class Outbox {
  readonly #effects: OutboxEffects;
  readonly #lanes = new Map<ConversationId, Lane>();
  #up = false;

  constructor(effects: OutboxEffects) {
    this.#effects = effects;
  }

  /** Whether one more item may come. */
  get full(): boolean {
    let count = 0;
    for (const { status } of this.#effects.items()) if (status !== "sent") count++;
    return count >= MAX_ITEMS;
  }

  /** A position after all others. */
  nextPosition(): number {
    let last = 0;
    for (const { position } of this.#effects.items()) last = Math.max(last, position);
    return last + 1;
  }

  /** There is a link, and the server has answered hello. */
  up(): void {
    this.#up = true;
    this.pump();
  }

  /** The link is gone: what was under way is in doubt and is sent again, with the same ids. */
  down(): void {
    this.#up = false;
    for (const lane of this.#lanes.values()) lane.cancel();
    this.#lanes.clear();
  }

  /** Sends whatever may go now: to be called after each change of the items. */
  pump(): void {
    if (!this.#up) return;
    const taken = new Set<ConversationId>();
    for (const item of [...this.#effects.items()].sort((a, b) => a.position - b.position)) {
      if (item.status !== "queued" || taken.has(item.conversation)) continue;
      taken.add(item.conversation);
      if (this.#lanes.has(item.conversation)) continue;
      if (this.#lanes.size >= MAX_LANES) return;
      if (!this.#transmit(item)) return;
    }
  }

  onSent({ conversation, id, seq, at }: Pick<SentFrame, "conversation" | "id" | "seq" | "at">): void {
    const item = this.#find(id);
    this.#leave(conversation, id);
    if (item !== undefined && item.conversation === conversation && item.status !== "sent") {
      void this.#save({ ...item, status: "sent", seq, at, error: undefined });
      this.#effects.sent(item, seq, at);
    }
    this.pump();
  }

  /** @returns whether the error was the answer to one of the items */
  onError(frame: Pick<ErrorFrame, "ref" | "code" | "message" | "retryAfterMs">): boolean {
    const item = frame.ref === undefined ? undefined : this.#find(frame.ref as EntryId);
    if (item === undefined) return false;
    const lane = this.#lanes.get(item.conversation);
    if (lane?.under !== item.id) return true;
    const error = errorOf(frame.code, frame.message, { retryAfterMs: frame.retryAfterMs });
    if (SESSION.has(error.code)) return true;
    if (!isRetryable(error) || this.#givesUp(lane, error)) {
      this.#leave(item.conversation, item.id);
      if (item.status === "queued") void this.#save({ ...item, status: "failed", error: toData(error) });
      this.pump();
    } else {
      lane.refusals++;
      const { retryAfterMs } = error;
      const again = backoff(lane.refusals, this.#effects.random(), retryAfterMs);
      this.#pause(item.conversation, lane, error.code === "rate_limited" ? (retryAfterMs ?? again) : again);
    }
    return true;
  }

  /** An item's entry came by the stream, or somebody discarded it: nothing waits for its answer any more. */
  gone(id: EntryId): void {
    for (const [conversation, lane] of this.#lanes) if (lane.under === id) this.#leave(conversation, id);
    this.pump();
  }

  #transmit(item: OutboxRecord): boolean {
    const { conversation, id, wire } = item;
    if (!this.#effects.transmit({ type: "send", conversation, id, ...wire })) return false;
    const cancel = this.#effects.clock.after(ANSWER_MS, () => this.#again(conversation));
    const { refusals, faults } = this.#lanes.get(conversation) ?? { refusals: 0, faults: 0 };
    this.#lanes.set(conversation, { under: id, cancel, refusals, faults });
    return true;
  }

  #pause(conversation: ConversationId, lane: Lane, ms: number): void {
    lane.cancel();
    lane.under = null;
    lane.cancel = this.#effects.clock.after(ms, () => this.#again(conversation));
  }

  /** Tries the first item of a lane, the same one as before unless it was discarded. */
  #again(conversation: ConversationId): void {
    const first = [...this.#effects.items()]
      .filter((item) => item.conversation === conversation && item.status === "queued")
      .sort((a, b) => a.position - b.position)[0];
    if (first !== undefined && this.#transmit(first)) return;
    this.#lanes.delete(conversation);
    this.pump();
  }

  /** A server that fails at one item again and again may never take it; being busy is no fault. */
  #givesUp(lane: Lane, error: MeridianError): boolean {
    if (error.code !== "internal") return false;
    lane.faults++;
    return lane.faults >= MAX_FAULTS;
  }

  #leave(conversation: ConversationId, id: EntryId): void {
    const lane = this.#lanes.get(conversation);
    if (lane?.under !== id) return;
    lane.cancel();
    this.#lanes.delete(conversation);
  }

  #find(id: EntryId): OutboxRecord | undefined {
    for (const item of this.#effects.items()) if (item.id === id) return item;
    return undefined;
  }

  /** A store that fails is the book's business: it starts over, and the item is as it was. */
  async #save(item: OutboxRecord): Promise<void> {
    await this.#effects.save(item).catch(() => {});
  }
}
