import { describe, expect, it } from "vitest";
import { giveBack, refill, take, type Bucket } from "../../../durable-objects/limiter/bucket.ts";

const allowance = { perMinute: 10 };

/** Takes until refused; answers how many were granted and the wait that came with the refusal. */
function drain(bucket: Bucket | undefined, now: number): { granted: number; waitMs: number; bucket: Bucket } {
  for (let granted = 0; ; granted++) {
    const next = take(bucket, allowance, now);
    if (next.waitMs > 0) return { granted, waitMs: next.waitMs, bucket: next.bucket };
    bucket = next.bucket;
  }
}

describe("the bucket of the sign-in and registration limits", () => {
  it("[A4] grants a minute's worth at once, then says how long to wait", () => {
    const { granted, waitMs } = drain(undefined, 1_000);
    expect(granted).toBe(10);
    expect(waitMs).toBe(6_000);
  });

  it("[A4] grants exactly one more after that wait, and none just before", () => {
    const { bucket, waitMs } = drain(undefined, 1_000);
    expect(drain(bucket, 1_000 + waitMs - 1).granted).toBe(0);
    expect(drain(bucket, 1_000 + waitMs).granted).toBe(1);
  });

  it("is full again after a minute and never more than full", () => {
    const { bucket } = drain(undefined, 0);
    expect(drain(bucket, 60_000).granted).toBe(10);
    expect(drain(bucket, 3_600_000).granted).toBe(10);
  });

  it("a token given back can be taken again, and cannot overfill", () => {
    const { bucket } = drain(undefined, 0);
    expect(drain(giveBack(bucket, allowance, 0), 0).granted).toBe(1);
    expect(giveBack(undefined, allowance, 0).tokens).toBe(10);
  });

  it("a clock that steps back neither takes nor gives", () => {
    const { bucket } = drain(undefined, 100_000);
    const back = refill(bucket, allowance, 40_000);
    expect(back.tokens).toBe(bucket.tokens);
    expect(refill(back, allowance, 100_000).tokens).toBe(bucket.tokens);
  });
});
