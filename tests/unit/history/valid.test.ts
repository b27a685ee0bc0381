import { assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { checkHistory } from "../../../tools/history/check.ts";
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
});
