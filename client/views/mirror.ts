/**
 * What an engine says, kept up to date on this side of it: the one source of every view.
 */
import type { ConversationId, EntryId, UserId } from "../../protocol/ids.ts";
import type { Change, EndReason, Engine, EngineState, Identity, Link, Versioned } from "../engine/api.ts";
import { Listeners } from "../observable.ts";
import type { ConversationRecord, OutboxRecord } from "../storage/storage.ts";
import type { PresenceState } from "../types/state.ts";

export class Mirror {
  readonly records = new Map<ConversationId, ConversationRecord>();
  readonly outbox = new Map<EntryId, OutboxRecord>();
  readonly typing = new Map<ConversationId, readonly UserId[]>();
  readonly presence = new Map<UserId, PresenceState>();
  identity: Identity | null = null;
  endReason: EndReason = "none";
  link: Link;
  clockOffset = 0;
  /** False until the first state is there. */
  loaded = false;
  readonly #listeners = new Listeners<Change>();
  /** What came while a state was asked for; null when none is. */
  #waiting: Versioned[] | null = null;
  #loading: Promise<void> = Promise.resolve();
  #stop: (() => void) | undefined;

  constructor(url: string) {
    this.link = { status: "idle", url };
  }

  get me(): UserId | null {
    return this.identity?.user.id ?? null;
  }

  /** Calls the listener after each change is in; `restart` says that all of it is new. */
  watch(listener: (change: Change) => void): () => void {
    return this.#listeners.add(listener);
  }

  /**
   * Follows an engine from its present state on.
   * @returns resolves when that state is there
   */
  async attach(engine: Engine): Promise<void> {
    this.#stop = engine.subscribe((versioned) => this.#onChange(engine, versioned));
    await this.#load(engine);
    // A restart in the meantime began a newer load, and that one counts.
    while (!this.loaded) await this.#loading;
  }

  detach(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#listeners.clear();
  }

  #onChange(engine: Engine, versioned: Versioned): void {
    // A load that fails in the background has a successor: the engine went away, and the next one says so.
    if (versioned.change.type === "restart") this.#load(engine).catch(() => {});
    else if (this.#waiting !== null) this.#waiting.push(versioned);
    else this.#take(versioned.change);
  }

  #load(engine: Engine): Promise<void> {
    this.#loading = this.#fetch(engine);
    return this.#loading;
  }

  async #fetch(engine: Engine): Promise<void> {
    const waiting: Versioned[] = [];
    this.#waiting = waiting;
    const state = await engine.state();
    // A newer load has begun.
    if (this.#waiting !== waiting) return;
    this.#waiting = null;
    this.#fill(state);
    this.#listeners.call({ type: "restart" });
    for (const { version, change } of waiting) if (version > state.version) this.#take(change);
  }

  #fill(state: EngineState): void {
    for (const map of [this.records, this.outbox, this.typing, this.presence]) map.clear();
    this.identity = state.identity;
    this.endReason = state.endReason;
    this.link = state.link;
    this.clockOffset = state.clockOffset;
    this.loaded = true;
    // What an expired session left behind is nobody's to look at.
    if (state.identity === null) return;
    for (const record of state.records) this.records.set(record.id, record);
    for (const item of state.outbox) this.outbox.set(item.id, item);
    for (const { conversation, users } of state.typing) this.typing.set(conversation, users);
    for (const presence of state.presence) this.presence.set(presence.user, presence);
  }

  #take(change: Change): void {
    switch (change.type) {
      case "session":
        this.identity = change.identity;
        this.endReason = change.reason;
        if (change.identity === null) {
          for (const map of [this.records, this.outbox, this.typing, this.presence]) map.clear();
        }
        break;
      case "link":
        this.link = change.link;
        break;
      case "clock":
        this.clockOffset = change.offset;
        break;
      case "record":
        this.records.set(change.record.id, change.record);
        break;
      case "outbox":
        this.outbox.set(change.item.id, change.item);
        break;
      case "outboxGone":
        this.outbox.delete(change.id);
        break;
      case "typing":
        if (change.users.length === 0) this.typing.delete(change.conversation);
        else this.typing.set(change.conversation, change.users);
        break;
      case "presence":
        this.presence.set(change.presence.user, change.presence);
        break;
      default:
    }
    this.#listeners.call(change);
  }
}
