/**
 * Who is running, told by facts that survive the death of a parent: a pid with its start time, and a mark in the
 * environment that children hand on to theirs.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process as told apart from a later one with the same pid. */
export interface ProcessId {
  readonly pid: number;
  readonly started: string;
}

const linux = process.platform === "linux";

/** The process with this pid now, or undefined where there is none (a zombie counts as none). */
export function identify(pid: number): ProcessId | undefined {
  const started = linux ? startedLinux(pid) : ps(["-o", "lstart=", "-p", String(pid)]).trim();
  return started === undefined || started === "" ? undefined : { pid, started };
}

/** True while that very process runs. */
export function isRunning(id: ProcessId): boolean {
  return identify(id.pid)?.started === id.started;
}

/** This process and its ancestors, nearest first. */
export function ancestry(): number[] {
  const chain = [process.pid];
  for (let pid = process.ppid; pid > 1 && chain.length < 64; pid = parentOf(pid) ?? 0) chain.push(pid);
  return chain;
}

/** The first word of what a process calls itself: its program, or the title it gave itself. */
export function titleOf(pid: number): string {
  try {
    const line = linux
      ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
      : ps(["-o", "command=", "-p", String(pid)]);
    return line.trim().split(/\s+/)[0] ?? "";
  } catch {
    return "";
  }
}

/**
 * Every process whose environment holds `name=value…`, except this one and its ancestors. Only processes of the same
 * user can be seen, which is all that may be ended anyway.
 */
export function findMarked(name: string, prefix: string): number[] {
  const mark = `${name}=${prefix}`;
  const own = new Set(ancestry());
  return (linux ? markedLinux(mark) : markedByPs(mark)).filter((pid) => !own.has(pid));
}

/**
 * Ends processes for good and waits until they are gone, with the ports and files that they held.
 *
 * @param find the processes; asked again until it finds none, because one may have been about to start another
 * @throws Error where one of them is still there after 5 s
 */
export async function endAll(find: () => number[]): Promise<void> {
  const deadline = Date.now() + 5_000;
  const ended = new Set<number>();
  for (;;) {
    for (const pid of find()) {
      ended.add(pid);
      signal(pid, "SIGKILL");
    }
    const left = [...ended].filter((pid) => !isGone(pid));
    if (left.length === 0) return;
    if (Date.now() > deadline) throw new Error(`Processes ${left.join(", ")} do not end.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Sends a signal; a process that is already gone is no error. Negative: a group. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function startedLinux(pid: number): string | undefined {
  const fields = statOf(pid);
  if (fields === undefined || fields.state === "Z") return undefined;
  return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${fields.started}`;
}

function parentOf(pid: number): number | undefined {
  if (linux) return statOf(pid)?.parent;
  return Number(ps(["-o", "ppid=", "-p", String(pid)])) || undefined;
}

/** A process whose first thread has ended holds its ports until the last one has. */
function isGone(pid: number): boolean {
  if (!linux) return identify(pid) === undefined;
  const stat = statOf(pid);
  return stat === undefined || (stat.state === "Z" && stat.threads <= 1) || stat.state === "X";
}

function statOf(pid: number): { state: string; parent: number; threads: number; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may hold anything.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [state = "", parent = ""] = fields;
    return { state, parent: Number(parent), threads: Number(fields[17]), started: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

function markedLinux(mark: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
        return environment.split("\0").some((entry) => entry.startsWith(mark)) && statOf(pid)?.state !== "Z";
      } catch {
        return false;
      }
    });
}

function markedByPs(mark: string): number[] {
  return ps(["-axEww", "-o", "pid=,command="])
    .split("\n")
    .filter((line) => line.split(/\s+/).some((word) => word.startsWith(mark)))
    .map((line) => Number.parseInt(line, 10));
}

function ps(args: string[]): string {
  try {
    return execFileSync("ps", args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" }, maxBuffer: 2 ** 26 });
  } catch {
    return "";
  }
}
