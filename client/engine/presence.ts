/**
 * Whose presence is watched, by which tab, and what is known of it.
 */
import type { UserId } from "../../protocol/ids.ts";
import { MAX_WATCHED } from "../../protocol/limits.ts";
import type { OutFrame } from "../connection/frames.ts";
import type { PresenceState } from "../types/state.ts";

export interface PresencePorts {
  send(frame: OutFrame): boolean;
  changed(presence: PresenceState): void;
}

export class Presence {
  readonly #ports: PresencePorts;
  readonly #byTab = new Map<string, ReadonlySet<UserId>>();
  readonly #known = new Map<UserId, PresenceState>();
  /** Whom the server was asked to watch over the present link. */
  #watched = new Set<UserId>();

  constructor(ports: PresencePorts) {
    this.#ports = ports;
  }

  all(): PresenceState[] {
    return [...this.#known.values()];
  }

  /** Everyone whom a tab watches now; an empty list when the tab has gone. */
  set(tab: string, users: readonly UserId[]): void {
    if (users.length === 0) this.#byTab.delete(tab);
    else this.#byTab.set(tab, new Set(users));
    this.#sync();
  }

  onFrame({ user, state, lastSeen }: Omit<PresenceState, "state"> & { state: "online" | "offline" }): void {
    if (!this.#watched.has(user)) return;
    const presence: PresenceState = { user, state, lastSeen };
    this.#known.set(user, presence);
    this.#ports.changed(presence);
  }

  /** There is a new link: it watches nobody yet. */
  up(): void {
    this.#watched = new Set();
    this.#sync();
  }

  /** The link is gone, and with it the news. */
  down(): void {
    for (const { user } of this.#known.values()) this.#ports.changed({ user, state: "unknown", lastSeen: null });
    this.#known.clear();
  }

  #sync(): void {
    // The server has a limit; who comes after it is simply not shown as online.
    const wanted = new Set([...this.#byTab.values()].flatMap((users) => [...users]).slice(0, MAX_WATCHED));
    const gone = [...this.#watched].filter((user) => !wanted.has(user));
    const fresh = [...wanted].filter((user) => !this.#watched.has(user));
    if (gone.length > 0 && this.#ports.send({ type: "unwatch", users: gone })) {
      for (const user of gone) {
        this.#watched.delete(user);
        this.#known.delete(user);
      }
    }
    if (fresh.length > 0 && this.#ports.send({ type: "watch", users: fresh })) {
      for (const user of fresh) this.#watched.add(user);
    }
  }
}
