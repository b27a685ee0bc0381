import { describe, expect, test } from "vitest";
import { Cell, Derived, Emitter, Listeners } from "../../../client/observable.ts";
import {
  AuthError,
  MeridianError,
  NetworkError,
  RequestError,
  RetryableError,
  StateError,
  asError,
  errorOf,
  fromData,
  isRetryable,
  toData,
} from "../../../client/errors.ts";
import { ERROR_CODES } from "../../../protocol/errors.ts";

describe("listeners", () => {
  test("the first one starts and the last one stops what they listen to, each time", () => {
    const log: string[] = [];
    const listeners = new Listeners<number>({ start: () => log.push("start"), stop: () => log.push("stop") });
    const one = listeners.add(() => {});
    const two = listeners.add(() => {});
    one();
    one();
    expect(log).toEqual(["start"]);
    two();
    listeners.add(() => {});
    listeners.clear();
    expect(log).toEqual(["start", "stop", "start", "stop"]);
    expect(listeners.size).toBe(0);
  });

  test("may come and go while they are called, and the same function may be there twice", () => {
    const listeners = new Listeners<number>();
    const seen: string[] = [];
    const twice = (n: number) => seen.push(`twice ${n}`);
    const stop = listeners.add(twice);
    listeners.add(twice);
    listeners.add(() => {
      stop();
      listeners.add(() => seen.push("late"));
    });
    listeners.call(1);
    expect(seen).toEqual(["twice 1", "twice 1"]);
    listeners.call(2);
    expect(seen.slice(2)).toEqual(["twice 2", "late"]);
  });
});

test("a cell tells of new values and not of the same one", () => {
  const cell = new Cell(1);
  const seen: number[] = [];
  const stop = cell.subscribe((value) => seen.push(value));
  cell.set(1);
  cell.set(2);
  stop();
  cell.set(3);
  expect([seen, cell.current, cell.watched]).toEqual([[2], 3, false]);
});

test("a derived value is computed once per turn and told only where it changed", async () => {
  let source = { n: 1 };
  let computed = 0;
  const derived = new Derived(source, (previous) => {
    computed++;
    return source.n === previous.n ? previous : source;
  });
  expect(derived.current.n).toBe(1);
  const seen: number[] = [];
  const stop = derived.subscribe(({ n }) => seen.push(n));
  computed = 0;
  source = { n: 2 };
  for (let i = 0; i < 5; i++) derived.invalidate();
  await Promise.resolve();
  expect([seen, computed]).toEqual([[2], 1]);
  source = { n: 2 };
  derived.invalidate();
  await Promise.resolve();
  expect(seen).toEqual([2]);
  stop();
  source = { n: 3 };
  expect(derived.current.n).toBe(3);
});

test("events reach who asked for them", () => {
  const emitter = new Emitter<{ a: number; b: string }>();
  const seen: unknown[] = [];
  const stop = emitter.on("a", (n) => seen.push(n));
  emitter.on("b", (text) => seen.push(text));
  emitter.emit("a", 1);
  emitter.emit("b", "two");
  stop();
  emitter.emit("a", 3);
  emitter.clear();
  emitter.emit("b", "four");
  expect(seen).toEqual([1, "two"]);
});

describe("errors", () => {
  test("every code of the contract has a class and a hint", () => {
    for (const code of ERROR_CODES) {
      const error = errorOf(code, "x");
      expect(error).toBeInstanceOf(MeridianError);
      expect(error.code).toBe(code);
      expect(error.hint.length).toBeGreaterThan(10);
      expect(error.name).not.toBe("MeridianError");
    }
  });

  test("each family has its class", () => {
    expect(errorOf("offline", "x")).toBeInstanceOf(NetworkError);
    expect(errorOf("token_expired", "x")).toBeInstanceOf(AuthError);
    expect(errorOf("forbidden", "x")).toBeInstanceOf(RequestError);
    expect(errorOf("rate_limited", "x", { retryAfterMs: 5 })).toBeInstanceOf(RetryableError);
    expect(errorOf("outbox_full", "x")).toBeInstanceOf(StateError);
  });

  test("a code of the future is internal; anything thrown becomes one of ours with its cause", () => {
    expect(errorOf("brand_new", "x").code).toBe("internal");
    const cause = new TypeError("boom");
    expect(asError(cause)).toMatchObject({ code: "internal", message: "boom", cause });
    expect(asError("text").message).toBe("text");
  });

  test("survive the way through plain data", () => {
    const error = errorOf("invalid_request", "no", { retryAfterMs: 7, violations: [{ path: "a", message: "b" }] });
    const back = fromData(structuredClone(toData(error)));
    expect(back).toBeInstanceOf(RequestError);
    expect(toData(back)).toEqual(toData(error));
  });

  test("say whether a retry can help", () => {
    expect(
      ["offline", "timeout", "unavailable", "rate_limited", "internal"].map((code) => isRetryable(errorOf(code, "x"))),
    ).toEqual(Array(5).fill(true));
    expect(["forbidden", "invalid_token", "outbox_full"].map((code) => isRetryable(errorOf(code, "x")))).toEqual(
      Array(3).fill(false),
    );
  });
});
