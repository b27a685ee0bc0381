/**
 * The account on this device: signing in and out, calls in its name, and what happens to the data when it ends.
 */
import type { Session, User } from "../../protocol/accounts.ts";
import type { UserId } from "../../protocol/ids.ts";
import { pause, type Clock } from "../clock.ts";
import type { Token } from "../connection/connection.ts";
import { asError, errorOf, type MeridianError } from "../errors.ts";
import type { EndReason, Identity } from "./api.ts";
import type { Book } from "./book.ts";
import type { Method } from "./http.ts";
import { SessionKeeper } from "./session.ts";

/** How long signing out waits for the server. */
const SIGN_OUT_MS = 5_000;

export interface AccountPorts {
  readonly clock: Clock;
  readonly book: Book;
  /** Server time in ms. */
  now(): number;
  call(method: Method, path: string, init: { body?: unknown; token?: string }): Promise<unknown>;
  /** The session is over: no link any more; resolves when nothing of it is under way. */
  leave(): Promise<void>;
}

export class Account {
  readonly #ports: AccountPorts;
  readonly #keeper: SessionKeeper;
  /** Whose data the book holds, also while nobody is signed in. */
  #owner: UserId | null;
  #endReason: EndReason = "none";

  constructor(ports: AccountPorts, session: Session | null, owner: UserId | null) {
    this.#ports = ports;
    this.#owner = owner;
    this.#keeper = new SessionKeeper(
      {
        now: () => ports.now(),
        refresh: async (refreshToken) =>
          (await ports.call("POST", "/v1/sessions/refresh", { body: { refreshToken } })) as Session,
        save: (next) => ports.book.commit([{ put: "session", value: next }]),
        ended: (error) => void this.end(reasonOf(error)),
      },
      session,
    );
  }

  get identity(): Identity | null {
    const session = this.#keeper.current;
    return session === null ? null : { user: session.user, device: session.device };
  }

  get endReason(): EndReason {
    return this.#endReason;
  }

  /** @throws MeridianError `signed_out` */
  me(): UserId {
    const session = this.#keeper.current;
    if (session === null) throw errorOf("signed_out", "This device is not signed in.");
    return session.user.id;
  }

  async authenticate(path: "/v1/accounts" | "/v1/sessions", body: unknown): Promise<Identity> {
    this.#mustBeOut();
    const session = (await this.#ports.call("POST", path, { body })) as Session;
    this.#mustBeOut();
    const { user, device } = session;
    // What an expired session of the same user left behind is still its own; anybody else starts with nothing.
    const same = this.#owner === user.id;
    this.#keeper.set(session);
    this.#owner = user.id;
    this.#endReason = "none";
    await this.#ports.book.commit(
      [
        ...(same ? [] : [{ remove: "all" } as const]),
        { put: "session", value: session },
        { put: "owner", value: user.id },
      ],
      [{ type: "restart" }, { type: "session", identity: { user, device }, reason: "none" }],
    );
    return { user, device };
  }

  /** @param erased the account is gone already: there is nobody to sign out from */
  async signOut(erased: boolean): Promise<void> {
    if (!erased && this.#keeper.current !== null) {
      // The device forgets all the same where the server cannot be told.
      const told = this.request("DELETE", "/v1/sessions/current").catch(() => {});
      await Promise.race([told, pause(this.#ports.clock, SIGN_OUT_MS)]);
    }
    await this.end("signedOut");
  }

  async setUser(user: User): Promise<void> {
    const session = this.#keeper.current;
    if (session === null || session.user.id !== user.id) return;
    const next = { ...session, user };
    this.#keeper.set(next);
    await this.#ports.book.commit(
      [{ put: "session", value: next }],
      [{ type: "session", identity: { user, device: session.device }, reason: "none" }],
    );
  }

  /** A call in the user's name. An access token that the server calls too old is renewed, once. */
  async request(method: Method, path: string, body?: unknown): Promise<unknown> {
    const { accessToken } = await this.#keeper.valid();
    try {
      return await this.#ports.call(method, path, { body, token: accessToken });
    } catch (thrown) {
      const error = asError(thrown);
      if (error.code === "device_revoked") await this.end("revoked");
      if (error.code !== "token_expired" && error.code !== "invalid_token") throw error;
      const fresh = await this.#keeper.valid(true);
      return this.#ports.call(method, path, { body, token: fresh.accessToken });
    }
  }

  /** A token for the socket. */
  async token(fresh: boolean): Promise<Token> {
    const session = await this.#keeper.valid(fresh);
    return { token: session.accessToken, lifeMs: session.accessTokenExpiresAt - this.#ports.now() };
  }

  /** The session is over: what it left on the device goes too, unless the same user is likely to come back for it. */
  async end(reason: Exclude<EndReason, "none">): Promise<void> {
    if (this.#keeper.current === null) return;
    this.#keeper.set(null);
    this.#endReason = reason;
    await this.#ports.leave();
    const change = { type: "session", identity: null, reason } as const;
    if (reason === "expired") {
      await this.#ports.book.commit([{ put: "session", value: null }], [change]);
      return;
    }
    this.#owner = null;
    await this.#ports.book.commit([{ remove: "all" }], [{ type: "restart" }, change]);
  }

  #mustBeOut(): void {
    if (this.#keeper.current !== null) throw errorOf("signed_in", "This device is signed in already.");
  }
}

/** Revoked devices forget what they hold; a session that merely ran out may be taken up again. */
export function reasonOf(error: MeridianError | undefined): "revoked" | "expired" {
  return error?.code === "device_revoked" || error?.code === "token_reused" ? "revoked" : "expired";
}
