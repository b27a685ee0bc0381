import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../tools/dev/options.ts";
import { freePort } from "../../tools/dev/ports.ts";
import { projectFiles } from "../../tools/test/sources.ts";
import { startAccounts, type Accounts } from "./support/accounts.ts";

/** A clone after an install, without secrets and state. */
const clone = mkdtempSync(join(tmpdir(), "meridian-clone-"));
let wrangler: ChildProcess;
let accounts: Accounts;
let url: string;
let log = "";

beforeAll(async () => {
  for (const file of projectFiles()) cpSync(join(root, file), join(clone, file));
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
  accounts = await startAccounts(join(clone, ".state"));
  await accounts.stop();

  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const bin = join(clone, "node_modules/wrangler/bin/wrangler.js");
  const args = ["dev", "--port", String(port), "--inspector-port", "0", "--var", `ACCOUNTS_URL:${accounts.url}`];
  wrangler = spawn(process.execPath, [bin, ...args], {
    cwd: clone,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ACCOUNTS_URL: accounts.url, CLOUDFLARE_CF_FETCH_ENABLED: "false", CI: "1" },
  });
  await new Promise<void>((resolve, reject) => {
    wrangler.once("close", () => reject(new Error(`wrangler dev ended:\n${log}`)));
    setTimeout(() => reject(new Error(`wrangler dev is not ready:\n${log}`)), 90_000).unref();
    for (const stream of [wrangler.stdout, wrangler.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes("Ready on")) resolve();
      });
    }
  });
}, 120_000);

afterAll(async () => {
  if (wrangler.pid !== undefined && wrangler.exitCode === null) {
    process.kill(-wrangler.pid, "SIGKILL");
    await once(wrangler, "close");
  }
  await accounts.stop();
  rmSync(clone, { recursive: true, force: true });
});

const register = () =>
  fetch(new URL("/v1/accounts", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ handle: "ann", password: "a password", device: { name: "test", platform: "test" } }),
  });

test("wrangler dev alone says how to start the accounts database", () => {
  expect(log).toContain(`The accounts database is not running at ${accounts.url}`);
  expect(log).toContain("npm run accounts");
});

test("[A6] what does not need the accounts database works without it, the rest answers accounts_unavailable", async () => {
  const jwks = await fetch(new URL("/.well-known/jwks.json", url)).then((response) => response.json());
  expect(jwks).toMatchObject({ keys: [{ kty: "OKP", crv: "Ed25519" }] });
  expect((await fetch(new URL("/healthz", url))).status).toBe(200);
  const refused = await register();
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ code: "accounts_unavailable" });
});

test("[A6] all of it works once the accounts database is there", async () => {
  await accounts.start();
  let response = await register();
  for (; response.status === 503; response = await register()) {
    const { retryAfterMs = 0 } = (await response.json()) as { retryAfterMs?: number };
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
  }
  expect(response.status).toBe(201);
});
