/**
 * Whom this user has blocked [V3]. The row is written first and says whether the direct conversation knows yet, so that
 * a crash between the two is made good by the alarm.
 */
import { MeridianError, type UserId } from "../../protocol/index.ts";
import type { Core } from "./core.ts";
import { directId } from "./direct.ts";

const RETRY_MS = 2_000;

export class Blocks {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  list(): UserId[] {
    return this.#core.sql
      .exec<{ user: string }>("SELECT user FROM blocks WHERE active = 1 ORDER BY since")
      .toArray()
      .map(({ user }) => user as UserId);
  }

  has(user: UserId): boolean {
    return this.#core.sql.exec("SELECT 1 FROM blocks WHERE user = ? AND active = 1", user).toArray().length > 0;
  }

  /** Resolves once the direct conversation filters. */
  async set(user: UserId, active: boolean): Promise<void> {
    const core = this.#core;
    if (user === core.id) throw new MeridianError("invalid_request", "Nobody can block themselves.");
    if (active && (await core.askUser(user, (stub) => stub.profile())) === null) {
      throw new MeridianError("not_found", "No such user.");
    }
    if (this.has(user) === active && !this.#isPending(user)) return;
    core.sql.exec(
      `INSERT INTO blocks (user, since, active, applied) VALUES (?, ?, ?, 0)
       ON CONFLICT DO UPDATE SET since = excluded.since, active = excluded.active, applied = 0`,
      user,
      core.clock(),
      Number(active),
    );
    core.wakeAt(core.clock() + RETRY_MS);
    await this.#apply(user, active);
  }

  /** Tells conversations what they were not told yet. @returns when to try again, or null where all know */
  async catchUp(): Promise<number | null> {
    const pending = this.#core.sql
      .exec<{ user: string; active: number }>("SELECT user, active FROM blocks WHERE applied = 0 LIMIT 32")
      .toArray();
    const tried = await Promise.allSettled(
      pending.map(({ user, active }) => this.#apply(user as UserId, active === 1)),
    );
    return tried.some(({ status }) => status === "rejected") ? this.#core.clock() + RETRY_MS : null;
  }

  #isPending(user: UserId): boolean {
    return this.#core.sql.exec("SELECT 1 FROM blocks WHERE user = ? AND applied = 0", user).toArray().length > 0;
  }

  async #apply(user: UserId, active: boolean): Promise<void> {
    const { id, sql } = this.#core;
    await this.#core.ask(directId(id, user), (stub) => stub.setBlocked(id, active));
    sql.exec("UPDATE blocks SET applied = 1 WHERE user = ? AND active = ?", user, Number(active));
  }
}
