import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { bundleSimulation, startSimulation, type SimulationRuntime } from "./runtime.ts";

/** Programs that run at the same time in a process: part of a program's time is spent waiting. */
const PARALLEL = 10;
/** A runtime's objects share one thread: with two, a second processor that is free is used. */
const PROCESSES = Math.min(2, availableParallelism());

describe("the simulation", () => {
  const { first, count } = inject("simulation");
  const folder = mkdtempSync(join(tmpdir(), "meridian-simulation-"));
  let runtimes: SimulationRuntime[] = [];

  beforeAll(async () => {
    const bundle = await bundleSimulation(folder);
    runtimes = await Promise.all(Array.from({ length: PROCESSES }, () => startSimulation(bundle)));
  });
  afterAll(async () => {
    await Promise.all(runtimes.map((runtime) => runtime.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    `[S1] [S2] [S3] [S4] [S5] [D1] [D2] [D3] [R1] [V2] [V3] [E1] [E4] hold for ${count} random programs from seed ${first}`,
    async () => {
      const seeds = Array.from({ length: count }, (_, index) => first + index);
      let events = 0;
      const run = async (runtime: SimulationRuntime): Promise<void> => {
        for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
          const again = `again with: npm run simulate -- --first ${seed} --seeds 1`;
          const outcome = await runtime.run(seed).catch((error: unknown) => {
            throw new Error(`seed ${seed}: ${String(error)}; ${again}`);
          });
          events += outcome.events;
          if (outcome.concerning.length > 0) console.log(outcome.concerning.join("\n"));
          expect(outcome.violations, `seed ${seed}; ${again}`).toEqual([]);
          expect(outcome.acknowledged, `seed ${seed} sent nothing`).toBeGreaterThan(0);
        }
      };
      await Promise.all(runtimes.flatMap((runtime) => Array.from({ length: PARALLEL }, () => run(runtime))));
      console.log(`simulation: ${count} programs, ${events} events, no violation`);
    },
    60_000 + count * 6_000,
  );
});
