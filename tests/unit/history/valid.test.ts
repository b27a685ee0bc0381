import { assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { checkHistory } from "../../../tools/history/check.ts";
import { STREAM_WINDOW } from "../../../protocol/index.ts";
import { MemoryHistory } from "../../../tools/history/record.ts";
import { run } from "./model/program.ts";

describe("a history of a service that keeps the contract", () => {
  it("[S1-S6] [D1-D3] [D7] [E1] [E4] [R1] [V2] [V3] breaks no rule, whatever happened in it", () => {
    assert(
      property(integer(), integer({ min: 0, max: 250 }), integer({ min: 1, max: 8 }), (seed, steps, window) => {
        const { history } = run({ seed, steps, window });
        const { violations } = checkHistory(history, { window });
        expect(violations).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("is made of everything that can happen", () => {
    const counts = new Map<string, number>();
    const count = (what: string, by = 1) => counts.set(what, (counts.get(what) ?? 0) + by);
    for (let seed = 1; seed <= 40; seed++) {
      const { history, service } = run({ seed });
      for (const event of history.events) {
        count(event.type);
        if (event.type === "acknowledged" && event.duplicate) count("duplicate");
        if (event.type === "sent" && event.session === null) count("over HTTP");
        if (event.type === "hello" && Object.keys(event.cursors).length > 0) count("with cursors");
        if (event.type === "entries" && event.entries.length < event.to - event.after) count("invisible in range");
      }
      for (const { windows, unseen } of service.conversations.values()) {
        count("blocked", unseen.size);
        for (const each of windows.values()) if (each.length > 1) count("rejoined");
      }
    }
    const wanted = ["duplicate", "over HTTP", "with cursors", "invisible in range", "blocked", "rejoined"];
    wanted.push("closed", "rejected", "summary", "page", "hid", "block", "diverged", "receipts", "caughtUp");
    expect(wanted.filter((what) => (counts.get(what) ?? 0) < 20)).toEqual([]);
  });

  it("[D1] has the contract's window where no other is asked for", () => {
    const devices = [{ device: "dev_a", user: "u_a" }];
    const flood = (count: number) => {
      const history = new MemoryHistory();
      const entries = Array.from({ length: count }, (_, index) => {
        const seq = index + 1;
        return { seq, id: `e${seq}`, user: "u_a", device: null, at: seq, kind: "message" as const };
      });
      const on = { device: "dev_a", session: 1, t: 1, conversation: "d_a" };
      const log = { conversation: "d_a", members: ["u_a"], floor: 1, head: count, entries };
      history.write({ type: "run", seed: 1, scenario: "flood", version: "0", startedAt: 0, devices });
      history.write({ type: "entries", ...on, after: 0, to: count, head: count, entries });
      history.write({ type: "caughtUp", device: "dev_a", t: 2 });
      history.write({ type: "log", ...log });
      return checkHistory(history).violations.map(({ rule }) => rule);
    };
    expect(flood(STREAM_WINDOW)).toEqual([]);
    expect(flood(STREAM_WINDOW + 1)).toEqual(["D1"]);
  });
});
