/**
 * The life of a service on this machine, the same for `npm start` and `npm run serve`: lock the state, bring up the
 * accounts database, start the Worker, say when it is ready, and take everything down again.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { accountsPort, startAccountsServer } from "./accounts-server.ts";
import { announceStop } from "./goodbye.ts";
import { findLaunchers, onLauncherGone } from "./launchers.ts";
import { MARK, takeLock } from "./lock.ts";
import { migrateAccounts } from "./migrate.ts";
import { readOptions, root, usage, type Options } from "./options.ts";
import { claimPort } from "./ports.ts";
import { endAll, findMarked } from "./processes.ts";
import { untilReady } from "./ready.ts";
import { exit, Refusal } from "./refusal.ts";
import { ensureSecrets } from "./secrets.ts";
import { openState, type StateFolder } from "./state.ts";

const READY_MS = 120_000;
const SLOW_MS = 20_000;
const RECOVERY_MS = 5_000;

/** One run of the service. */
interface Run {
  /** What is to be undone at the end, last to first. */
  readonly undo: (() => Promise<void> | void)[];
  /** Aborted once it is told to end. */
  readonly ending: AbortSignal;
  /** True where the run before was killed. */
  readonly recovered: boolean;
}

/** What a way of running the Worker is given. */
export interface WorkerContext {
  readonly options: Options;
  readonly port: number;
  readonly state: StateFolder;
  /** The environment with secrets, the accounts database and the mark of this state. */
  readonly env: NodeJS.ProcessEnv;
}

/** A running Worker. */
export interface RunningWorker {
  /** Resolves, with the reason, when it ended by itself. */
  readonly ended: Promise<string>;
  /** Called once it is ready. */
  onReady(): void;
  /** Called when it takes long: whatever it says may tell why. */
  onSlow(): void;
  stop(): Promise<void>;
}

/**
 * Runs the service until it is told to end, and ends this process.
 *
 * @param command as its users call it
 * @param does what it does, for `--help`
 * @param startWorker starts the Worker; need not wait until it is ready
 * @throws Refusal where something is in the way
 */
export async function runService(
  command: string,
  does: string,
  startWorker: (context: WorkerContext) => Promise<RunningWorker>,
): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) return console.log(usage(command, does));

  const told = untilTold();
  const state = openState(options.state);
  const launchers = findLaunchers(process.env);
  const lock = await takeLock(state, launchers, `http://${options.host}:${options.port}`);
  // Children inherit the mark; by it they are found should this process be killed.
  process.env[MARK] = state.mark;
  rmSync(state.temporary, { recursive: true, force: true });
  mkdirSync(state.temporary);
  process.env["TMPDIR"] = state.temporary;
  onLauncherGone(launchers, () => told.tell("the command that started it is gone"));

  const run: Run = { undo: [], ending: told.signal, recovered: lock.recovered };
  let failure: unknown;
  try {
    if (run.recovered) console.log("The last run was killed: what was left of it is cleaned up.");
    const running = bringUp(options, state, startWorker, run);
    const outcome = await Promise.race([running, told.promise]);
    if (outcome !== undefined) throw new Refusal(outcome);
  } catch (error) {
    failure = error;
  }
  for (const step of run.undo.toReversed()) await step();
  await endAll(() => findMarked(MARK, state.mark));
  lock.release();
  if (failure !== undefined) throw failure;
  await exit(0);
}

/** Starts everything; resolves with the reason when something that cannot be replaced has ended. */
async function bringUp(
  options: Options,
  state: StateFolder,
  startWorker: (context: WorkerContext) => Promise<RunningWorker>,
  run: Run,
): Promise<string> {
  const port = await claimPort(options.port, options.host, run.recovered ? RECOVERY_MS : 0);
  const secrets = ensureSecrets(state.secrets);
  const sqldPort = options.accountsUrl === undefined ? await accountsPort(state.accountsPort) : 0;
  const url = options.accountsUrl ?? `http://127.0.0.1:${sqldPort}`;
  const env: NodeJS.ProcessEnv = { ...secrets, ...process.env, ACCOUNTS_URL: url };

  const accounts = options.accountsUrl === undefined ? bringUpAccounts(state, sqldPort, run) : Promise.resolve();
  // Whichever fails first is reported; the other must not become an unhandled rejection.
  accounts.catch(() => undefined);
  const worker = await startWorker({ options, port, state, env });
  run.undo.push(() => worker.stop());
  await accounts;

  const address = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`;
  let ended: string | undefined;
  void worker.ended.then((reason) => (ended = reason));
  const slow = setTimeout(() => worker.onSlow(), SLOW_MS);
  const wrong = await untilReady(reachable(address), READY_MS, () => ended !== undefined);
  clearTimeout(slow);
  if (ended !== undefined) return ended;
  if (wrong !== undefined) return `The service is not ready after ${READY_MS / 1000} s: ${wrong}`;
  run.undo.push(() => announceStop(reachable(address), env["OPERATIONS_TOKEN"] ?? ""));
  console.log(`Meridian is ready at ${address}`);
  if (options.demo) await demo(reachable(address), env);
  // Only now is what it writes worth seeing: the requests that filled it would push all of this away.
  worker.onReady();
  return worker.ended;
}

async function bringUpAccounts(state: StateFolder, port: number, run: Run): Promise<void> {
  const server = await startAccountsServer({
    folder: state.accounts,
    port,
    logFile: join(state.logs, "sqld.log"),
    env: process.env,
    onCrash: (line) => console.error(line),
    ending: run.ending,
  });
  // Unshifted: the database outlives the Worker that asks it.
  run.undo.unshift(() => server.stop());
  await migrateAccounts(server.url, "");
}

/** Fills the service with examples, as a client like any other. */
async function demo(url: string, env: NodeJS.ProcessEnv): Promise<void> {
  const script = join(root, "tools/dev/demo.ts");
  if (!existsSync(script)) return;
  const child = spawn(process.execPath, [script, url], { stdio: "inherit", env });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) console.error("The examples could not be made; the service goes on without them.");
}

/** An address to call it by, where it listens on all of them. */
function reachable(address: string): string {
  return address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}

/** Learns when the service is told to end, by a signal or otherwise. Being told twice changes nothing. */
function untilTold(): { promise: Promise<undefined>; signal: AbortSignal; tell: (why: string) => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const told = new AbortController();
  const tell = (why: string): void => {
    if (told.signal.aborted) return;
    told.abort();
    console.log(`Stopping: ${why}.`);
    resolve(undefined);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => tell(signal));
  return { promise, signal: told.signal, tell };
}
