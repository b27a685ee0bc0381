/**
 * Runs the machine of `machine.ts` on a socket, a clock and a platform.
 */
import { BEARER_SUBPROTOCOL, Close, SUBPROTOCOL, TOKEN_GRACE_MS } from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";
import { AuthError, asError, errorOf, type MeridianError } from "../errors.ts";
import type { Platform, Socket, SocketFactory } from "../types/options.ts";
import type { ConnectionState } from "../types/state.ts";
import { HEALTHY_AFTER_MS, backoff } from "./backoff.ts";
import { parseFrame, type OutFrame, type ServerFrame } from "./frames.ts";
import { startHeartbeat, type Heartbeat } from "./heartbeat.ts";
import { initial, step, type Effect, type Event, type State } from "./machine.ts";

/** How long an upgrade and the answer to `hello` may take. */
const OPEN_TIMEOUT_MS = 15_000;
/** A fresh token is fetched so long before the old one ends. */
const RENEW_BEFORE_MS = 60_000;

/** An access token and what is left of its life, in ms. */
export interface Token {
  readonly token: string;
  readonly lifeMs: number;
}

/** What the connection needs and whom it tells. */
export interface ConnectionPorts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly platform: Platform;
  readonly socket: SocketFactory;
  /** The region to use now. */
  url(): string;
  /** The region did not answer. */
  blame(url: string): void;
  /** @param fresh the last token was refused: a new one is needed */
  token(fresh: boolean): Promise<Token>;
  hello(): OutFrame;
  onFrame(frame: ServerFrame): void;
  onState(state: ConnectionState): void;
  /** The link is gone: what was in flight is in doubt. */
  onDown(): void;
  /** The server ended the session. */
  onSignOut(error: MeridianError | undefined): void;
}

export class Connection {
  readonly #ports: ConnectionPorts;
  readonly #stopListening: () => void;
  #state: State = initial;
  #socket: Socket | undefined;
  #heartbeat: Heartbeat | undefined;
  #token: Token | undefined;
  #error: MeridianError | undefined;
  /** Timers of the present state; ended by the next. */
  #timers: (() => void)[] = [];
  /** Answers that come for an older try are not for this one. */
  #attempt = 0;
  #url = "";

  constructor(ports: ConnectionPorts) {
    this.#ports = ports;
    this.#url = ports.url();
    this.#stopListening = ports.platform.subscribe((type) => this.#onPlatform(type));
  }

  get online(): boolean {
    return this.#state.status === "online";
  }

  connect(): void {
    this.#dispatch({ type: "connect" });
    // Wanted from now on, but not before there is a network.
    if (!this.#ports.platform.isOnline()) this.#dispatch({ type: "offline" });
  }

  disconnect(): void {
    this.#error = undefined;
    this.#dispatch({ type: "disconnect" });
  }

  /** Opens a new link, to another region. */
  move(): void {
    this.#dispatch({ type: "move" });
  }

  /** A tab came to the front. */
  wake(): void {
    this.#onPlatform("visible");
  }

  /** @returns false where there is no link: nothing was sent */
  send(frame: OutFrame): boolean {
    if (!this.online || this.#socket === undefined) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Ends this object for good. */
  close(): void {
    this.disconnect();
    this.#stopListening();
  }

  #onPlatform(type: "online" | "offline" | "visible"): void {
    if (type !== "offline" && this.online) this.#heartbeat?.probe();
    else this.#dispatch({ type });
  }

  #dispatch(event: Event): void {
    if ("error" in event) this.#error = event.error;
    const before = this.#state;
    const { state, effects } = step(before, event);
    this.#state = state;
    if (state.status !== before.status || effects.length > 0) this.#clearTimers();
    let retryAt: number | undefined;
    for (const effect of effects) retryAt = this.#run(effect) ?? retryAt;
    if (state.status === "online" && before.status !== "online") this.#becomeOnline();
    if (state.status !== before.status) this.#report(retryAt);
  }

  /** @returns local time of the next try, where the effect is the wait for it */
  #run(effect: Effect): number | undefined {
    const { clock, random } = this.#ports;
    switch (effect.type) {
      case "prepare":
        void this.#prepare(effect.fresh);
        return;
      case "open":
        this.#open();
        return;
      case "drop":
        this.#drop();
        return;
      case "wait": {
        const ms = backoff(effect.failures, random(), effect.hintMs);
        this.#timers.push(clock.after(ms, () => this.#dispatch({ type: "timer" })));
        return clock.now() + ms;
      }
      case "signOut":
        this.#ports.onSignOut(this.#error);
        return;
      case "blame":
        this.#ports.blame(this.#url);
        return;
    }
  }

  async #prepare(fresh: boolean): Promise<void> {
    const attempt = ++this.#attempt;
    this.#url = this.#ports.url();
    const event = await this.#ports.token(fresh).then(
      (token): Event => {
        if (attempt === this.#attempt) this.#token = token;
        return { type: "prepared" };
      },
      (thrown: unknown): Event => {
        const error = asError(thrown);
        return { type: error instanceof AuthError ? "refused" : "failed", error };
      },
    );
    if (attempt === this.#attempt) this.#dispatch(event);
  }

  #open(): void {
    const attempt = this.#attempt;
    const mine = () => attempt === this.#attempt;
    const address = `${this.#url.replace(/^http/, "ws").replace(/\/$/, "")}/v1/socket`;
    const protocols = [SUBPROTOCOL, BEARER_SUBPROTOCOL + (this.#token?.token ?? "")];
    try {
      this.#socket = this.#ports.socket(address, protocols, {
        open: () => {
          if (mine()) this.#socket?.send(JSON.stringify(this.#ports.hello()));
        },
        message: (data) => {
          if (mine()) this.#onMessage(data);
        },
        close: (code) => {
          if (mine()) this.#dispatch({ type: "closed", code, error: closeError(code) });
        },
      });
    } catch (error) {
      this.#dispatch({
        type: "failed",
        error: errorOf("offline", "The socket could not be opened.", { cause: error }),
      });
      return;
    }
    this.#timers.push(
      this.#ports.clock.after(OPEN_TIMEOUT_MS, () =>
        this.#dispatch({ type: "failed", error: errorOf("timeout", "The server did not answer.") }),
      ),
    );
  }

  #onMessage(data: unknown): void {
    this.#heartbeat?.heard();
    if (data === "pong") return;
    const frame = parseFrame(data);
    if (frame === null) return;
    if (frame.type === "ready") this.#dispatch({ type: "ready" });
    // Before `ready` there is one thing that an error can be the answer to: hello.
    if (frame.type === "error" && !this.online) {
      const error = errorOf(frame.code, frame.message, { retryAfterMs: frame.retryAfterMs });
      this.#dispatch({ type: "failed", error });
      return;
    }
    if (frame.type === "goodbye") this.#dispatch({ type: "goodbye", reconnectAfterMs: frame.reconnectAfterMs });
    this.#ports.onFrame(frame);
  }

  #becomeOnline(): void {
    const { clock } = this.#ports;
    this.#error = undefined;
    const socket = this.#socket;
    this.#heartbeat = startHeartbeat(
      clock,
      () => socket?.send("ping"),
      () => {
        this.#dispatch({ type: "silent", error: errorOf("timeout", "The link went silent.") });
      },
    );
    this.#timers.push(clock.after(HEALTHY_AFTER_MS, () => this.#dispatch({ type: "healthy" })));
    this.#renewLater(this.#token?.lifeMs ?? TOKEN_GRACE_MS);
  }

  /** [W5] sends a fresh token before the old one ends. */
  #renewLater(lifeMs: number): void {
    const attempt = this.#attempt;
    const renew = async () => {
      const token = await this.#ports.token(true).catch(() => undefined);
      if (attempt !== this.#attempt || !this.online) return;
      if (token !== undefined) this.send({ type: "auth", token: token.token });
      // Without one the server closes with 4401 in the end, and reconnecting sorts out why.
      this.#renewLater(token?.lifeMs ?? RENEW_BEFORE_MS + TOKEN_GRACE_MS / 4);
    };
    this.#timers.push(this.#ports.clock.after(Math.max(1_000, lifeMs - RENEW_BEFORE_MS), () => void renew()));
  }

  #drop(): void {
    this.#attempt++;
    const socket = this.#socket;
    this.#socket = undefined;
    this.#heartbeat?.stop();
    this.#heartbeat = undefined;
    if (socket === undefined) return;
    socket.close();
    this.#ports.onDown();
  }

  #report(retryAt: number | undefined): void {
    const { status } = this.#state;
    const shown = status === "preparing" || status === "opening" ? "connecting" : status;
    this.#ports.onState({
      status: shown,
      url: this.#url,
      ...(retryAt === undefined ? {} : { retryAt }),
      ...(this.#error === undefined ? {} : { error: this.#error }),
    });
  }

  #clearTimers(): void {
    for (const cancel of this.#timers.splice(0)) cancel();
  }
}

/** [W4] why the server closed, as an error. */
function closeError(code: number): MeridianError {
  const message = `The link was closed (${code}).`;
  if (code === Close.tokenExpired) return errorOf("token_expired", message);
  if (code === Close.deviceRevoked) return errorOf("device_revoked", message);
  if (code === Close.flooding) return errorOf("rate_limited", message);
  return errorOf("offline", message);
}
