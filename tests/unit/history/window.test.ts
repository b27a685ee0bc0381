import { describe, expect, it } from "vitest";
import { checkHistory } from "../../../tools/history/check.ts";
import { MemoryHistory } from "../../../tools/history/record.ts";

type Step = readonly ["frame", after: number, to: number] | readonly ["received", seq: number] | readonly ["again"];

/** What one device was given on its sockets and acknowledged. @returns what breaks [D1] */
function found(steps: readonly Step[]): string[] {
  const history = new MemoryHistory();
  const devices = [{ device: "dev_a", user: "u_a" }];
  history.write({ type: "run", seed: 1, scenario: "window", version: "0", startedAt: 0, devices });
  let session = 1;
  for (const [t, step] of steps.entries()) {
    const on = { device: "dev_a", session, t, conversation: "d_a" };
    if (step[0] === "again") {
      history.write({ type: "closed", device: "dev_a", session, t, code: 1006 });
      session++;
    } else if (step[0] === "received") {
      history.write({ type: "received", ...on, seq: step[1] });
    } else {
      const [, after, to] = step;
      const entries = Array.from({ length: to - after }, (_, index) => {
        const seq = after + 1 + index;
        return { seq, id: `e${seq}`, user: "u_b", device: "dev_b", at: seq, kind: "message" as const };
      });
      history.write({ type: "entries", ...on, after, to, head: to, entries });
    }
  }
  return checkHistory(history)
    .violations.filter(({ rule }) => rule === "D1")
    .map(({ message }) => message);
}

describe("[D1] the window of a stream", () => {
  it("holds 256 entries and no more", () => {
    expect(
      found([
        ["frame", 0, 200],
        ["frame", 200, 256],
      ]),
    ).toEqual([]);
    expect(
      found([
        ["frame", 0, 200],
        ["frame", 200, 257],
      ]),
    ).toEqual(["257 entries are unacknowledged, 256 may be"]);
  });

  it("moves on with what is acknowledged", () => {
    expect(
      found([
        ["frame", 0, 256],
        ["received", 100],
        ["frame", 256, 356],
      ]),
    ).toEqual([]);
    expect(
      found([
        ["frame", 0, 256],
        ["received", 100],
        ["frame", 256, 357],
      ]),
    ).toEqual(["257 entries are unacknowledged, 256 may be"]);
  });

  it("has room for what a device acknowledges before it is given it again", () => {
    expect(found([["frame", 0, 250], ["received", 250], ["again"], ["received", 250], ["frame", 100, 400]])).toEqual(
      [],
    );
    expect(found([["frame", 0, 250], ["received", 250], ["again"], ["received", 250], ["frame", 100, 507]])).toEqual([
      "257 entries are unacknowledged, 256 may be",
    ]);
  });
});
