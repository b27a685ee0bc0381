import { array, assert, integer, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { Histogram } from "../../../tools/history/histogram.ts";
import { ConversationLog } from "../../../tools/history/log.ts";
import { RangeSet } from "../../../tools/history/ranges.ts";

describe("a set of ranges", () => {
  it("misses exactly what no range holds", () => {
    const range = tuple(integer({ min: 0, max: 40 }), integer({ min: 0, max: 12 }));
    assert(
      property(array(range), range, (added, [after, length]) => {
        const set = new RangeSet();
        const held = new Set<number>();
        for (const [from, size] of added) {
          set.add(from, from + size);
          for (let seq = from + 1; seq <= from + size; seq++) held.add(seq);
        }
        const missing: number[] = [];
        for (const gap of set.missing(after, after + length)) {
          for (let seq = gap.after + 1; seq <= gap.to; seq++) missing.push(seq);
        }
        const expected = Array.from({ length }, (_, index) => after + 1 + index).filter((seq) => !held.has(seq));
        expect(missing).toEqual(expected);
      }),
    );
  });
});

describe("percentiles", () => {
  it("are within 2 % of the true ones", () => {
    const histogram = new Histogram();
    for (let ms = 1; ms <= 10_000; ms++) histogram.add(ms);
    const { count, p50, p99, max } = histogram.percentiles() ?? { count: 0, p50: 0, p99: 0, max: 0 };
    expect([count, max]).toEqual([10_000, 10_000]);
    expect(p50 / 5000).toBeCloseTo(1, 1);
    expect(Math.abs(p50 / 5000 - 1)).toBeLessThan(0.021);
    expect(Math.abs(p99 / 9900 - 1)).toBeLessThan(0.021);
  });

  it("are none where nothing was measured", () => {
    expect(new Histogram().percentiles()).toBeNull();
  });
});

describe("who may see what", () => {
  function group(
    floor: number,
    members: string[],
    changes: [seq: number, kind: "member_added" | "member_removed", user: string][],
  ) {
    const log = new ConversationLog("g_1");
    const head = floor + 9;
    const entries = Array.from({ length: 10 }, (_, index) => {
      const seq = floor + index;
      const change = changes.find(([at]) => at === seq);
      const base = { seq, id: `e${seq}`, user: "u_a", device: null, at: seq };
      return change === undefined
        ? { ...base, kind: "message" as const }
        : { ...base, kind: change[1], about: [change[2]] };
    });
    const part = { type: "log" as const, conversation: "g_1", members, floor, head, entries };
    log.addPart(part, 1, (message) => expect(message).toBe(""));
    log.close();
    return log;
  }

  it("[V2] a window holds the joining and the removal entry, and rejoining opens a new one", () => {
    const log = group(
      1,
      ["u_a", "u_b"],
      [
        [3, "member_added", "u_b"],
        [5, "member_removed", "u_b"],
        [8, "member_added", "u_b"],
      ],
    );
    const seen = Array.from({ length: 10 }, (_, index) => index + 1).filter(
      (seq) => log.sight("u_b", seq) === "visible",
    );
    expect(seen).toEqual([3, 4, 5, 8, 9, 10]);
  });

  it("[E7] below a risen floor, members are told by what the log says of them later", () => {
    const log = group(
      101,
      ["u_a", "u_b"],
      [
        [104, "member_added", "u_b"],
        [106, "member_removed", "u_c"],
      ],
    );
    expect(log.windowsOf("u_a")).toEqual([{ from: 101, until: Infinity }]);
    expect(log.windowsOf("u_b")).toEqual([{ from: 104, until: Infinity }]);
    expect(log.windowsOf("u_c")).toEqual([{ from: 101, until: 106 }]);
    expect(log.sight("u_c", 100)).toBe("either");
  });

  it("[V3] what is sent while a block is being set may go either way", () => {
    const log = group(1, ["u_a", "u_b"], []);
    const block = { type: "block", blocker: "u_b", blocked: "u_a", conversation: "g_1" } as const;
    log.addBlock({ ...block, active: true, after: 2, by: 4 });
    log.addBlock({ ...block, active: false, after: 6, by: 7 });
    const sights = Array.from({ length: 8 }, (_, index) => log.sight("u_b", index + 1));
    expect(sights).toEqual(["visible", "visible", "either", "either", "blocked", "blocked", "either", "visible"]);
    expect(log.sight("u_a", 5)).toBe("visible");
  });
});
