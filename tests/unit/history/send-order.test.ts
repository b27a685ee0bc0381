import { describe, expect, it } from "vitest";
import { checkHistory } from "../../../tools/history/check.ts";
import type { HistoryEvent } from "../../../tools/history/events.ts";
import { MemoryHistory } from "../../../tools/history/record.ts";

type Step = readonly ["send" | "first" | "again" | "refused" | "unsure", id: string, session?: number | null];

/** What one device sent and was answered, and the order in which the log has it. */
function broken(steps: readonly Step[], log: readonly string[], resendsInOrder = false): string[] {
  const history = new MemoryHistory();
  const devices = [{ device: "dev_a", user: "u_a" }];
  const run = { seed: 1, scenario: "order", version: "0", startedAt: 0, devices, resendsInOrder };
  history.write({ type: "run", ...run });
  for (const [t, [what, id, session = 1]] of steps.entries()) {
    const on = { device: "dev_a", session, t, conversation: "d_a", id };
    const seq = log.indexOf(id) + 1;
    let event: HistoryEvent = { type: "sent", ...on, kind: "message" };
    if (what === "first" || what === "again") {
      event = { type: "acknowledged", ...on, seq, at: seq, duplicate: what === "again" };
    } else if (what !== "send") {
      event = { type: "rejected", ...on, code: what === "refused" ? "rate_limited" : "unavailable" };
    }
    history.write(event);
  }
  const entries = log.map((id, index) => {
    const seq = index + 1;
    return { seq, id, user: "u_a", device: "dev_a", at: seq, kind: "message" as const };
  });
  history.write({ type: "log", conversation: "d_a", members: ["u_a"], floor: 1, head: log.length, entries });
  return checkHistory(history).violations.map(({ rule }) => rule);
}

const LOST_TWICE: Step[] = [
  ["send", "a"],
  ["send", "b"],
  ["send", "b", 2],
  ["send", "a", 2],
];

describe("[S2] the order of sends", () => {
  it("is that of the log", () => {
    const sent: Step[] = [
      ["send", "a"],
      ["send", "b"],
      ["first", "b"],
      ["first", "a"],
    ];
    expect(broken(sent, ["a", "b"])).toEqual([]);
    expect(broken(sent, ["b", "a"])).toEqual(["S2"]);
  });

  it("knows that a session which lost an entry lost what it sent after it", () => {
    const sent: Step[] = [
      ["send", "a"],
      ["send", "b"],
      ["send", "c"],
      ["send", "a", 2],
      ["send", "b", 2],
      ["send", "c", 2],
      ["first", "a", 2],
      ["send", "b", 3],
      ["send", "c", 3],
      ["again", "b", 3],
      ["again", "c", 3],
    ];
    expect(broken(sent, ["a", "b", "c"], true)).toEqual([]);
    // The first session heard one of the later ones and not the first.
    expect(broken(sent, ["b", "a", "c"], true)).toEqual(["S2"]);
    expect(broken(sent, ["b", "c", "a"], true)).toEqual(["S2"]);
    expect(broken(sent, ["a", "c", "b"], true)).toEqual(["S2"]);
  });

  it("holds for entries whose answers were lost", () => {
    const sent: Step[] = [
      ["send", "a"],
      ["send", "b"],
    ];
    expect(broken(sent, ["b", "a"])).toEqual(["S2"]);
  });

  it("begins anew for a send that was refused, or may have failed", () => {
    for (const what of ["refused", "unsure"] as const) {
      const sent: Step[] = [
        ["send", "a"],
        ["send", "b"],
        [what, "a"],
        ["first", "b"],
        ["send", "a"],
        ["first", "a"],
      ];
      expect(broken(sent, ["b", "a"], true)).toEqual([]);
    }
  });

  it("takes the attempt that an answer names", () => {
    const sent: Step[] = [
      ["send", "a"],
      ["send", "b"],
      ["first", "a"],
      ["send", "a", 2],
      ["again", "a", 2],
      ["first", "b"],
    ];
    expect(broken(sent, ["b", "a"])).toEqual(["S2"]);
  });

  it("does not place an entry at an attempt after the one that was answered as a duplicate", () => {
    const sent: Step[] = [
      ["send", "a"],
      ["send", "a", 2],
      ["again", "a", 2],
      ["send", "b", 2],
      ["first", "b", 2],
      ["send", "a", 3],
      ["again", "a", 3],
    ];
    expect(broken(sent, ["b", "a"])).toEqual(["S2"]);
  });

  it("is that of any attempts where devices resend as they like, of the first where they resend in order", () => {
    expect(broken(LOST_TWICE, ["b", "a"])).toEqual([]);
    expect(broken(LOST_TWICE, ["b", "a"], true)).toEqual(["S2"]);
    expect(broken(LOST_TWICE, ["a", "b"], true)).toEqual([]);
  });

  it("is not asked of sends over HTTP, which run beside each other", () => {
    const sent: Step[] = [
      ["send", "a", null],
      ["send", "b", null],
    ];
    expect(broken(sent, ["b", "a"])).toEqual([]);
  });
});
