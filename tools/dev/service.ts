/**
 * A service in a process group of its own, for tests, benchmarks and drills: what `npm start` or `npm run serve` runs,
 * to be killed and started again at will.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { MARK } from "./lock.ts";
import { root } from "./options.ts";
import { endAll, findMarked, signal } from "./processes.ts";
import { openState } from "./state.ts";

const START_MS = 120_000;
const STOP_MS = 20_000;
const KEPT_CHARACTERS = 1_000_000;

export interface ServiceOptions {
  /** Folder of its state, made where it is missing. */
  readonly state: string;
  /** `serve` is faster to start and to call, `dev` is what developers run. */
  readonly mode?: "serve" | "dev";
  /** 0, the default: any free one. */
  readonly port?: number;
  readonly host?: string;
  /** Names of `[vars]` or secrets in wrangler.toml with their values. */
  readonly vars?: Readonly<Record<string, string>>;
  /** An accounts database that runs already; without it the service runs its own. */
  readonly accountsUrl?: string;
  readonly region?: string;
  /** True: with the web page. */
  readonly web?: boolean;
}

export interface Service {
  readonly url: string;
  readonly port: number;
  /** Of the process that leads the group. */
  readonly pid: number;
  readonly state: string;
  /** What it wrote, oldest first, at most the last million characters. */
  log(): string;
  /** Resolves with its exit code, null after a signal. */
  readonly ended: Promise<number | null>;
  /** Signals every process of the group at once, and waits until all of them are gone. */
  kill(name: NodeJS.Signals): Promise<void>;
  /** Signals every process of the group at once and does not wait: for SIGSTOP and SIGCONT. */
  signal(name: NodeJS.Signals): void;
  /** Ends it as an operator would. */
  stop(): Promise<void>;
}

/**
 * Starts a service and resolves once it is ready.
 *
 * @throws Error with its output where it ends instead
 * @example
 * const service = await startService({ state: folder, vars: { SEND_RATE_PER_USER: "1000" } });
 * await fetch(new URL("/healthz", service.url));
 * await service.kill("SIGKILL");
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const script = join(root, options.mode === "dev" ? "tools/dev/start.ts" : "tools/dev/serve.ts");
  const args = options.web === true || options.mode === "dev" ? [] : ["--no-web"];
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: environment(options),
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-KEPT_CHARACTERS)));
  }
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const url = await addressOf(child, () => log);
  const { mark } = openState(options.state);
  const { pid } = child;
  if (pid === undefined) throw new Error("A ready service has a pid.");

  return {
    url,
    port: Number(new URL(url).port),
    pid,
    state: options.state,
    log: () => log,
    ended,
    signal: (name) => signal(-pid, name),
    async kill(name) {
      signal(-pid, name);
      await ended;
      await endAll(() => findMarked(MARK, mark));
    },
    async stop() {
      signal(pid, "SIGTERM");
      const timer = setTimeout(() => signal(-pid, "SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

function environment(options: ServiceOptions): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...options.vars };
  // Settings of whoever runs the tests must not reach the service under test.
  for (const name of [MARK, "ACCOUNTS_URL", "HOST", "REGION", "npm_lifecycle_event"]) {
    if (options.vars?.[name] === undefined) delete env[name];
  }
  env["PORT"] = String(options.port ?? 0);
  env["MERIDIAN_STATE"] = options.state;
  env["MERIDIAN_LAUNCHER"] = String(process.pid);
  if (options.host !== undefined) env["HOST"] = options.host;
  if (options.region !== undefined) env["REGION"] = options.region;
  if (options.accountsUrl !== undefined) env["ACCOUNTS_URL"] = options.accountsUrl;
  return env;
}

/** Reads the address from the line that says that it is ready. */
function addressOf(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new Error(`The service ${why}:\n${log()}`));
    };
    const timer = setTimeout(() => {
      if (child.pid !== undefined) signal(-child.pid, "SIGKILL");
      fail("did not become ready");
    }, START_MS);
    child.once("error", (error) => fail(`could not be started (${error.message})`));
    child.once("exit", () => fail("ended before it was ready"));
    child.stdout?.on("data", () => {
      const match = /^Meridian is ready at (\S+)$/m.exec(log());
      if (match?.[1] === undefined) return;
      clearTimeout(timer);
      resolve(match[1]);
    });
  });
}
