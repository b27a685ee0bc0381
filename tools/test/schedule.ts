import type { Counts } from "./counts.ts";
import type { Step } from "./steps.ts";

export interface Outcome extends Counts {
  readonly name: string;
  readonly seconds: number;
}

/**
 * Runs steps in order, `slots` at a time, those that want to be alone alone. A step that throws has failed.
 *
 * @param progress called when a step starts, and again when it has ended
 */
export async function runSteps(
  steps: readonly Step[],
  slots: number,
  filter: string | undefined,
  progress: (name: string, outcome?: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const busy = new Set<Promise<void>>();
  for (const step of steps) {
    while (busy.size >= (step.alone === true ? 1 : slots)) await Promise.race(busy);
    const run = one(step, filter, progress).then((outcome) => {
      outcomes.push(outcome);
      busy.delete(run);
    });
    busy.add(run);
    if (step.alone === true) await run;
  }
  await Promise.all(busy);
  return outcomes;
}

async function one(
  step: Step,
  filter: string | undefined,
  progress: (name: string, outcome?: Outcome) => void,
): Promise<Outcome> {
  progress(step.name);
  const started = performance.now();
  const counts = await step.run(filter).catch((error: unknown): Counts => {
    return { passed: 0, failed: 1, output: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  });
  const outcome = { ...counts, name: step.name, seconds: (performance.now() - started) / 1000 };
  progress(step.name, outcome);
  return outcome;
}
