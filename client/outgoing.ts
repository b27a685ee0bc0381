/**
 * What became of the entries that were sent through this instance.
 */
import type { ConversationId, EntryId } from "../protocol/ids.ts";
import type { Change, Engine } from "./engine/api.ts";
import { errorOf, fromData, type MeridianError } from "./errors.ts";
import type { Outgoing } from "./types/api.ts";
import type { Mirror } from "./views/mirror.ts";

type Durable = { readonly seq: number; readonly at: number };

interface Waiting {
  readonly conversation: ConversationId;
  readonly resolve: (durable: Durable) => void;
  readonly reject: (error: MeridianError) => void;
}

export class OutgoingEntries {
  readonly #engine: Promise<Engine>;
  readonly #mirror: Mirror;
  /** As many as the outbox holds at most. */
  readonly #waiting = new Map<EntryId, Waiting>();

  constructor(engine: Promise<Engine>, mirror: Mirror) {
    this.#engine = engine;
    this.#mirror = mirror;
    mirror.watch((change) => this.#onChange(change));
  }

  /** Starts to follow an entry: before it enters the outbox, so that nothing is missed. */
  follow(conversation: ConversationId, id: EntryId): Outgoing {
    const sent = new Promise<Durable>((resolve, reject) => {
      this.#waiting.set(id, { conversation, resolve, reject });
    });
    // Whoever does not ask need not care.
    sent.catch(() => {});
    return { id, conversation, sent: () => sent };
  }

  /** The entry did not even enter the outbox. */
  drop(id: EntryId): void {
    this.#waiting.delete(id);
  }

  /** Nothing more will be heard. */
  close(error: MeridianError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #onChange(change: Change): void {
    switch (change.type) {
      case "sent":
        this.#take(change.id)?.resolve({ seq: change.seq, at: change.at });
        return;
      case "outbox":
        if (change.item.status === "failed" && change.item.error !== undefined) {
          this.#take(change.item.id)?.reject(fromData(change.item.error));
        }
        return;
      case "outboxGone":
        if (change.why === "discarded") this.#take(change.id)?.reject(discarded());
        return;
      case "session":
        if (change.identity === null) this.close(errorOf("signed_out", "The session ended before it was sent."));
        return;
      case "restart":
        void this.#catchUp();
        return;
      default:
    }
  }

  /** Another engine took over: what happened in between is read from what it holds. */
  async #catchUp(): Promise<void> {
    const { me } = this.#mirror;
    if (this.#waiting.size === 0 || me === null) return;
    const engine = await this.#engine;
    for (const [id, { conversation }] of Array.from(this.#waiting)) {
      const item = this.#mirror.outbox.get(id);
      if (item?.status === "queued") continue;
      if (item?.status === "failed" && item.error !== undefined) this.#take(id)?.reject(fromData(item.error));
      else if (item?.status === "sent") this.#take(id)?.resolve({ seq: item.seq ?? 0, at: item.at ?? 0 });
      else {
        const [found] = await engine.quoted(conversation, [{ sender: me, id }]).catch(() => []);
        // Not yet in the outbox either: it is on its way to the new engine.
        if (found !== undefined) this.#take(id)?.resolve({ seq: found.entry.entry.seq, at: found.entry.entry.at });
      }
    }
  }

  #take(id: EntryId): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

function discarded(): MeridianError {
  return errorOf("discarded", "The message was discarded.");
}
