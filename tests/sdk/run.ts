/**
 * Runs the suite of the SDK on Node, Bun and Deno and in Chromium, and the examples of its guide, against one real server, and counts:
 * `node tests/sdk/run.ts [node,bun,deno,chromium,examples]`. The last line is `N passed, N failed`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../../tools/test/command.ts";
import { root } from "../../tools/dev/options.ts";
import { startStack } from "../system/support/stack.ts";
import { suite } from "./suite.ts";
import { runInChromium } from "./chromium.ts";
import { runExamples } from "./examples.ts";

type Results = Record<string, string>;

const file = "tests/sdk/suite.test.ts";
const reports = mkdtempSync(join(tmpdir(), "meridian-sdk-"));

/** Their launchers only work after install scripts, which do not run here: the programs are called themselves. */
const arch = { x64: "x64", arm64: "aarch64" }[process.arch as "x64" | "arm64"];
const bun = join(root, `node_modules/@oven/bun-${process.platform}-${arch}/bin/bun`);
const libc = process.platform === "linux" ? "-glibc" : "";
const deno = join(root, `node_modules/@deno/${process.platform}-${process.arch}${libc}/deno`);

const runtimes: Record<string, (url: string) => Promise<Results>> = {
  node: (url) => inProcess("node", process.execPath, ["--test", file], url),
  bun: (url) => inProcess("bun", bun, ["test", "--timeout", "120000", `./${file}`], url),
  deno: (url) => inProcess("deno", deno, ["test", "--allow-all", "--no-check", "--no-lock", file], url),
  chromium: runInChromium,
  examples: runExamples,
};

async function inProcess(name: string, program: string, args: readonly string[], url: string): Promise<Results> {
  const report = join(reports, `${name}.json`);
  const env = { MERIDIAN_URL: url, MERIDIAN_REPORT: report };
  const { output } = await command(program, args, { env, patience: 300_000 });
  if (!existsSync(report)) return { [`${name} runs the suite`]: output };
  const results = JSON.parse(readFileSync(report, "utf8")) as Results;
  // What did not even begin did not pass.
  return { ...Object.fromEntries(suite.map(({ title }) => [title, "did not run"])), ...results };
}

const chosen = process.argv[2]?.split(",") ?? Object.keys(runtimes);
const stack = await startStack();
let passed = 0;
let failed = 0;
try {
  for (const name of chosen) {
    const run = runtimes[name];
    if (run === undefined) throw new Error(`There is no runtime ${name}: ${Object.keys(runtimes).join(", ")}`);
    const started = Date.now();
    const results = await run(stack.url).catch((error: unknown): Results => ({ [`${name} starts`]: String(error) }));
    const failures = Object.entries(results).filter(([, result]) => result !== "passed");
    const good = Object.keys(results).length - failures.length;
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`${name}: ${good} passed, ${failures.length} failed, ${seconds} s`);
    for (const [title, result] of failures) console.log(`  ${name}: ${title}\n${result.replaceAll(/^/gm, "    ")}`);
    passed += good;
    failed += failures.length;
  }
} finally {
  await stack.stop();
  rmSync(reports, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
