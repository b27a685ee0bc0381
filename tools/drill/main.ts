/** `npm run drill`: breaks the service under load, and proves that the promise holds. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { root } from "../dev/options.ts";
import { exit, runMain } from "../dev/refusal.ts";
import { Cluster } from "./cluster/cluster.ts";
import { readOptions, usage } from "./options.ts";
import { renderPage } from "./report/html.ts";
import { renderTable, verdictOf } from "./report/table.ts";
import { drill } from "./run/drill.ts";
import type { Outcome } from "./run/outcome.ts";
import { scenarios } from "./scenarios/all.ts";

await runMain(async () => {
  const options = readOptions(
    process.argv.slice(2),
    scenarios.map(({ name }) => name),
  );
  if (options.help) return console.log(usage(scenarios));
  const out = resolve(root, options.out);
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "meridian-drill-"));
  let cluster: Cluster | undefined;
  const end = async (): Promise<void> => {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => void end().then(() => exit(130)));
  }
  // What nobody waited for is no reason to leave the rest untried, but it is wrong.
  const strays: string[] = [];
  process.on("unhandledRejection", (error) => strays.push(error instanceof Error ? `${error.stack}` : String(error)));
  const began = Date.now();
  const outcomes: Outcome[] = [];
  try {
    say("starts three edges, the objects and the accounts database");
    cluster = await Cluster.start(folder, options.latency);
    for (const [index, name] of options.scenarios.entries()) {
      const scenario = scenarios.find((each) => each.name === name);
      if (scenario === undefined) continue;
      const { seed, devices, rate, seconds } = options;
      const where = `${index + 1}/${options.scenarios.length} ${name}`;
      const outcome = await drill(cluster, scenario, { seed, devices, rate, seconds, out }, (line) =>
        say(`${where}: ${line}`),
      );
      outcomes.push(outcome);
      say("");
      console.log(`${where}: ${verdictOf(outcome)}`);
    }
  } finally {
    await end();
  }
  console.log(`\n${renderTable(outcomes)}\n`);
  for (const stray of strays.slice(0, 10)) console.log(`BROKEN unhandled: ${stray}`);
  const page = join(out, "report.html");
  writeFileSync(page, renderPage(outcomes, began));
  console.log(
    `Report: ${page}\nHistories: ${out}/*.ndjson, to be checked again with node tools/history/cli.ts check FILE`,
  );
  await exit(options.check && (strays.length > 0 || outcomes.some(({ ok }) => !ok)) ? 1 : 0);
});

/** Shows how far it is: in place on a terminal, a line each elsewhere. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else if (text !== "") process.stderr.write(`${text}\n`);
}
