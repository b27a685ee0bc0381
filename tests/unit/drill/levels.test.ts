import { describe, expect, test } from "vitest";
import { drainTime, longestBelow, peakPerSecond } from "../../../tools/drill/run/levels.ts";

describe("the longest time below", () => {
  test("is 0 where the number never fell", () => {
    expect(longestBelow([{ t: 0, value: 5 }], 5, 1_000)).toBe(0);
  });

  test("counts from the fall to the rise, and takes the longest of several", () => {
    const levels = [5, 3, 4, 5, 2, 5].map((value, index) => ({ t: index * 100, value }));
    expect(longestBelow(levels, 5, 1_000)).toBe(200);
    expect(longestBelow(levels, 3, 1_000)).toBe(100);
  });

  test("goes on to the end where nothing came back", () => {
    expect(
      longestBelow(
        [
          { t: 0, value: 5 },
          { t: 300, value: 1 },
        ],
        5,
        1_000,
      ),
    ).toBe(700);
  });
});

describe("the time to drain", () => {
  const levels = [0, 2, 9, 5, 2, 0].map((value, index) => ({ t: index * 100, value }));

  test("is from the peak down to what was normal before", () => {
    expect(drainTime(levels, 150)).toBe(200);
    expect(drainTime(levels, 50)).toBe(300);
  });

  test("is 0 where nothing rose, and unknown where it never came down", () => {
    expect(drainTime(levels.slice(0, 2), 1_000)).toBe(0);
    expect(drainTime(levels.slice(0, 4), 150)).toBeUndefined();
  });
});

test("the peak is the most events within any one second, wherever it begins", () => {
  expect(peakPerSecond([])).toBe(0);
  expect(peakPerSecond([0, 900, 950, 1_000, 1_899, 1_901, 5_000])).toBe(4);
});
