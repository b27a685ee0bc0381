/**
 * Every send of the history by its key (conversation, user, id) [E1]: what was sent first, and how it was answered.
 */
import type { EventOf, HistoryEvent } from "./events.ts";
import { Keyed } from "./keyed.ts";
import type { World } from "./world.ts";

export interface Answer {
  readonly seq: number;
  readonly at: number;
  readonly line: number;
}

export interface Send {
  readonly conversation: string;
  readonly user: string;
  readonly id: string;
  readonly kind: string;
  readonly digest: string | undefined;
  readonly line: number;
  readonly t: number;
  attempts: number;
  /** Attempts answered with an error that says that nothing was appended. */
  refused: number;
  /** False once the same id was sent with something else: then `id_conflict` is a right answer. */
  consistent: boolean;
  /** The first answer in the history, and the one that was not marked as a duplicate. */
  first: Answer | undefined;
  original: Answer | undefined;
}

export class Ledger {
  readonly #world: World;
  readonly #sends = new Keyed<Map<string, Send>>(() => new Map());
  sent = 0;
  acknowledged = 0;

  constructor(world: World) {
    this.#world = world;
  }

  see(event: HistoryEvent, line: number): void {
    if (event.type === "sent") this.#sent(event, line);
    else if (event.type === "rejected") this.#rejected(event);
  }

  find(conversation: string, user: string, id: string): Send | undefined {
    return this.#sends.find(conversation, user)?.get(id);
  }

  *all(): Iterable<Send> {
    for (const [, , sends] of this.#sends.entries()) yield* sends.values();
  }

  #sent(event: EventOf<"sent">, line: number): void {
    const { conversation, id, kind, digest, t } = event;
    const user = this.#world.userOf(event.device);
    if (user === undefined) return;
    const sends = this.#sends.of(conversation, user);
    const before = sends.get(id);
    if (before === undefined) {
      this.sent++;
      const blank = { attempts: 1, refused: 0, consistent: true, first: undefined, original: undefined };
      sends.set(id, { conversation, user, id, kind, digest, line, t, ...blank });
      return;
    }
    before.attempts++;
    if (before.kind !== kind || before.digest !== digest) before.consistent = false;
  }

  #rejected(event: EventOf<"rejected">): void {
    const user = this.#world.userOf(event.device);
    const send = user === undefined ? undefined : this.find(event.conversation, user, event.id);
    if (send !== undefined && !isUnsure(event.code)) send.refused++;
  }
}

/** After these errors the entry may be in the log, or may not; after `id_conflict` another one with its id is. */
export function isUnsure(code: string): boolean {
  return code === "unavailable" || code === "internal" || code === "id_conflict";
}
