/**
 * The Worker as one module with what the runtime must know of wrangler.toml: what `npm run serve` runs. Bundled by
 * wrangler itself, so that it is byte for byte what a deploy would upload.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fingerprint } from "./fingerprint.ts";
import { root } from "./options.ts";
import { Refusal } from "./refusal.ts";

const SOURCES = ["worker", "durable-objects", "protocol", "migrations/objects", "wrangler.toml", "package-lock.json"];
const KEPT_MS = 3_600_000;

/** wrangler's command line program. */
export const wranglerBin = join(
  dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
  "bin/wrangler.js",
);

export interface WorkerBundle {
  /** File of the one module. */
  readonly main: string;
  /** Options of the runtime as wrangler derives them from wrangler.toml: bindings, queues, assets, crons. */
  readonly options: {
    readonly bindings: Record<string, string>;
    readonly cronTriggers: readonly string[];
    readonly assets: unknown;
    readonly [option: string]: unknown;
  };
}

/**
 * Bundles the Worker, unless that was done before from the same sources (then it takes milliseconds).
 *
 * @throws Refusal with the bundler's words where the Worker does not build
 */
export async function bundleWorker(): Promise<WorkerBundle> {
  const parent = join(root, "dist/worker");
  const folder = join(parent, fingerprint(SOURCES));
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`;
    try {
      mkdirSync(fresh, { recursive: true });
      await Promise.all([bundle(fresh), describe(fresh)]);
      // Two builds from the same sources are the same: whoever is second finds the folder there.
      if (!existsSync(folder)) renameSync(fresh, folder);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
    forget(parent, folder);
  }
  const options = JSON.parse(readFileSync(join(folder, "options.json"), "utf8")) as WorkerBundle["options"];
  return { main: join(folder, "index.js"), options };
}

async function bundle(folder: string): Promise<void> {
  const child = spawn(process.execPath, [wranglerBin, "deploy", "--dry-run", "--outdir", folder], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      MERIDIAN_BUNDLE_ONLY: "1",
      NO_COLOR: "1",
      CI: "1",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_WRITE_LOGS: "false",
    },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Refusal(`The Worker does not build:\n${output.trim()}`);
}

/** What the runtime must know, as plain data. */
async function describe(folder: string): Promise<void> {
  mkdirSync(join(root, "dist/web"), { recursive: true });
  const wrangler = await import("wrangler");
  const config = wrangler.unstable_readConfig({ config: join(root, "wrangler.toml") }, { hideWarnings: true });
  // Without the names of the secrets wrangler does not go looking for their values: they are the run's, not the bundle's.
  delete config.secrets;
  const { workerOptions } = wrangler.unstable_getMiniflareWorkerOptions(config);
  const options = { ...workerOptions, modulesRules: undefined, bindings: config.vars };
  writeFileSync(join(folder, "options.json"), JSON.stringify(options, null, 2));
}

/** Forgets bundles of older sources, but not those that another process may be starting from. */
function forget(parent: string, current: string): void {
  for (const name of readdirSync(parent)) {
    const folder = join(parent, name);
    if (folder !== current && Date.now() - statSync(folder).mtimeMs > KEPT_MS) rmSync(folder, { recursive: true });
  }
}
