/** The parts of the suite, in the order in which they are started: what tells soonest comes first. */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { buildWeb } from "../dev/build-web.ts";
import { root } from "../dev/options.ts";
import { bundleWorker } from "../dev/worker-bundle.ts";
import { command } from "./command.ts";
import { lineCounts, oneCheck, playwrightCounts, vitestCounts, type Counts } from "./counts.ts";
import { forbiddenImports, longFiles } from "./sources.ts";

export interface Step {
  readonly name: string;
  /** Several steps of one name can be asked for with `--only`. */
  readonly group: string;
  /** True: nothing runs beside it. */
  readonly alone?: boolean;
  /** @param filter only test files whose path contains it; all where it is undefined */
  run(filter: string | undefined): Promise<Counts>;
}

const PROJECTS = ["worker", "client", "web", "node", "unit"];
/** The browser tests of how fast and smooth the page is. */
const MEASURED = "history.test";
const reports = join(root, "reports/tests");

/** All steps for which there is something to run. */
export function allSteps(): Step[] {
  return [
    check("lockfile", "lint", lockfileIsWhole),
    check("web page builds", "build", () => succeeds(buildWeb)),
    check("Worker builds", "build", () => succeeds(bundleWorker)),
    ...PROJECTS.map((project) =>
      check(`types: ${project}`, "types", () => tool("tsc", "-p", `tsconfig.${project}.json`)),
    ),
    check("types: Env", "types", () =>
      tool("wrangler", "types", "--include-runtime=false", "--strict-vars=false", "--check"),
    ),
    check("lint", "lint", () => tool("oxlint", "--type-aware", "--deny-warnings")),
    check("format", "lint", () => tool("oxfmt", "--check")),
    check("imports between folders", "lint", async () => listed(forbiddenImports())),
    check("file lengths", "lint", async () => listed(longFiles())),
    vitest("unit"),
    vitest("objects"),
    vitest("simulation"),
    ...present("tests/sdk/run.ts", { name: "sdk", group: "sdk", run: sdk }),
    ...present("tests/browser/**/*.test.ts", browser("browser", `tests/browser/(?!${MEASURED})`)),
    // It measures how smoothly a page moves: nothing else may take the processor away meanwhile.
    ...present("tests/browser/**/*.test.ts", {
      ...browser("browser: smoothness", MEASURED, "--workers=1"),
      alone: true,
    }),
    { ...vitest("system"), alone: true },
    { ...vitest("load"), alone: true },
  ];
}

function present(pattern: string, step: Step): Step[] {
  return globSync(pattern, { cwd: root }).length > 0 ? [step] : [];
}

function check(name: string, group: string, run: () => Promise<Counts>): Step {
  return { name, group, run };
}

/** A tool that says by its exit code whether all is well. */
async function tool(name: string, ...args: string[]): Promise<Counts> {
  const { code, output } = await command(name, args, { env: { WRANGLER_HIDE_BANNER: "true" } });
  return oneCheck(code === 0, output);
}

async function listed(lines: readonly string[]): Promise<Counts> {
  return oneCheck(lines.length === 0, lines.join("\n"));
}

async function succeeds(build: () => Promise<unknown>): Promise<Counts> {
  return build().then(
    () => oneCheck(true, ""),
    (error: unknown) => oneCheck(false, error instanceof Error ? error.message : String(error)),
  );
}

/** True where `npm ci` would work on every platform: no optional package of another one is missing. */
async function lockfileIsWhole(): Promise<Counts> {
  // The machine's npm, as whoever installs will use it.
  const PATH = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  const { code, output } = await command("npm", ["ci", "--dry-run", "--loglevel=error"], {
    env: { PATH: PATH.join(delimiter) },
  });
  return oneCheck(code === 0, output);
}

function vitest(project: string): Step {
  return {
    name: project,
    group: project,
    async run(filter) {
      const report = reportFile(`${project}.json`);
      const args = ["run", "--project", project, "--allowOnly=false", "--reporter=default", "--reporter=json"];
      args.push(`--outputFile.json=${report}`, ...(filter === undefined ? [] : [filter]));
      const { code, output } = await command("vitest", args);
      return vitestCounts(read(report), code, output);
    },
  };
}

/** @param files a pattern of test files, used where nothing narrower is asked for */
function browser(name: string, files: string, ...args: string[]): Step {
  return {
    name,
    group: "browser",
    async run(filter) {
      if (filter !== undefined && filter.includes(MEASURED) !== (files === MEASURED)) {
        return { passed: 0, failed: 0, output: "" };
      }
      const report = reportFile(`${name.replaceAll(/\W+/g, "-")}.json`);
      const { code, output } = await command(
        "playwright",
        ["test", "--reporter=list,json", ...args, filter === undefined ? files : filter],
        { env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report } },
      );
      return playwrightCounts(read(report), code, output);
    },
  };
}

async function sdk(): Promise<Counts> {
  const { code, output } = await command(process.execPath, ["tests/sdk/run.ts"]);
  return lineCounts(code, output);
}

function reportFile(name: string): string {
  mkdirSync(reports, { recursive: true });
  const file = join(reports, name);
  rmSync(file, { force: true });
  return file;
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
