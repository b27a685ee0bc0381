/**
 * [C4] tells the server what is stored: cumulative, coalesced, within 250 ms.
 */
import type { ConversationId } from "../../protocol/ids.ts";
import { RECEIVED_WITHIN_MS } from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";
import type { OutFrame } from "../connection/frames.ts";

/** Earlier than the contract's limit, to leave room for a busy device. */
const COALESCE_MS = RECEIVED_WITHIN_MS - 100;

export class Acks {
  readonly #clock: Clock;
  readonly #send: (frame: OutFrame) => boolean;
  readonly #due = new Map<ConversationId, number>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, send: (frame: OutFrame) => boolean) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Everything up to `seq` is stored. */
  stored(conversation: ConversationId, seq: number): void {
    this.#due.set(conversation, Math.max(seq, this.#due.get(conversation) ?? 0));
    this.#cancel ??= this.#clock.after(COALESCE_MS, () => this.flush());
  }

  /** Sends what is due. Without a link it is forgotten: the next `hello` carries it as a cursor. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const [conversation, seq] of this.#due) this.#send({ type: "received", conversation, seq });
    this.#due.clear();
  }

  down(): void {
    this.#due.clear();
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
