/**
 * The session of this device: keeps the tokens, renews them with one refresh in flight, and knows when it is over.
 */
import type { Session } from "../../protocol/accounts.ts";
import { asError, errorOf, isRetryable, type Code, type MeridianError } from "../errors.ts";

/** A token with less left is renewed before it is used, in ms. */
const MARGIN_MS = 30_000;

/** Answers to a refresh after which no other refresh can succeed. */
const FINAL: ReadonlySet<Code> = new Set([
  "token_reused",
  "invalid_token",
  "token_expired",
  "device_revoked",
  "not_found",
]);

export interface SessionPorts {
  /** Server time in ms, as well as it is known. */
  now(): number;
  /** `POST /v1/sessions/refresh`. */
  refresh(refreshToken: string): Promise<Session>;
  /** Resolves when the session would survive a restart. */
  save(session: Session): Promise<void>;
  /** The server no longer knows this session. */
  ended(error: MeridianError): void;
}

export class SessionKeeper {
  readonly #ports: SessionPorts;
  #session: Session | null;
  #refreshing: Promise<Session> | undefined;

  constructor(ports: SessionPorts, session: Session | null) {
    this.#ports = ports;
    this.#session = session;
  }

  get current(): Session | null {
    return this.#session;
  }

  /** Takes a new session, or null after signing out. A refresh still on its way changes nothing any more. */
  set(session: Session | null): void {
    this.#session = session;
    this.#refreshing = undefined;
  }

  /**
   * A session whose access token is good for a while.
   *
   * @param fresh the server refused the present token, or it is about to end
   * @throws MeridianError `signed_out`; what the refresh failed with
   */
  async valid(fresh = false): Promise<Session> {
    const session = this.#session;
    if (session === null) throw errorOf("signed_out", "This device is not signed in.");
    if (!fresh && session.accessTokenExpiresAt - this.#ports.now() > MARGIN_MS) return session;
    if (this.#refreshing === undefined) {
      const refreshing = this.#refresh(session).finally(() => {
        if (this.#refreshing === refreshing) this.#refreshing = undefined;
      });
      this.#refreshing = refreshing;
    }
    return this.#refreshing;
  }

  async #refresh(session: Session): Promise<Session> {
    try {
      const next = await this.#ports.refresh(session.refreshToken);
      // Signed out or in again in the meantime: what came back belongs to nobody.
      if (this.#session !== session) throw errorOf("signed_out", "This device is not signed in.");
      // [A3] kept before it is used: a crash in between finds the old token, which is still good for its grace.
      await this.#ports.save(next);
      if (this.#session === session) this.#session = next;
      return next;
    } catch (thrown) {
      const error = asError(thrown);
      if (this.#session === session && !isRetryable(error) && FINAL.has(error.code)) this.#ports.ended(error);
      throw error;
    }
  }
}
