/**
 * Profiles of others: kept on the device, asked for again when they are old, one question at a time per user.
 */
import type { PublicProfile } from "../../protocol/accounts.ts";
import type { UserId } from "../../protocol/ids.ts";
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import type { ProfileRecord } from "../storage/storage.ts";
import type { Book } from "./book.ts";
import type { Method } from "./http.ts";

/** A profile is shown for so long before it is asked for again. */
export const PROFILE_FRESH_MS = 10 * 60_000;

export interface ProfilePorts {
  readonly book: Book;
  readonly clock: Clock;
  request(method: Method, path: string): Promise<unknown>;
}

export class Profiles {
  readonly #ports: ProfilePorts;
  readonly #asking = new Map<UserId, Promise<ProfileRecord>>();

  constructor(ports: ProfilePorts) {
    this.#ports = ports;
  }

  /**
   * @param fresh ask the server where the answer is old
   * @returns null where nothing is held and `fresh` is false
   */
  async get(user: UserId, fresh: boolean): Promise<ProfileRecord | null> {
    const held = await this.#ports.book.storage.profile(user);
    if (!fresh) return held;
    if (held !== null && this.#ports.clock.now() - held.fetchedAt < PROFILE_FRESH_MS) return held;
    const asking = this.#asking.get(user) ?? this.#ask(user);
    this.#asking.set(user, asking);
    return asking.finally(() => this.#asking.delete(user));
  }

  async #ask(user: UserId): Promise<ProfileRecord> {
    const { book, clock } = this.#ports;
    const guard = book.guard();
    const profile = await this.#ports.request("GET", `/v1/users/${user}`).catch((thrown: unknown) => {
      const error = asError(thrown);
      if (error.code === "not_found") return null;
      throw error;
    });
    guard();
    const record: ProfileRecord = { id: user, profile: profile as PublicProfile | null, fetchedAt: clock.now() };
    await book.commit([{ put: "profile", value: record }], [{ type: "profile", profile: record }]);
    return record;
  }
}
