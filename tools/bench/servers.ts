/** The two servers under load, each in processes of its own, on the same runtime by the same launcher. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startService } from "../dev/service.ts";
import { findDescendant } from "./proc.ts";

export interface Server {
  readonly name: "meridian" | "floor";
  readonly url: string;
  /** Of the Workers runtime; undefined where the system does not tell. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** Limits out of the way, and a password hash that costs next to nothing: neither is what is measured. */
const VARS = {
  SEND_RATE_PER_USER: "1000000",
  SEND_BURST_PER_USER: "1000000",
  SEND_RATE_PER_CONVERSATION: "1000000",
  SEND_BURST_PER_CONVERSATION: "1000000",
  REGISTER_RATE: "1000000",
  PASSWORD_COST: "2,1,1",
  MERIDIAN_LOG: "error",
};

/** Starts what `npm run serve` starts, on a state of its own. */
export function startMeridian(): Promise<Server> {
  return start(VARS);
}

/** The same with its inspector open, which costs some speed. */
export async function startInspected(): Promise<Server & { readonly inspector: URL }> {
  const server = await start({ ...VARS, MERIDIAN_INSPECTOR_PORT: "0" });
  const [, inspector] = /^Inspector at (\S+)$/m.exec(server.log()) ?? [];
  if (inspector === undefined) throw new Error(`The service did not say where its inspector is:\n${server.log()}`);
  return { ...server, inspector: new URL(inspector) };
}

async function start(vars: Readonly<Record<string, string>>): Promise<Server & { log: () => string }> {
  const state = mkdtempSync(join(tmpdir(), "meridian-bench-"));
  const service = await startService({ state, vars });
  return {
    name: "meridian",
    url: service.url,
    log: () => service.log(),
    pid: findDescendant(service.pid, "workerd"),
    async stop() {
      await service.stop();
      rmSync(state, { recursive: true, force: true });
    },
  };
}

export async function startFloor(): Promise<Server> {
  const state = mkdtempSync(join(tmpdir(), "meridian-floor-"));
  mkdirSync(join(state, "tmp"));
  const child = spawn(process.execPath, [join(import.meta.dirname, "floor/run.ts"), state], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: join(state, "tmp") },
  });
  const ended = once(child, "exit");
  const url = await new Promise<string>((resolve, reject) => {
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      const match = /^ready (\S+)$/m.exec(out);
      if (match?.[1] !== undefined) resolve(match[1]);
    });
    child.once("exit", () => reject(new Error(`The floor ended before it was ready:\n${out}`)));
  });
  return {
    name: "floor",
    url,
    pid: child.pid === undefined ? undefined : findDescendant(child.pid, "workerd"),
    async stop() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await ended;
      clearTimeout(timer);
      rmSync(state, { recursive: true, force: true });
    },
  };
}
