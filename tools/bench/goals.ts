/** What is wanted of the service, in one place; and whether it was measured so. Nothing fails where it was not. */
import type { Row } from "./shapes/shape.ts";

/** How much of the floor's value the service reached; for memory, how much more it takes. */
export function ratioOf({ floor, meridian }: Row): number {
  return meridian.value / floor.value;
}

/** The service's p99 over the floor's; NaN where nothing was timed. */
export function slownessOf({ floor, meridian }: Row): number {
  return (meridian.times?.p99 ?? Number.NaN) / (floor.times?.p99 ?? Number.NaN);
}

interface Goal {
  /** What is measured: the shape's value, or its slowness. */
  readonly of: "value" | "p99";
  readonly sense: "at least" | "at most";
  readonly limit: number;
  readonly unit: "x" | "KB";
  readonly measure: (row: Row) => number;
}

const rate = (limit: number): Goal => ({ of: "value", sense: "at least", limit, unit: "x", measure: ratioOf });
const memory = (limit: number): Goal => ({
  of: "value",
  sense: "at most",
  limit,
  unit: "KB",
  measure: ({ meridian }) => meridian.value * 1.024,
});

/** Of the value of single shapes: rates as shares of the floor's, memory by itself. */
const GOALS: Readonly<Record<string, Goal>> = {
  one: rate(0.6),
  hot: rate(2),
  pairs: rate(1),
  "group-50-1": rate(1),
  "group-50-10": rate(1),
  idle: memory(30),
};
/** Of every shape that times acknowledgements. */
const SLOWNESS: Goal = { of: "p99", sense: "at most", limit: 2, unit: "x", measure: slownessOf };

/** One target and what became of it. */
export interface Judgement {
  readonly shape: string;
  readonly of: Goal["of"];
  /** In words, such as `at least 0.6 x the floor's rate`. */
  readonly wanted: string;
  /** The same, short: `>= 0.6 x`. */
  readonly brief: string;
  readonly measured: number;
  readonly unit: Goal["unit"];
  readonly met: boolean;
}

/** Holds rows against their targets; a row may have none, one or two. */
export function judge(rows: readonly Row[]): Judgement[] {
  return rows.flatMap((row) => {
    const goal = GOALS[row.shape];
    const goals = [...(goal === undefined ? [] : [goal]), ...(row.timed === "acknowledgement" ? [SLOWNESS] : [])];
    return goals.map((one): Judgement => {
      const { of, sense, limit, unit } = one;
      const exact = one.measure(row);
      return {
        shape: row.shape,
        of,
        wanted: `${sense} ${limit} ${wordsOf(one)}`,
        brief: `${sense === "at least" ? ">=" : "<="} ${limit} ${unit}`,
        // What was not measured is NaN, which no comparison holds for: it is not met.
        met: sense === "at least" ? exact >= limit : exact <= limit,
        measured: Math.round(exact * 100) / 100,
        unit,
      };
    });
  });
}

function wordsOf({ of, unit }: Goal): string {
  if (of === "p99") return "x the floor's acknowledgement p99";
  return unit === "KB" ? "KB per idle, hibernated connection" : "x the floor's rate";
}
