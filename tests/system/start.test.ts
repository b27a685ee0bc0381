import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { MARK } from "../../tools/dev/lock.ts";
import { root } from "../../tools/dev/options.ts";
import { isFree } from "../../tools/dev/ports.ts";
import { findMarked, identify, isRunning, signal } from "../../tools/dev/processes.ts";
import { startService, type Service, type ServiceOptions } from "../../tools/dev/service.ts";
import { openState } from "../../tools/dev/state.ts";
import { run, type Finished } from "./support/command.ts";

const started: Service[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((service) => service.kill("SIGKILL")));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newState(): string {
  const folder = mkdtempSync(join(tmpdir(), "meridian-start-"));
  folders.push(folder);
  return folder;
}

async function start(options: ServiceOptions): Promise<Service> {
  const service = await startService(options);
  started.push(service);
  return service;
}

/** Starts a service that is expected to refuse. */
function refused(state: string, port = 0, args: readonly string[] = ["--no-web"]): Promise<Finished> {
  const env = { MERIDIAN_STATE: state, PORT: String(port) };
  return run(process.execPath, [join(root, "tools/dev/serve.ts"), ...args], env);
}

const status = (service: Service, path: string): Promise<number> =>
  fetch(new URL(path, service.url)).then((response) => response.status);

function processesOf(state: string): number[] {
  return findMarked(MARK, openState(state).mark);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe.each(["serve", "dev"] as const)("the service in mode %s", (mode) => {
  test("is ready once GET /readyz answers 200, and ends with everything it started on SIGTERM", async () => {
    const service = await start({ state: newState(), mode });
    expect(await status(service, "/readyz")).toBe(200);
    expect(processesOf(service.state).length).toBeGreaterThanOrEqual(2);

    signal(service.pid, "SIGTERM");

    expect(await service.ended).toBe(0);
    expect(processesOf(service.state)).toEqual([]);
    expect(existsSync(openState(service.state).lock)).toBe(false);
    expect(await isFree(service.port, "127.0.0.1")).toBe(true);
  });

  test("ends without a trace when Ctrl-C reaches every process at once", async () => {
    const service = await start({ state: newState(), mode });
    service.signal("SIGINT");
    expect(await service.ended).toBe(0);
    expect(processesOf(service.state)).toEqual([]);
    expect(service.log()).not.toContain("started again");
  });

  test("starts again on the same port after SIGKILL, of its group and of its leading process alone", async () => {
    const first = await start({ state: newState(), mode });
    await first.kill("SIGKILL");
    const second = await start({ state: first.state, port: first.port, mode });
    expect(await status(second, "/readyz")).toBe(200);
    expect(second.log()).toContain("The last run was killed");

    const orphans = processesOf(first.state);
    signal(second.pid, "SIGKILL");
    await second.ended;
    const third = await start({ state: first.state, port: first.port, mode });
    expect(await status(third, "/readyz")).toBe(200);
    expect(orphans.length).toBeGreaterThanOrEqual(2);
    expect(orphans.filter((pid) => processesOf(first.state).includes(pid))).toEqual([]);
  });
});

test("keeps its secrets from one start to the next", async () => {
  const first = await start({ state: newState() });
  const keys = await fetch(new URL("/.well-known/jwks.json", first.url)).then((response) => response.text());
  await first.stop();
  const second = await start({ state: first.state });
  expect(await fetch(new URL("/.well-known/jwks.json", second.url)).then((response) => response.text())).toBe(keys);
});

test("takes the settings of wrangler.toml from the environment", async () => {
  const service = await start({ state: newState(), region: "moon", vars: { VERSION: "1.2.3" } });
  const health: unknown = await fetch(new URL("/healthz", service.url)).then((response) => response.json());
  expect(health).toMatchObject({ region: "moon", version: "1.2.3" });
});

test("starts the accounts database again when it dies", async () => {
  const service = await start({ state: newState() });
  const sqld = processesOf(service.state).find((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("sqld"));
  if (sqld === undefined) throw new Error("sqld runs beside the service");
  signal(sqld, "SIGKILL");
  await until(() => service.log().includes("started again"));
  for (let code = 0; code !== 200; code = await status(service, "/readyz"));
  expect(processesOf(service.state)).not.toContain(sqld);
});

test("ends itself when the command that started it is killed", async () => {
  const state = newState();
  const launcher = join(state, "launcher.mjs");
  // Stands for npm and the bootstrap: starts the service as its child and waits.
  writeFileSync(
    launcher,
    `import { spawn } from "node:child_process";
     const env = { ...process.env, MERIDIAN_LAUNCHER: String(process.pid) };
     const child = spawn(process.execPath, [${JSON.stringify(join(root, "tools/dev/serve.ts"))}, "--no-web"], { env });
     child.stdout.on("data", (text) => process.stdout.write(text));
     console.log("child", child.pid);`,
  );
  const child = spawn(process.execPath, [launcher], { env: { ...process.env, MERIDIAN_STATE: state, PORT: "0" } });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await until(() => output.includes("is ready at"));
  const service = identify(Number(/child (\d+)/.exec(output)?.[1]));
  if (service === undefined) throw new Error("the service runs");

  child.kill("SIGKILL");

  await until(() => !isRunning(service));
  expect(processesOf(state)).toEqual([]);
});

describe("what is in the way is one clear line", () => {
  test("a port in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const state = newState();
    const { code, lines } = await refused(state, port);
    other.close();
    expect(lines).toEqual([`Port ${port} on 127.0.0.1 is in use by another program: set PORT to a free one.`]);
    expect(code).toBe(1);
    expect(existsSync(openState(state).lock)).toBe(false);
  });

  test("a state folder that cannot be written to", async () => {
    const { code, lines } = await refused("/proc/meridian");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^The state folder \/proc\/meridian cannot be written to \(E[A-Z]+\): set MERIDIAN_STATE/);
    expect(code).toBe(1);
  });

  test("another instance on the same state, which goes on undisturbed", async () => {
    const service = await start({ state: newState() });
    const { code, lines } = await refused(service.state);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`Another instance (pid ${service.pid}`);
    expect(code).toBe(1);
    expect(await status(service, "/readyz")).toBe(200);
  });

  test("a setting or option that makes no sense", async () => {
    expect(await refused(newState(), 99_999)).toEqual({ code: 1, lines: ["PORT is no port number: 99999"] });
    expect(await refused(newState(), 0, ["--fast"])).toEqual({
      code: 1,
      lines: ["Unknown option --fast: --help lists those there are."],
    });
  });
});

describe("a stale lock", () => {
  test("of a process that is gone, whose pid another process has now, is taken over", async () => {
    const state = newState();
    const holder = { process: { pid: process.pid, started: "another time" }, launchers: [], url: "http://127.0.0.1:1" };
    writeFileSync(openState(state).lock, JSON.stringify(holder));
    const service = await start({ state });
    expect(service.log()).toContain("The last run was killed");
    expect(isRunning({ pid: process.pid, started: identify(process.pid)?.started ?? "" })).toBe(true);
  });

  test("that cannot be read is taken over", async () => {
    const state = newState();
    writeFileSync(openState(state).lock, '{"process":{"pi');
    expect(await status(await start({ state }), "/readyz")).toBe(200);
  });
});
