/**
 * What the parts of a User object share: its database, its profile, and the objects it may ask.
 */
import { userMigrations } from "../../migrations/objects/user.ts";
import { MeridianError, type ConversationId, type User, type UserId } from "../../protocol/index.ts";
import type { ConversationRpc } from "../rpc/conversation.ts";
import type { UserForUser } from "../rpc/user.ts";
import { call } from "../shared/call.ts";
import { migrate } from "../shared/migrate.ts";
import type { Settings } from "../shared/settings.ts";
import type { Clock, Sql, Transact } from "../shared/sql.ts";
import type { Stubs } from "../shared/stubs.ts";

export interface CorePorts {
  readonly sql: Sql;
  readonly transact: Transact;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly conversations: Stubs<ConversationRpc>;
  readonly users: Stubs<UserForUser>;
  /** Makes sure that the object wakes at `at` or earlier. */
  readonly wakeAt: (at: number) => void;
}

export class Core {
  readonly sql: Sql;
  readonly transact: Transact;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly wakeAt: (at: number) => void;
  readonly #ports: CorePorts;
  #profile: User | undefined;
  /** Whether this account is being erased. */
  #erasing: boolean;

  constructor(ports: CorePorts) {
    this.#ports = ports;
    this.sql = ports.sql;
    this.transact = ports.transact;
    this.clock = ports.clock;
    this.settings = ports.settings;
    this.wakeAt = ports.wakeAt;
    migrate(ports.sql, userMigrations);
    const text = this.meta("profile");
    this.#profile = text === undefined ? undefined : (JSON.parse(text) as User);
    this.#erasing = this.meta("erasing") !== undefined;
  }

  /** @throws MeridianError `device_revoked`: whoever asks holds a token of an account that is gone */
  get profile(): User {
    if (this.#profile === undefined || this.erasing) {
      throw new MeridianError("device_revoked", "This account is signed out: sign in again.");
    }
    return this.#profile;
  }

  get id(): UserId {
    return this.profile.id;
  }

  /** Whether somebody lives here. */
  get exists(): boolean {
    return this.#profile !== undefined && !this.erasing;
  }

  /** Whether this account is being erased. */
  get erasing(): boolean {
    return this.#erasing;
  }

  /** From now on nobody lives here; who did is remembered until everything is left. */
  beginErasing(): void {
    this.setMeta("erasing", this.id);
    this.#erasing = true;
  }

  setProfile(profile: User): void {
    this.setMeta("profile", JSON.stringify(profile));
    this.#profile = profile;
  }

  meta(key: string): string | undefined {
    return this.sql.exec<{ value: string }>("SELECT value FROM meta WHERE key = ?", key).toArray()[0]?.value;
  }

  setMeta(key: string, value: string): void {
    this.sql.exec(
      "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      key,
      value,
    );
  }

  /** Asks a Conversation object; see {@link call} for what is tried again. */
  ask<Result>(id: ConversationId, method: (stub: ConversationRpc) => Promise<Result>): Promise<Result> {
    return call(this.#ports.conversations, id, method);
  }

  /** Asks another User object. */
  askUser<Result>(id: UserId, method: (stub: UserForUser) => Promise<Result>): Promise<Result> {
    return call(this.#ports.users, id, method);
  }
}
