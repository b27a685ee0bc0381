/** What Linux says of a process: memory and processor time. Elsewhere nothing is known, and nothing is shown. */
import { readdirSync, readFileSync } from "node:fs";

/** Length of a clock tick of `/proc/PID/stat`: 100 a second on every Linux that Node runs on. */
const TICK_MS = 10;

/** Resident memory in KiB; undefined where the system does not tell. */
export function residentKiB(pid: number): number | undefined {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`));
  return match === null ? undefined : Number(match[1]);
}

/** Processor time that a process has used, in milliseconds, to a hundredth of a second. */
export function cpuMs(pid: number): number | undefined {
  const text = read(`/proc/${pid}/stat`);
  // The name in parentheses may hold spaces.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks * TICK_MS : undefined;
}

/** The descendant of a process that runs this program. */
export function findDescendant(ancestor: number, program: string): number | undefined {
  const parents = new Map<number, number>();
  const found: number[] = [];
  for (const name of list()) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const text = read(`/proc/${pid}/stat`);
    const end = text.lastIndexOf(")");
    parents.set(pid, Number(text.slice(end + 2).split(" ")[1]));
    if (text.slice(text.indexOf("(") + 1, end) === program) found.push(pid);
  }
  const descends = (pid: number | undefined): boolean => {
    for (let hops = 0; pid !== undefined && hops < 64; hops++) {
      if (pid === ancestor) return true;
      pid = parents.get(pid);
    }
    return false;
  };
  return found.find(descends);
}

function list(): string[] {
  try {
    return readdirSync("/proc");
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
