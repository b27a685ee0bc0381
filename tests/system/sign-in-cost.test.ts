/** What guessing costs: the time of a failed sign-in at the real cost of a hash, and the limit on registrations. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, DEVICE, newHandle, PASSWORD, problemIn, register, signIn } from "./support/http.ts";
import { startStack, type Stack } from "./support/stack.ts";

const REGISTRATIONS = 6;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ vars: { REGISTER_RATE: String(REGISTRATIONS), PASSWORD_COST: "16384,8,5" } });
});
afterAll(() => stack?.stop());

test("registrations of one address are limited, and sign-ins go on", async () => {
  const handles = Array.from({ length: REGISTRATIONS }, newHandle);
  for (const handle of handles) await register(stack, handle);
  const body = { handle: newHandle(), password: PASSWORD, device: DEVICE };
  const limited = await call(stack, "POST /v1/accounts", { body });
  expect(problemIn(limited)).toMatchObject({ status: 429, code: "rate_limited" });
  expect(Number(limited.headers.get("Retry-After"))).toBeGreaterThan(0);
  expect((await signIn(stack, handles[0] ?? "")).status).toBe(201);
});

test("[A4] the time of a failure does not tell whether there is such a handle", async () => {
  const known = newHandle();
  // The limit above may have been reached: then this waits for its turn as any client would.
  for (;;) {
    const answer = await call(stack, "POST /v1/accounts", {
      body: { handle: known, password: PASSWORD, device: DEVICE },
    });
    if (answer.status === 201) break;
    const wait = problemIn(answer).retryAfterMs ?? 0;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  const time = async (handle: string): Promise<number> => {
    const started = performance.now();
    expect((await signIn(stack, handle, "another password")).status).toBe(401);
    return performance.now() - started;
  };
  const times: { known: number; unknown: number }[] = [];
  for (let i = 0; i < 7; i++) times.push({ known: await time(known), unknown: await time(newHandle()) });
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  const ratio = median(times.map((pair) => pair.unknown)) / median(times.map((pair) => pair.known));
  // Without the work an unknown handle would be ten times as fast and more.
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(2);
});
