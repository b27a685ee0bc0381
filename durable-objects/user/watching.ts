/**
 * The other half of presence: whom this user's sockets watch.
 */
import { MAX_WATCHED, type UserId } from "../../protocol/index.ts";
import type { PresenceNow } from "../rpc/user.ts";
import type { Connection } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Core } from "./core.ts";
import type { Inbox } from "./inbox.ts";

export class Watching {
  readonly #core: Core;
  readonly #inbox: Inbox;
  readonly #connections: Connections;

  constructor(core: Core, inbox: Inbox, connections: Connections) {
    this.#core = core;
    this.#inbox = inbox;
    this.#connections = connections;
  }

  /** Asks for the presence of users; who may not be seen stays silent, whether or not it exists [P2]. */
  watch(connection: Connection, users: readonly UserId[]): void {
    const shared = this.#inbox.all().map(({ conversation }) => conversation);
    const me = this.#core.id;
    for (const user of users) {
      if (!connection.watching.has(user) && connection.watching.size >= MAX_WATCHED) return;
      connection.watching.add(user);
      connection.changed();
      this.#core
        .askUser(user, (stub) => stub.watch(me, shared))
        .then((now) => {
          if (now !== null && connection.watching.has(user)) connection.send(frame(user, now));
        })
        // Best effort [P3]: the client asks again when it is next interested.
        .catch(() => undefined);
    }
  }

  unwatch(connection: Connection, users: readonly UserId[]): void {
    for (const user of users) {
      if (!connection.watching.delete(user)) continue;
      connection.changed();
      this.#release(user);
    }
  }

  /** A socket went: nobody need be told for it any more. */
  drop(connection: Connection): void {
    for (const user of connection.watching) this.#release(user);
  }

  /** @returns whether anybody here still watches that user */
  presenceOf(user: UserId, now: PresenceNow): boolean {
    const watching = this.#connections.ready().filter((connection) => connection.watching.has(user));
    for (const connection of watching) connection.whisper(frame(user, now), "presence");
    return watching.length > 0;
  }

  #release(user: UserId): void {
    if (this.#connections.all().some((connection) => connection.watching.has(user))) return;
    const me = this.#core.id;
    // Not reaching it is no harm: it learns when it next tells us.
    this.#core.askUser(user, (stub) => stub.unwatch(me)).catch(() => undefined);
  }
}

function frame(user: UserId, { state, lastSeen }: PresenceNow): object {
  return { type: "presence", user, state, lastSeen };
}
