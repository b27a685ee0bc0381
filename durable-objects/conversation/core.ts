/**
 * What the parts of a Conversation object share: its log, its members and what it is. Loaded once per instance.
 */
import { conversationMigrations } from "../../migrations/objects/conversation.ts";
import { MeridianError, type ConversationId, type ConversationKind, type UserId } from "../../protocol/index.ts";
import { migrate } from "../shared/migrate.ts";
import type { Settings } from "../shared/settings.ts";
import type { Clock, Sql, Transact } from "../shared/sql.ts";
import { Log } from "./log.ts";
import { Members, type MemberState } from "./members.ts";

/** What a conversation is. */
export interface Info {
  readonly id: ConversationId;
  readonly kind: ConversationKind;
  readonly title?: string | undefined;
  readonly avatar?: string | null | undefined;
  readonly retentionDays?: number | null | undefined;
}

export interface CorePorts {
  readonly sql: Sql;
  readonly transactionSync: Transact;
  readonly clock: Clock;
  readonly settings: Settings;
}

export class Core {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly log: Log;
  readonly members: Members;
  readonly #transactionSync: Transact;
  #info: Info | undefined;
  /** Users who deleted something for themselves: everybody else shares encoded batches. */
  readonly hiders: Set<UserId>;

  constructor({ sql, transactionSync, clock, settings }: CorePorts) {
    this.sql = sql;
    this.clock = clock;
    this.settings = settings;
    this.#transactionSync = transactionSync;
    migrate(sql, conversationMigrations);
    this.log = new Log(sql);
    this.members = new Members(sql);
    this.hiders = new Set(
      [...sql.exec<{ user: string }>("SELECT DISTINCT user FROM hidden")].map(({ user }) => user as UserId),
    );
    this.#info = this.#readInfo();
  }

  /** Runs a callback in a transaction; a throw undoes the rows and the memory alike. */
  transact<T>(body: () => T): T {
    try {
      return this.#transactionSync(body);
    } catch (error) {
      this.log.reload();
      this.members.reload();
      this.#info = this.#readInfo();
      throw error;
    }
  }

  get exists(): boolean {
    return this.#info !== undefined;
  }

  /** @throws MeridianError `not_found` */
  get info(): Info {
    if (this.#info === undefined) throw notFound();
    return this.#info;
  }

  setInfo(info: Info): void {
    this.setMeta("info", JSON.stringify(info));
    this.#info = info;
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

  /** [V1] @throws MeridianError `not_found`, the same for everybody who is no member */
  member(user: UserId): MemberState {
    const member = this.#info === undefined ? undefined : this.members.get(user);
    if (member === undefined || member.role === null) throw notFound();
    return member;
  }

  #readInfo(): Info | undefined {
    const text = this.meta("info");
    return text === undefined ? undefined : (JSON.parse(text) as Info);
  }
}

/** [H4] one answer for what is not there and what is none of the caller's business. */
export function notFound(): MeridianError {
  return new MeridianError("not_found", "No such conversation.");
}
