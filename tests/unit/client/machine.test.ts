import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorOf } from "../../../client/errors.ts";
import { initial, step, type Event, type State, type Status } from "../../../client/connection/machine.ts";

const error = errorOf("offline", "x");
const refused = errorOf("token_reused", "x");
const at = (status: Status, more: Partial<State> = {}): State => ({ ...initial, status, ...more });
const closed = (code: number): Event => ({ type: "closed", code, error });

/** The table of the file's head, line by line: from, event, to, effects. */
const table: readonly (readonly [Status, Event, Status, readonly string[]])[] = [
  ["idle", { type: "connect" }, "preparing", ["drop", "prepare"]],
  ["preparing", { type: "prepared" }, "opening", ["open"]],
  ["preparing", { type: "refused", error: refused }, "idle", ["drop", "signOut"]],
  ["preparing", { type: "failed", error }, "waiting", ["drop", "blame", "wait"]],
  ["opening", { type: "ready" }, "online", []],
  ["opening", { type: "failed", error }, "waiting", ["drop", "blame", "wait"]],
  ["opening", closed(1006), "waiting", ["drop", "blame", "wait"]],
  ["online", closed(1006), "waiting", ["drop", "wait"]],
  ["online", closed(1012), "waiting", ["drop", "wait"]],
  ["online", { type: "silent", error }, "waiting", ["drop", "blame", "wait"]],
  ["online", closed(4401), "preparing", ["drop", "prepare"]],
  ["online", closed(4403), "idle", ["drop", "signOut"]],
  ["opening", closed(4403), "idle", ["drop", "signOut"]],
  ["online", closed(4409), "replaced", ["drop"]],
  ["online", { type: "move" }, "preparing", ["drop", "prepare"]],
  ["waiting", { type: "move" }, "waiting", []],
  ["waiting", { type: "timer" }, "preparing", ["drop", "prepare"]],
  ["waiting", { type: "visible" }, "preparing", ["drop", "prepare"]],
  ["waiting", { type: "online" }, "preparing", ["drop", "prepare"]],
  ["waiting", { type: "connect" }, "preparing", ["drop", "prepare"]],
  ["online", { type: "offline" }, "offline", ["drop"]],
  ["waiting", { type: "offline" }, "offline", ["drop"]],
  ["offline", { type: "online" }, "preparing", ["drop", "prepare"]],
  ["offline", { type: "connect" }, "preparing", ["drop", "prepare"]],
  ["replaced", { type: "connect" }, "preparing", ["drop", "prepare"]],
  ["online", { type: "disconnect" }, "idle", ["drop"]],
  // what a state does not know, it ignores
  ["idle", { type: "online" }, "idle", []],
  ["idle", { type: "offline" }, "idle", []],
  ["replaced", { type: "online" }, "replaced", []],
  ["replaced", { type: "visible" }, "replaced", []],
  ["replaced", { type: "timer" }, "replaced", []],
  ["online", { type: "connect" }, "online", []],
  ["offline", { type: "visible" }, "offline", []],
  ["waiting", closed(4403), "waiting", []],
  ["opening", { type: "prepared" }, "opening", []],
];

test.each(table)("[C3] %s, %o → %s", (from, event, to, effects) => {
  const result = step(at(from), event);
  expect(result.state.status).toBe(to);
  expect(result.effects.map(({ type }) => type)).toEqual(effects);
});

describe("back-off", () => {
  test("[C3] failures in a row count up, a healthy link starts over", () => {
    let state = at("opening");
    const waits: number[] = [];
    for (let i = 0; i < 3; i++) {
      const { state: next, effects } = step(state, closed(1006));
      for (const effect of effects) if (effect.type === "wait") waits.push(effect.failures);
      state = { ...next, status: "opening" };
    }
    expect(waits).toEqual([1, 2, 3]);
    expect(step({ ...state, status: "online" }, { type: "healthy" }).state.failures).toBe(0);
  });

  test("[C3] a goodbye's hint lengthens the next pause, once, and nothing cuts that pause short", () => {
    const warned = step(at("online"), { type: "goodbye", reconnectAfterMs: 7_000 }).state;
    const { state, effects } = step(warned, closed(1012));
    expect(effects).toContainEqual({ type: "wait", failures: 1, hintMs: 7_000 });
    for (const type of ["visible", "online", "connect"] as const) expect(step(state, { type }).state).toEqual(state);
    const next = step({ ...step(state, { type: "timer" }).state, status: "opening" }, closed(1006));
    expect(next.effects).toContainEqual({ type: "wait", failures: 2, hintMs: 0 });
  });

  test("[C3] an answer with retryAfterMs is a hint too", () => {
    const busy = errorOf("unavailable", "x", { retryAfterMs: 4_000 });
    expect(step(at("preparing"), { type: "failed", error: busy }).effects).toContainEqual({
      type: "wait",
      failures: 1,
      hintMs: 4_000,
    });
  });
});

test("[W4] 4401 asks for a fresh token at once; a second one in a row waits", () => {
  const once = step(at("online"), closed(4401));
  expect(once.effects).toContainEqual({ type: "prepare", fresh: true });
  const opened = step(once.state, { type: "prepared" }).state;
  expect(step(opened, closed(4401)).state).toMatchObject({ status: "waiting", stale: true });
});

test("an upgrade that keeps being refused makes the token suspect", () => {
  const twice = step(at("opening", { failures: 1 }), closed(1006)).state;
  expect(step(twice, { type: "timer" }).effects).toContainEqual({ type: "prepare", fresh: true });
});

test("whatever happens, only idle and replaced stand still for good", () => {
  const events: Event[] = [...new Set(table.map(([, event]) => event))];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...events), { maxLength: 60 }), (list) => {
      let state = initial;
      for (const event of list) {
        const next = step(state, event);
        // Every state that is neither at rest nor online has something on the way that will end it.
        const entered = next.state.status !== state.status;
        const types = next.effects.map(({ type }) => type);
        if (entered && next.state.status === "waiting") expect(types).toContain("wait");
        if (entered && next.state.status === "preparing") expect(types).toContain("prepare");
        if (entered && next.state.status === "opening") expect(types).toContain("open");
        if (entered && state.status === "online") expect(types).toContain("drop");
        state = next.state;
      }
    }),
  );
});
