import { describe, expect, inject, it } from "vitest";
import type { Violation } from "../../../tools/history/findings.ts";
import type { MemoryHistory } from "../../../tools/history/record.ts";
import { simulate } from "./simulation.ts";

/** Programs that run at the same time: most of a program's time is spent waiting. */
const PARALLEL = 10;

describe("the simulation", () => {
  const { first, count } = inject("simulation");

  it(
    `[S1] [S2] [S3] [S4] [S5] [D1] [D2] [D3] [R1] [V2] [V3] [E1] [E4] hold for ${count} random programs from seed ${first}`,
    async () => {
      const seeds = Array.from({ length: count }, (_, index) => first + index);
      let events = 0;
      const run = async (): Promise<void> => {
        for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
          const { report, history } = await simulate(seed).catch((error: unknown) => {
            throw new Error(
              `seed ${seed}: ${String(error)}; again with: npm run simulate -- --first ${seed} --seeds 1`,
            );
          });
          events += history.events.length;
          const again = `again with: npm run simulate -- --first ${seed} --seeds 1`;
          for (const violation of report.violations.slice(0, 1)) console.log(concerning(history, violation));
          expect(report.violations, `seed ${seed}; ${again}`).toEqual([]);
          expect(report.figures.acknowledged, `seed ${seed} sent nothing`).toBeGreaterThan(0);
        }
      };
      await Promise.all(Array.from({ length: PARALLEL }, run));
      console.log(`simulation: ${count} programs, ${events} events, no violation`);
    },
    60_000 + count * 6_000,
  );
});

/** The last events that a violation is about, one a line: enough to see what happened. */
function concerning(history: MemoryHistory, { device, conversation }: Violation): string {
  const lines = history.events.flatMap((event, index) => {
    const about = event as { device?: string; conversation?: string };
    const fits =
      (about.device === undefined || about.device === device) &&
      (about.conversation === undefined || about.conversation === conversation);
    return fits && event.type !== "log" ? [`${index + 1} ${JSON.stringify(event).slice(0, 400)}`] : [];
  });
  return lines.slice(-80).join("\n");
}
