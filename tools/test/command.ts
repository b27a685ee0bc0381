import { spawn } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";
import { root } from "../dev/options.ts";
import { signal } from "../dev/processes.ts";

const KEPT_CHARACTERS = 400_000;

/** A command that ran to its end. */
export interface Finished {
  readonly code: number | null;
  /** What it wrote to stdout and stderr, at most the last 400,000 characters. */
  readonly output: string;
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds after which it is ended for good. */
  readonly patience?: number;
}

/** Groups that run now, to be ended with this process. */
const running = new Set<number>();

/** Runs a command in the project's folder, in a process group of its own. */
export async function command(name: string, args: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  const child = spawn(name, args, {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", CI: "1", ...options.env },
  });
  const { pid } = child;
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-KEPT_CHARACTERS)));
  }
  const failed = once(child, "error").then(([error]) => (output += String(error)));
  if (pid === undefined) {
    await failed;
    return { code: null, output };
  }
  failed.catch(() => undefined);
  running.add(pid);
  const patience = options.patience ?? 1_800_000;
  const timer = setTimeout(() => {
    output += `\nEnded after ${patience / 1000} s.`;
    signal(-pid, "SIGKILL");
  }, patience);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  running.delete(pid);
  return { code, output: stripVTControlCharacters(output) };
}

/** Ends every command that still runs. */
export function endCommands(): void {
  for (const pid of running) signal(-pid, "SIGKILL");
}
