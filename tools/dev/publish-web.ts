/**
 * Puts a build of the page to where wrangler takes it from, to serve it in development or to deploy it. Files of the
 * builds before it stay beside it, so that a page that was opened before still finds its parts.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./options.ts";

/** What wrangler.toml names. */
const published = join(root, "dist/web");
const PAGE = "index.html";
const ASSETS = "assets";
/** Files of earlier builds that stay, newest first: a handful of builds, without their source maps. */
const KEPT_FILES = 60;
/** How the name of a file ends that is not whole yet; what a killed copy left goes after a while. */
const COPYING = ".copying";
const COPY_MS = 600_000;

/**
 * Moves a build over the published one: new files first, the page that names them after that, what nobody names any
 * more last. A reader in between finds either the old page whole or the new one, and a second one at the same time
 * does no harm.
 *
 * @param to for tests: another folder than wrangler's
 */
export function publishWeb(build: string, to = published): void {
  mkdirSync(to, { recursive: true });
  const names = readdirSync(build, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(build, name)).isFile(),
  );
  for (const name of names) if (name !== PAGE) copy(join(build, name), join(to, name));
  copy(join(build, PAGE), join(to, PAGE));
  removeOld(to, new Set(names));
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
  mkdirSync(published, { recursive: true });
  writeFileSync(
    join(published, PAGE),
    `<!doctype html><meta charset="utf-8"><title>Build failed</title><h1>The web page does not build</h1><pre>${escaped}</pre>`,
  );
}

/** Whoever reads meanwhile finds the old file whole or the new one; what did not change is no news for who watches. */
function copy(from: string, to: string): void {
  if (existsSync(to) && readFileSync(to).equals(readFileSync(from))) return;
  const fresh = `${to}.${process.pid}${COPYING}`;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, fresh);
  renameSync(fresh, to);
}

function removeOld(folder: string, named: ReadonlySet<string>): void {
  const old = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !named.has(name))
    .map((name) => ({ name, stat: statSync(join(folder, name), { throwIfNoEntry: false }) }))
    .filter(({ stat }) => stat?.isFile() === true);
  // Their names change with their content, so that an old one is never taken for a new one.
  const parts = old.filter(({ name }) => dirname(name) === ASSETS && /\.(js|css)$/.test(name));
  const kept = parts.toSorted((a, b) => (b.stat?.mtimeMs ?? 0) - (a.stat?.mtimeMs ?? 0)).slice(0, KEPT_FILES);
  const names = new Set(kept.map(({ name }) => name));
  for (const { name, stat } of old) {
    const isBeingCopied = name.endsWith(COPYING) && Date.now() - (stat?.mtimeMs ?? 0) < COPY_MS;
    if (!names.has(name) && !isBeingCopied) rmSync(join(folder, name), { force: true });
  }
}
