import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "../../tools/dev/options.ts";
import { run } from "./support/command.ts";

const folder = mkdtempSync(join(tmpdir(), "meridian-install-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The bootstrap in a fresh clone, as far as it reads it. */
function clone(name: string): string {
  const copy = join(folder, name);
  for (const file of ["tools/dev/up.mjs", "package.json", "package-lock.json", ".npmrc"]) {
    cpSync(join(root, file), join(copy, file), { recursive: true });
  }
  return join(copy, "tools/dev/up.mjs");
}

test("the bootstrap says that npm is missing in one line", async () => {
  mkdirSync(join(folder, "empty"));
  const { code, lines } = await run(process.execPath, [clone("no-npm")], { PATH: join(folder, "empty") });
  expect(lines.slice(1)).toEqual(["npm was not found on PATH: install it (it comes with Node) and start again."]);
  expect(code).toBe(1);
});

test("the bootstrap says that the package registry cannot be reached, and leaves nothing that looks installed", async () => {
  const up = clone("offline");
  const offline = {
    npm_config_registry: "http://127.0.0.1:1/",
    npm_config_cache: join(folder, "cache"),
    npm_config_fetch_retries: "0",
  };
  const { code, lines } = await run(process.execPath, [up], offline);
  expect(lines.at(-1)).toMatch(/^Installing failed: the package registry cannot be reached\./);
  expect(code).toBe(1);
  const again = await run(process.execPath, [up], offline);
  expect(again.code).toBe(1);
});

test("npm hands SIGINT and SIGTERM to the service, which ends in good order", async () => {
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    const state = join(folder, name);
    const env = { ...process.env, PORT: "0", MERIDIAN_STATE: state };
    const npm = spawn("npm", ["run", "serve", "--", "--no-web"], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let output = "";
    await new Promise<void>((resolve) => {
      npm.stdout.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes("Meridian is ready")) resolve();
      });
    });
    npm.kill(name);
    const code = await new Promise((resolve) => npm.once("close", resolve));
    expect(output).toContain(`Stopping: ${name}.`);
    expect(code).toBe(0);
  }
});
