/**
 * The connection as a table: which event leads from which state to which, and what is done on the way. Pure: time,
 * chance and sockets are in `connection.ts`.
 *
 * | state        | means                            | leaves by                                                    |
 * | ------------ | -------------------------------- | ------------------------------------------------------------ |
 * | `idle`       | not wanted                       | connect → `preparing`                                        |
 * | `preparing`  | gets an access token             | prepared → `opening`, refused → `idle`, failed → `waiting`   |
 * | `opening`    | socket opens, hello is answered  | ready → `online`, closed, failed or timer → `waiting`        |
 * | `online`     | frames flow                      | closed → `waiting`, silent (two pongs missed) → `waiting`, move → `preparing` |
 * | `waiting`    | pause before the next try        | timer → `preparing`; online, visible and connect cut it short, but not a pause that the server asked for |
 * | `offline`    | the platform has no network      | online or connect → `preparing`                              |
 * | `replaced`   | 4409: another socket took over   | connect → `preparing`                                        |
 *
 * From every state: `disconnect` → `idle`; offline → `offline` (not from `idle` and `replaced`); a close with 4403, or a
 * refresh that is refused for good → `idle`, and the session is over. A close with 4401 asks for a fresh token first.
 */
import { Close } from "../../protocol/limits.ts";
import type { MeridianError } from "../errors.ts";

export type Status = "idle" | "preparing" | "opening" | "online" | "waiting" | "offline" | "replaced";

export interface State {
  readonly status: Status;
  /** Tries in a row that did not lead to a healthy link. */
  readonly failures: number;
  /** The next token must be a fresh one: the server called the last one expired. */
  readonly stale: boolean;
  /** What the server asked to wait for, in ms; used up by the next pause. */
  readonly hintMs: number;
  /** The pause under way is one that the server asked for: nothing cuts it short [C3]. */
  readonly bound: boolean;
}

export type Event =
  | { readonly type: "connect" }
  | { readonly type: "disconnect" }
  | { readonly type: "prepared" }
  | { readonly type: "refused"; readonly error: MeridianError }
  | { readonly type: "failed"; readonly error: MeridianError }
  | { readonly type: "ready" }
  /** The link has been up for as long as makes it healthy. */
  | { readonly type: "healthy" }
  | { readonly type: "goodbye"; readonly reconnectAfterMs: number }
  | { readonly type: "silent"; readonly error: MeridianError }
  | { readonly type: "closed"; readonly code: number; readonly error: MeridianError }
  | { readonly type: "timer" }
  /** Another region is to be used. */
  | { readonly type: "move" }
  | { readonly type: "online" }
  | { readonly type: "offline" }
  | { readonly type: "visible" };

export type Effect =
  | { readonly type: "prepare"; readonly fresh: boolean }
  | { readonly type: "open" }
  /** Drops the socket without hearing of it again. */
  | { readonly type: "drop" }
  /** Back-off before the next try. */
  | { readonly type: "wait"; readonly failures: number; readonly hintMs: number }
  | { readonly type: "signOut" }
  /** Tells the region picker that this address did not answer. */
  | { readonly type: "blame" };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export const initial: State = { status: "idle", failures: 0, stale: false, hintMs: 0, bound: false };

/** Where an event leads. What a state does not know, it ignores. */
export function step(state: State, event: Event): Step {
  const { status } = state;
  switch (event.type) {
    case "connect":
      if (status === "idle" || status === "offline" || status === "replaced") return prepare({ ...state, failures: 0 });
      return status === "waiting" && !state.bound ? prepare(state) : stay(state);
    case "disconnect":
      return { state: initial, effects: [{ type: "drop" }] };
    case "prepared":
      return status === "preparing" ? to({ ...state, status: "opening", stale: false }, { type: "open" }) : stay(state);
    case "refused":
      return status === "preparing" ? over() : stay(state);
    case "failed":
      if (status !== "preparing" && status !== "opening") return stay(state);
      return retry({ ...state, hintMs: Math.max(state.hintMs, event.error.retryAfterMs ?? 0) }, true);
    case "ready":
      return status === "opening" ? to({ ...state, status: "online" }) : stay(state);
    case "healthy":
      return status === "online" ? to({ ...state, failures: 0 }) : stay(state);
    case "goodbye":
      return { state: { ...state, hintMs: event.reconnectAfterMs }, effects: [] };
    case "silent":
      return status === "online" || status === "opening" ? retry(state, true) : stay(state);
    case "closed":
      return status === "online" || status === "opening" ? closed(state, event.code) : stay(state);
    case "move":
      return status === "online" || status === "opening" ? prepare(state) : stay(state);
    case "timer":
      return status === "waiting" ? prepare(state) : stay(state);
    case "visible":
      return status === "waiting" && !state.bound ? prepare(state) : stay(state);
    case "online":
      return status === "offline" || (status === "waiting" && !state.bound) ? prepare(state) : stay(state);
    case "offline":
      return status === "idle" || status === "replaced"
        ? stay(state)
        : to({ ...state, status: "offline" }, { type: "drop" });
  }
}

function closed(state: State, code: number): Step {
  if (code === Close.deviceRevoked) return over();
  if (code === Close.replaced) return to({ ...initial, status: "replaced" }, { type: "drop" });
  // The first 4401 is no failure, a fresh token is all it takes; the second in a row waits like any other.
  if (code === Close.tokenExpired && !state.stale && state.failures === 0) {
    return prepare({ ...state, failures: 1, stale: true });
  }
  return retry({ ...state, stale: state.stale || code === Close.tokenExpired }, state.status === "opening");
}

function prepare(state: State): Step {
  const effects: Effect[] = [{ type: "drop" }, { type: "prepare", fresh: state.stale }];
  return { state: { ...state, status: "preparing", hintMs: 0, bound: false }, effects };
}

/** @param blame the address itself seems to be at fault */
function retry(state: State, blame: boolean): Step {
  const failures = state.failures + 1;
  const effects: Effect[] = [{ type: "drop" }];
  if (blame) effects.push({ type: "blame" });
  effects.push({ type: "wait", failures, hintMs: state.hintMs });
  // A browser does not say why an upgrade was refused: once in a while it may have been the token.
  const stale = state.stale || (state.status === "opening" && failures % 8 === 2);
  return { state: { status: "waiting", failures, stale, hintMs: 0, bound: state.hintMs > 0 }, effects };
}

/** The session has ended: no reconnecting [W4]. */
function over(): Step {
  return { state: initial, effects: [{ type: "drop" }, { type: "signOut" }] };
}

function to(state: State, ...effects: Effect[]): Step {
  return { state, effects };
}

function stay(state: State): Step {
  return { state, effects: [] };
}
