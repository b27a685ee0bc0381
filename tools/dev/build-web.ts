/**
 * Builds the web page. Each build lies in a folder of its own, named by what it was built from, and is never changed: a
 * service goes on serving the build that it was started with, whatever is built beside it.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fingerprint } from "./fingerprint.ts";
import { root } from "./options.ts";
import { publishWeb } from "./publish-web.ts";
import { runMain } from "./refusal.ts";

const viteBin = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin/vite.js");
const parent = join(root, "dist/web-builds");
const DOCS = ["swagger-ui.css", "swagger-ui-bundle.js"];
const SOURCES = ["web", "client", "protocol", "package-lock.json", "tools/dev/build-web.ts"];
/** A build that nobody has held for so long is forgotten. */
const KEPT_MS = 600_000;
const HOLD_MS = 60_000;
let builds = 0;

/**
 * Builds the page, unless that was done before from the same sources (then it takes milliseconds).
 *
 * @returns the folder of the build
 * @throws Error of the bundler
 */
export async function buildWeb(): Promise<string> {
  const wanted = fingerprint(SOURCES);
  const folder = join(parent, wanted);
  if (existsSync(folder)) {
    touch(folder);
    return folder;
  }
  builds += 1;
  const fresh = `${folder}.${process.pid}.${builds}`;
  try {
    await bundle(fresh);
    // Beside the page: what `/docs` browses the API's description with.
    for (const name of DOCS) {
      cpSync(join(root, "node_modules/swagger-ui-dist", name), join(fresh, "docs", name));
    }
    // What was edited meanwhile may be in it or not: then no sources have this build, and the next one is made anew.
    const built = fingerprint(SOURCES) === wanted ? folder : `${folder}-${process.pid}`;
    settle(fresh, built);
    return built;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    forget();
  }
}

/** In a process of its own: whatever this one's environment is, tests' say, the build is the one that is deployed. */
async function bundle(folder: string): Promise<void> {
  const args = ["build", "--config", join(root, "web/vite.config.ts"), "--logLevel", "warn", "--emptyOutDir"];
  const child = spawn(process.execPath, [viteBin, ...args, "--outDir", folder], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "production", NO_COLOR: "1" },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(output.trim());
  if (output !== "") console.error(output.trim());
}

/**
 * Keeps a build from being forgotten for as long as this process serves it.
 *
 * @returns ends it
 */
export function holdWeb(folder: string): () => void {
  const timer = setInterval(() => touch(folder), HOLD_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** A folder appears whole or not at all. Two builds from the same sources are the same: the first one stays. */
function settle(fresh: string, folder: string): void {
  try {
    renameSync(fresh, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
  touch(folder);
}

function touch(folder: string): void {
  const now = new Date();
  utimesSync(folder, now, now);
}

/** Forgets builds that nobody holds, and what builds that were killed left. */
function forget(): void {
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    const folder = join(parent, name);
    const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity };
    if (Date.now() - mtimeMs > KEPT_MS) rmSync(folder, { recursive: true, force: true });
  }
}

/** `npm run build:web`: builds it to where wrangler takes it from. */
async function main(): Promise<void> {
  publishWeb(await buildWeb());
}

if (import.meta.main) await runMain(main);
