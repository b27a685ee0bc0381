import { expect, test } from "vitest";
import { TokenBucket } from "../../../durable-objects/shared/token-bucket.ts";

function bucket(rate: number, burst: number) {
  const clock = { now: 1_000_000 };
  return { clock, bucket: new TokenBucket(rate, burst, () => clock.now) };
}

test("[S6] a burst passes at once, then so many a second", () => {
  const { clock, bucket: tokens } = bucket(10, 5);
  expect(Array.from({ length: 5 }, () => tokens.take())).toEqual([0, 0, 0, 0, 0]);
  expect(tokens.take()).toBe(100);
  clock.now += 1_000;
  expect(tokens.take()).toBe(0);
});

test("[S6] those who are turned away come back one after the other, and each is let in when it does as it was told", () => {
  const { clock, bucket: tokens } = bucket(40, 40);
  const start = clock.now;
  const due: number[] = [];
  for (let each = 0; each < 200; each++) {
    const wait = tokens.take();
    if (wait > 0) due.push(start + wait);
  }
  expect(due).toHaveLength(160);
  expect(new Set(due).size).toBe(160);
  for (const at of due) {
    clock.now = at;
    expect(tokens.take()).toBe(0);
  }
});

test("[S6] who comes back too soon, over and over, is never told more than ten seconds, and it ends", () => {
  const { clock, bucket: tokens } = bucket(1, 1);
  tokens.take();
  let longest = 0;
  for (let each = 0; each < 5_000; each++) longest = Math.max(longest, tokens.take());
  expect(longest).toBe(10_000);
  clock.now += 10_000;
  expect(tokens.take()).toBe(0);
  expect(tokens.take()).toBe(1_000);
});

test("a clock that goes back gives nothing away and takes nothing", () => {
  const { clock, bucket: tokens } = bucket(10, 1);
  expect(tokens.take()).toBe(0);
  clock.now -= 5_000;
  expect(tokens.take()).toBeGreaterThan(0);
  clock.now += 100;
  expect(tokens.take()).toBe(0);
});
