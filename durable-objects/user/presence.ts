/**
 * Whether this user is online, and who is told [P1, P2]. Watchers are rows, so that they outlive hibernation; a watcher
 * that no longer listens says so when it is told, and its row goes.
 */
import type { ConversationId, UserId, Visibility } from "../../protocol/index.ts";
import type { PresenceNow } from "../rpc/user.ts";
import { metrics } from "../shared/metrics.ts";
import type { Connection } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Core } from "./core.ts";
import { directId } from "./direct.ts";
import type { Inbox } from "./inbox.ts";

/** A socket that was not heard of for two pings and a little is taken for dead [W3]. */
const DEAD_AFTER_MS = 53_000;
/** How often that is looked at while somebody watches: detection within 75 s [P1]. */
const CHECK_EVERY_MS = 20_000;
/** Under load watchers are told this much later; well before an idle object hibernates. */
const PUT_OFF_MS = 5_000;
/** Users told at most: more could not know each other. */
const MAX_WATCHERS = 2_000;

export interface PresencePorts {
  readonly core: Core;
  readonly inbox: Inbox;
  readonly connections: Connections;
  readonly blocked: (user: UserId) => boolean;
  /** Whether this object has more urgent things to do. */
  readonly busy: () => boolean;
}

export class Presence {
  readonly #ports: PresencePorts;
  #told: "online" | "offline";

  constructor(ports: PresencePorts) {
    this.#ports = ports;
    // The socket whose end woke the object counts: it was open when watchers were last told.
    this.#told = ports.connections.all().some(({ ready }) => ready) ? "online" : "offline";
  }

  now(): PresenceNow {
    const { core, connections } = this.#ports;
    const state = connections.ready().length > 0 ? "online" : "offline";
    const seen = core.sql.exec<{ at: number | null }>("SELECT max(last_seen_at) AS at FROM devices").one().at;
    const left = Number(core.meta("lastSeen") ?? 0);
    return { state, lastSeen: state === "online" ? core.clock() : Math.max(left, seen ?? 0) || null };
  }

  /** [P2] registers a watcher that may see this user. */
  watch(watcher: UserId, shared: readonly ConversationId[]): PresenceNow | null {
    const { core } = this.#ports;
    if (!this.#mayBeSeen(watcher, shared)) {
      this.unwatch(watcher);
      return null;
    }
    const { n } = core.sql.exec<{ n: number }>("SELECT count(*) AS n FROM watchers").one();
    if (n < MAX_WATCHERS) core.sql.exec("INSERT OR IGNORE INTO watchers (user) VALUES (?)", watcher);
    if (this.#ports.connections.ready().length > 0) core.wakeAt(core.clock() + CHECK_EVERY_MS);
    return this.now();
  }

  unwatch(watcher: UserId): void {
    this.#ports.core.sql.exec("DELETE FROM watchers WHERE user = ?", watcher);
  }

  /** A socket came or went: watchers hear of it if that made the difference. */
  changed(): void {
    const { core } = this.#ports;
    const now = this.now();
    if (now.state === this.#told) return;
    if (now.state === "offline") core.setMeta("lastSeen", String(core.clock()));
    if (this.#ports.busy()) {
      // [P3] whoever comes and goes within that time was never gone; the alarm tells the others.
      metrics.count("shed", { what: "presence" });
      core.wakeAt(core.clock() + PUT_OFF_MS);
      return;
    }
    this.#told = now.state;
    const watchers = this.#watchers();
    if (now.state === "online" && watchers.length > 0) core.wakeAt(core.clock() + CHECK_EVERY_MS);
    const user = core.id;
    for (const watcher of watchers) {
      if (this.#ports.blocked(watcher)) continue;
      core
        .askUser(watcher, (stub) => stub.presenceOf(user, now))
        .then((listens) => {
          if (!listens) this.unwatch(watcher);
        })
        // Best effort [P3]: a watcher that cannot be reached asks again when it is back.
        .catch(() => undefined);
    }
  }

  /** Cuts sockets that died silently. @returns when to look again, or null while nobody watches */
  check(drop: (connection: Connection) => void): number | null {
    this.changed();
    const { core, connections } = this.#ports;
    const open = connections.ready();
    if (open.length === 0 || this.#watchers().length === 0) return null;
    const now = core.clock();
    for (const connection of open) if (connections.aliveAt(connection) < now - DEAD_AFTER_MS) drop(connection);
    this.changed();
    return connections.ready().length > 0 ? now + CHECK_EVERY_MS : null;
  }

  #watchers(): UserId[] {
    return this.#ports.core.sql
      .exec<{ user: string }>("SELECT user FROM watchers")
      .toArray()
      .map(({ user }) => user as UserId);
  }

  #mayBeSeen(watcher: UserId, shared: readonly ConversationId[]): boolean {
    const { core, inbox, blocked } = this.#ports;
    if (watcher === core.id) return true;
    if (blocked(watcher)) return false;
    const direct = inbox.get(directId(core.id, watcher));
    const contact = direct !== undefined && !direct.gone;
    const visibility: Visibility = core.profile.privacy.lastSeen;
    if (visibility === "nobody" || (visibility === "contacts" && !contact)) return false;
    return contact || shared.some((id) => inbox.get(id)?.gone === false);
  }
}
