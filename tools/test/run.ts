/** `npm test`: every check and every test there is, counted in one line at the end. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { exit, Refusal, runMain } from "../dev/refusal.ts";
import { endCommands } from "./command.ts";
import { memoryFolder } from "./memory-folder.ts";
import { runSteps, type Outcome } from "./schedule.ts";
import { allSteps, type Step } from "./steps.ts";

const SHOWN_LINES = 200;
const SHOWN_FAILURES = 20;

await runMain(async () => {
  const { values } = parseArgs({
    options: { only: { type: "string" }, filter: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help === true) return console.log(usage());
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      endCommands();
      process.exit(1);
    });
  }
  const folder = memoryFolder();
  if (folder !== undefined) process.env["TMPDIR"] = folder;
  const steps = chosen(allSteps(), values.only?.split(","));
  const slots = Math.max(2, Math.floor(availableParallelism() / 2));
  const outcomes = await runSteps(steps, slots, values.filter, progress);
  summarise(outcomes);
  const failed = sum(outcomes, "failed");
  console.log(`${sum(outcomes, "passed")} passed, ${failed} failed`);
  await exit(failed === 0 ? 0 : 1);
});

function chosen(steps: readonly Step[], only: readonly string[] | undefined): readonly Step[] {
  if (only === undefined) return steps;
  const known = new Set(steps.flatMap((step) => [step.name, step.group]));
  const unknown = only.find((name) => !known.has(name));
  if (unknown !== undefined) throw new Refusal(`There is no part ${unknown}: ${groups(steps).join(", ")}`);
  return steps.filter((step) => only.includes(step.name) || only.includes(step.group));
}

function groups(steps: readonly Step[]): string[] {
  return [...new Set(steps.map((step) => step.group))];
}

function usage(): string {
  return `npm test: type checks, lint, format, dependency rule, and the tests of every level.

Options (after --)
  --only PARTS     only these parts, separated by commas: ${groups(allSteps()).join(", ")}
  --filter TEXT    of these only the test files whose path contains TEXT
  --help           this text

Reports are left in reports/tests. The last line counts all: N passed, N failed.`;
}

function progress(name: string, outcome?: Outcome): void {
  if (outcome === undefined) return console.log(`  ...  ${name}`);
  const { passed, failed, seconds } = outcome;
  const verdict = failed === 0 ? " ok  " : "FAILED";
  console.log(`${verdict}  ${name}: ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s`);
  if (failed > 0) console.log(lastLines(outcome.output, name));
}

function lastLines(output: string, name: string): string {
  const lines = output.trim().split("\n");
  const shown = lines.slice(-SHOWN_LINES).map((line) => `    | ${line}`);
  const cut = lines.length - shown.length;
  return [`    | ${name}${cut > 0 ? `, without its first ${cut} lines` : ""}`, ...shown].join("\n");
}

function summarise(outcomes: readonly Outcome[]): void {
  const width = Math.max(...outcomes.map((outcome) => outcome.name.length));
  console.log(`\n${"part".padEnd(width)}  passed  failed  seconds`);
  for (const { name, passed, failed, seconds } of outcomes) {
    const cells = [String(passed).padStart(6), String(failed).padStart(6), seconds.toFixed(1).padStart(7)];
    console.log(`${name.padEnd(width)}  ${cells.join("  ")}`);
  }
  console.log("");
  const failures = outcomes.flatMap(({ name, failed, failures: known }) =>
    failed === 0 ? [] : (known ?? ["see above"]).map((failure) => `FAILED  ${name}: ${failure}`),
  );
  for (const failure of failures.slice(0, SHOWN_FAILURES)) console.log(failure);
  if (failures.length > SHOWN_FAILURES) console.log(`... and ${failures.length - SHOWN_FAILURES} more`);
  if (failures.length > 0) console.log("");
}

function sum(outcomes: readonly Outcome[], field: "passed" | "failed"): number {
  return outcomes.reduce((total, outcome) => total + outcome[field], 0);
}
