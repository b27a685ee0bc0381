import { describe, expect, it } from "vitest";
import { MeridianError } from "../../../protocol/index.ts";
import { Gate } from "../../../worker/accounts/gate.ts";

const forever = () => new Promise<never>(() => undefined);

describe("the gate before password work", () => {
  it("lets so many in and sends the next away at once with a time to come back", async () => {
    const gate = new Gate(2, () => 0);
    void gate.pass(forever);
    void gate.pass(forever);
    const refusal = await gate.pass(forever).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(MeridianError);
    expect(refusal).toMatchObject({ code: "unavailable" });
    expect((refusal as MeridianError).retryAfterMs).toBeGreaterThanOrEqual(1_000);
  });

  it("a place is free again after success and after failure", async () => {
    const gate = new Gate(1, () => 0);
    expect(await gate.pass(async () => "done")).toBe("done");
    await expect(gate.pass(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await gate.pass(async () => "again")).toBe("again");
  });

  it("a place whose request vanished is free again after a while", async () => {
    let now = 0;
    const gate = new Gate(1, () => now);
    void gate.pass(forever);
    now = 14_999;
    await expect(gate.pass(async () => "early")).rejects.toMatchObject({ code: "unavailable" });
    now = 15_000;
    expect(await gate.pass(async () => "in time")).toBe("in time");
  });
});
