import { spawn } from "node:child_process";
import { once } from "node:events";

/** A command that ran to its end. */
export interface Finished {
  readonly code: number | null;
  /** Lines of stdout and stderr, without empty ones. */
  readonly lines: readonly string[];
}

/** Runs a command to its end. */
export async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, lines: output.split("\n").filter((line) => line.trim() !== "") };
}
