import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Breaker } from "../../../worker/accounts/breaker.ts";

const options = { failures: 3, slowMs: 2_000, openMs: 1_000 };
const fail = () => Promise.reject(new Error("connection refused"));
const succeed = async () => "row";
const hang = () => new Promise<never>(() => undefined);

/** A breaker, and how often the database was really asked. */
function setUp() {
  const failures: unknown[] = [];
  const isFailure = (error: unknown) => !(error instanceof RangeError);
  const breaker = new Breaker(options, isFailure, (error) => failures.push(error));
  const asked = { times: 0 };
  const ask = <T>(work: () => Promise<T>) =>
    breaker.run(() => {
      asked.times++;
      return work();
    });
  return { breaker, ask, asked, failures };
}

/** One that is open. */
async function setUpOpen() {
  const set = setUp();
  for (let i = 0; i < options.failures; i++) await expect(set.ask(fail)).rejects.toThrow();
  expect(set.breaker.open).toBe(true);
  return set;
}

describe("the breaker around the accounts database", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("[A6] a failure is accounts_unavailable, and its reason goes to the log", async () => {
    const { ask, failures } = setUp();
    await expect(ask(fail)).rejects.toMatchObject({ code: "accounts_unavailable", retryAfterMs: 1_000 });
    expect(failures).toHaveLength(1);
  });

  it("[A6] after three failures in a row it refuses at once, without asking", async () => {
    const { ask, asked } = await setUpOpen();
    await vi.advanceTimersByTimeAsync(300);
    await expect(ask(succeed)).rejects.toMatchObject({ code: "accounts_unavailable", retryAfterMs: 700 });
    expect(asked.times).toBe(3);
  });

  it("a success in between starts the count again", async () => {
    const { breaker, ask } = setUp();
    for (const work of [fail, fail, succeed, fail, fail]) await ask(work).catch(() => undefined);
    expect(breaker.open).toBe(false);
  });

  it("[A6] what is the caller's own fault is passed on and counts for nothing", async () => {
    const { breaker, ask, failures } = setUp();
    for (let i = 0; i < 10; i++) await expect(ask(() => Promise.reject(new RangeError("odd")))).rejects.toThrow("odd");
    expect(breaker.open).toBe(false);
    expect(failures).toStrictEqual([]);
  });

  it("[A6] an answer that takes too long is a failure", async () => {
    const { breaker, ask } = setUp();
    const refused = Promise.allSettled([ask(hang), ask(hang), ask(hang)]);
    await vi.advanceTimersByTimeAsync(options.slowMs);
    for (const { status } of await refused) expect(status).toBe("rejected");
    expect(breaker.open).toBe(true);
  });

  it("tells the work to give up when it is too slow", async () => {
    const { breaker } = setUp();
    let given: AbortSignal | undefined;
    const refused = breaker.run((signal) => ((given = signal), hang())).catch(() => undefined);
    expect(given?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(options.slowMs);
    await refused;
    expect(given?.aborted).toBe(true);
  });

  it("[A6] recovers by itself: one call probes, and its success closes the breaker", async () => {
    const { breaker, ask } = await setUpOpen();
    await vi.advanceTimersByTimeAsync(options.openMs);
    expect(await ask(succeed)).toBe("row");
    expect(breaker.open).toBe(false);
    expect(await ask(succeed)).toBe("row");
  });

  it("[A6] a probe that fails opens it again", async () => {
    const { breaker, ask, asked } = await setUpOpen();
    await vi.advanceTimersByTimeAsync(options.openMs);
    await expect(ask(fail)).rejects.toThrow();
    expect(breaker.open).toBe(true);
    await expect(ask(succeed)).rejects.toMatchObject({ code: "accounts_unavailable" });
    expect(asked.times).toBe(4);
  });

  it("[A6] while one call probes, all others are refused at once", async () => {
    const { ask, asked } = await setUpOpen();
    await vi.advanceTimersByTimeAsync(options.openMs);
    let answer: (row: string) => void = () => undefined;
    const probe = ask(() => new Promise<string>((resolve) => (answer = resolve)));
    await expect(ask(succeed)).rejects.toMatchObject({ code: "accounts_unavailable" });
    answer("row");
    expect(await probe).toBe("row");
    expect(asked.times).toBe(4);
  });

  it("[A6] a probe that never ends, because its client vanished, does not keep it open for ever", async () => {
    const { breaker, ask } = await setUpOpen();
    await vi.advanceTimersByTimeAsync(options.openMs);
    void ask(hang).catch(() => undefined);
    // The runtime drops a cancelled request with its timers: time passes and nothing of it settles.
    vi.setSystemTime(Date.now() + 2 * options.slowMs);
    expect(await ask(succeed)).toBe("row");
    expect(breaker.open).toBe(false);
  });
});
