/** Builds the web page into dist/web, which the Worker serves. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fingerprint } from "./fingerprint.ts";
import { root } from "./options.ts";
import { runMain } from "./refusal.ts";

/** Where the built page lies. */
export const webFolder = join(root, "dist/web");
const stamp = join(root, "dist/web.stamp");
const DOCS = ["swagger-ui.css", "swagger-ui-bundle.js"];
const SOURCES = ["web", "client", "protocol", "package-lock.json"];

/**
 * Builds the page unless what is there was built from the same sources.
 *
 * @throws Error of the bundler
 */
export async function buildWeb(): Promise<void> {
  const wanted = fingerprint(SOURCES);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted && existsSync(join(webFolder, "index.html"))) return;
  const fresh = `${webFolder}.${process.pid}`;
  try {
    const { build } = await import("vite");
    const configFile = join(root, "web/vite.config.ts");
    await build({ configFile, logLevel: "warn", build: { outDir: fresh, emptyOutDir: true } });
    // Beside the page: what `/docs` browses the API's description with.
    for (const name of DOCS) {
      cpSync(join(root, "node_modules/swagger-ui-dist", name), join(fresh, "docs", name));
    }
    replaceFolder(fresh, webFolder);
    writeFileSync(stamp, wanted);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * In development a page that does not build becomes a page that says so: were the build command to fail, `wrangler dev`
 * would hold every request, the API's too, until it succeeds.
 */
export function writeErrorPage(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  // oxlint-disable-next-line no-control-regex -- the bundler colours its messages
  const plain = text.replaceAll(/\u001b\[[0-9;]*m/g, "");
  const escaped = plain.replaceAll(/[&<]/g, (character) => (character === "&" ? "&amp;" : "&lt;"));
  mkdirSync(webFolder, { recursive: true });
  rmSync(stamp, { force: true });
  writeFileSync(
    join(webFolder, "index.html"),
    `<!doctype html><meta charset="utf-8"><title>Build failed</title><h1>The web page does not build</h1><pre>${escaped}</pre>`,
  );
}

/**
 * Moves a finished build over the served one: new files first, the page that names them after that, what nobody names
 * any more last. A reader in between finds either the old page whole or the new one, and a second build at the same
 * time does no harm.
 */
function replaceFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  const page = "index.html";
  cpSync(from, to, { recursive: true, filter: (source) => source !== join(from, page) });
  renameSync(join(from, page), join(to, page));
  const kept = new Set([page, ...readdirSync(from, { recursive: true, encoding: "utf8" })]);
  for (const name of readdirSync(to, { recursive: true, encoding: "utf8" })) {
    if (!kept.has(name)) rmSync(join(to, name), { recursive: true, force: true });
  }
}

if (import.meta.main) await runMain(buildWeb);
