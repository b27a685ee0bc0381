/** The real service with its real accounts database, for tests that need processes, sockets and restarts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startService, type Service } from "../../../tools/dev/service.ts";
import { startAccounts } from "./accounts.ts";

export interface StackOptions {
  /** `serve` by default: starts in about a second. `dev` is what `npm start` runs. */
  readonly mode?: "serve" | "dev";
  /** Names of `[vars]` in wrangler.toml with their values. */
  readonly vars?: Readonly<Record<string, string>>;
  /** Folder of the state; by default a new one that `stop` removes. */
  readonly state?: string;
  /** True: with the web page. */
  readonly web?: boolean;
  /** Limits of sends and registrations, and the cost of passwords, are out of a test's way unless this is true. */
  readonly limits?: boolean;
}

export interface Stack {
  /** The same before and after a restart. */
  readonly url: string;
  readonly state: string;
  /** Everything that the service wrote since the stack was started. */
  log(): string;
  /** Signals every process of the service at once, and its accounts database, and waits until they are gone. */
  kill(name?: NodeJS.Signals): Promise<void>;
  /** Signals every process of the service at once and does not wait: for SIGSTOP and SIGCONT. */
  signal(name: NodeJS.Signals): void;
  /** Starts what was killed or stopped, on the same state and the same port. */
  restart(): Promise<void>;
  stopAccounts(): Promise<void>;
  startAccounts(): Promise<void>;
  /** SIGSTOP makes the accounts database slow without end, SIGCONT lets it go on. */
  signalAccounts(name: NodeJS.Signals): void;
  /** Ends everything and removes the state that the stack made. */
  stop(): Promise<void>;
}

const NO_LIMITS = {
  SEND_RATE_PER_USER: "1000000",
  SEND_BURST_PER_USER: "1000000",
  SEND_RATE_PER_CONVERSATION: "1000000",
  SEND_BURST_PER_CONVERSATION: "1000000",
  REGISTER_RATE: "1000000",
  PASSWORD_COST: "1024,8,1",
};

/**
 * Starts a stack. Share one among the tests of a file where they do not disturb each other.
 *
 * @example
 * const stack = await startStack();
 * afterAll(() => stack.stop());
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const state = options.state ?? mkdtempSync(join(tmpdir(), "meridian-test-"));
  const accounts = await startAccounts(join(state, "test-accounts"));
  const vars = { ...(options.limits === true ? {} : NO_LIMITS), ...options.vars };
  const earlier: string[] = [];
  const start = (port: number): Promise<Service> =>
    startService({
      state,
      port,
      vars,
      accountsUrl: accounts.url,
      mode: options.mode ?? "serve",
      web: options.web ?? false,
    });
  let service = await start(0).catch(async (error: unknown) => {
    await accounts.stop();
    throw error;
  });
  let running = true;
  const { url, port } = service;

  return {
    url,
    state,
    log: () => [...earlier, service.log()].join("\n"),
    signal: (name) => service.signal(name),
    async kill(name = "SIGKILL") {
      if (!running) return;
      running = false;
      accounts.signal(name);
      await Promise.all([service.kill(name), accounts.stop()]);
    },
    async restart() {
      if (running) await service.stop();
      await accounts.start();
      earlier.push(service.log());
      service = await start(port);
      running = true;
    },
    stopAccounts: () => accounts.stop(),
    startAccounts: () => accounts.start(),
    signalAccounts: (name) => accounts.signal(name),
    async stop() {
      if (running) await service.stop();
      running = false;
      await accounts.stop();
      if (options.state === undefined) rmSync(state, { recursive: true, force: true });
    },
  };
}
