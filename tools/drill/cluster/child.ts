/** A process group that a drill starts, freezes and kills. It ends by itself when the drill is gone: its stdin closes. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { signal } from "../../dev/processes.ts";

const STOP_MS = 5_000;

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment: nothing else is handed on. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What it writes to stderr is added to this file. */
  readonly logFile: string;
  /** Written to its stdin, which then stays open. */
  readonly input?: string;
}

export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #logFile: string;
  #out = "";

  constructor({ command, args, env, logFile, input }: ChildOptions) {
    this.#logFile = logFile;
    const log = openSync(logFile, "a");
    this.#process = spawn(command, args, {
      detached: true,
      stdio: ["pipe", "pipe", log],
      env,
    });
    closeSync(log);
    this.#ended = once(this.#process, "exit").catch(() => undefined);
    this.#process.stdout?.on("data", (chunk: Buffer) => (this.#out = (this.#out + chunk.toString()).slice(-10_000)));
    // Writing to a process that was just killed is no failure of the drill.
    this.#process.stdin?.on("error", () => undefined);
    if (input !== undefined) this.#process.stdin?.write(input);
  }

  get alive(): boolean {
    return this.#process.pid !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Everything that it wrote to stdout, at most the last 10,000 characters. */
  get out(): string {
    return this.#out;
  }

  /** Signals every process of the group and does not wait: for SIGSTOP and SIGCONT. */
  signal(name: NodeJS.Signals): void {
    if (this.#process.pid !== undefined && this.alive) signal(-this.#process.pid, name);
  }

  /** Signals every process of the group and waits until its leader is gone, by force after 5 s. */
  async kill(name: NodeJS.Signals): Promise<void> {
    if (!this.alive) return;
    this.signal(name);
    const timer = setTimeout(() => this.signal("SIGKILL"), STOP_MS);
    await this.#ended;
    clearTimeout(timer);
    // What the leader left behind goes with it.
    if (this.#process.pid !== undefined) signal(-this.#process.pid, "SIGKILL");
  }

  /**
   * Waits until it is ready.
   *
   * @param ready asked every 15 ms; undefined means not yet
   * @throws Error with the end of its log where it ends first, or is not ready after `patience` milliseconds
   */
  async until<T>(ready: () => Promise<T | undefined> | T | undefined, patience: number): Promise<T> {
    const deadline = Date.now() + patience;
    for (;;) {
      const answer = await ready();
      if (answer !== undefined) return answer;
      if (!this.alive || Date.now() > deadline) {
        await this.kill("SIGKILL");
        throw new Error(`A process of the drill does not start:\n${readFileSync(this.#logFile, "utf8").slice(-2_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }
}
