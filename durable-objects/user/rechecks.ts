/**
 * Conversations whose log must be looked at again soon: a call failed, or its outcome is unknown. In memory, and looked
 * at before an idle object would hibernate; an object that dies takes its sockets along, and they resume.
 */
import type { ConversationId } from "../../protocol/index.ts";
import type { Core } from "./core.ts";

const FIRST_MS = 500;
/** Below the ten seconds of idleness after which the platform may hibernate the object. */
const CAP_MS = 8_000;

export class Rechecks {
  readonly #core: Core;
  readonly #tries = new Map<ConversationId, { tries: number; due: number }>();

  constructor(core: Core) {
    this.#core = core;
  }

  get pending(): boolean {
    return this.#tries.size > 0;
  }

  add(conversation: ConversationId): void {
    const tries = (this.#tries.get(conversation)?.tries ?? 0) + 1;
    const due = this.#core.clock() + Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(tries, 8));
    this.#tries.set(conversation, { tries, due });
    this.#core.wakeAt(due);
  }

  /** What is due now; each stays on the list until {@link done}. */
  due(): ConversationId[] {
    const now = this.#core.clock();
    return [...this.#tries].filter(([, { due }]) => due <= now).map(([conversation]) => conversation);
  }

  done(conversation: ConversationId): void {
    this.#tries.delete(conversation);
  }

  next(): number | null {
    let next: number | null = null;
    for (const { due } of this.#tries.values()) next = Math.min(next ?? Infinity, due);
    return next;
  }
}
