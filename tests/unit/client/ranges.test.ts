import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { add, around, covers, missing, type Range } from "../../../client/sync/ranges.ts";

const range = (after: number, to: number): Range => ({ after, to });

describe("[C2] ranges", () => {
  test("merge what overlaps or touches, and keep what does not apart", () => {
    const held = [range(0, 5), range(10, 15)];
    expect(add(held, range(5, 7))).toEqual([range(0, 7), range(10, 15)]);
    expect(add(held, range(5, 10))).toEqual([range(0, 15)]);
    expect(add(held, range(6, 9))).toEqual([range(0, 5), range(6, 9), range(10, 15)]);
    expect(add(held, range(20, 30))).toEqual([...held, range(20, 30)]);
  });

  test("what is held already, and nothing at all, leave the same list", () => {
    const held = [range(0, 5)];
    expect(add(held, range(1, 5))).toBe(held);
    expect(add(held, range(7, 7))).toBe(held);
  });

  test("name the holes", () => {
    const held = [range(2, 5), range(8, 9)];
    expect(missing(held, range(0, 12))).toEqual([range(0, 2), range(5, 8), range(9, 12)]);
    expect(missing(held, range(3, 4))).toEqual([]);
  });

  const stretches = fc.array(
    fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 12 })).map(([after, length]) => range(after, after + length)),
    { maxLength: 20 },
  );
  const seqsOf = (list: readonly Range[]) => {
    const seqs = new Set<number>();
    for (const { after, to } of list) for (let seq = after + 1; seq <= to; seq++) seqs.add(seq);
    return seqs;
  };

  test("hold exactly the seqs that were added, disjoint, ascending and apart", () => {
    fc.assert(
      fc.property(stretches, (list) => {
        let held: readonly Range[] = [];
        for (const each of list) held = add(held, each);
        expect(seqsOf(held)).toEqual(new Set([...seqsOf(list)].sort((a, b) => a - b)));
        held.forEach(({ after, to }, index) => {
          expect(to).toBeGreaterThan(after);
          const next = held[index + 1];
          if (next !== undefined) expect(next.after).toBeGreaterThan(to);
        });
      }),
    );
  });

  test("cover, find and miss as the seqs say", () => {
    fc.assert(
      fc.property(stretches, fc.nat({ max: 70 }), fc.nat({ max: 20 }), (list, after, length) => {
        let held: readonly Range[] = [];
        for (const each of list) held = add(held, each);
        const has = seqsOf(list);
        const wanted = range(after, after + length);
        const asked = [...seqsOf([wanted])];
        expect(covers(held, wanted)).toBe(asked.every((seq) => has.has(seq)));
        expect([...seqsOf(missing(held, wanted))]).toEqual(asked.filter((seq) => !has.has(seq)));
        expect(around(held, after) !== undefined).toBe(has.has(after));
      }),
    );
  });
});
