/**
 * What wrangler runs before it bundles the Worker (`[build]` in wrangler.toml). Under `npm start` it builds the page;
 * under a plain `npx wrangler dev` it also makes development secrets and says what is not running.
 */
import { join } from "node:path";
import { buildWeb } from "./build-web.ts";
import { MARK } from "./lock.ts";
import { root } from "./options.ts";
import { publishWeb, writeErrorPage } from "./publish-web.ts";
import { ensureSecrets } from "./secrets.ts";

const command = process.env["WRANGLER_COMMAND"];
const inDevelopment = command === "dev";

// `wrangler types` needs no page, and tools/dev/worker-bundle.ts builds its own.
if (command !== "types" && process.env["MERIDIAN_BUNDLE_ONLY"] === undefined) await page();
// wrangler reads .dev.vars after this command has ended, so it finds them even the first time.
if (inDevelopment && process.env[MARK] === undefined) await standalone();

async function page(): Promise<void> {
  try {
    publishWeb(await buildWeb());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    if (!inDevelopment) process.exit(1);
    writeErrorPage(error);
  }
}

async function standalone(): Promise<void> {
  ensureSecrets(join(root, ".dev.vars"));
  const url = process.env["ACCOUNTS_URL"] || "http://127.0.0.1:8788";
  const up = await fetch(`${url.replace(/^libsql:/, "https:")}/health`, { signal: AbortSignal.timeout(1_000) }).then(
    () => true,
    () => false,
  );
  if (up) return;
  console.warn(
    `The accounts database is not running at ${url}: registration, sign-in and profiles answer 503 until it is; ` +
      "all else works. Start it in another terminal with: npm run accounts",
  );
}
