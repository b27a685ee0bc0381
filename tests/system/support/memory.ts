/** What the runtime of a stack holds in memory, from the operating system. */
import { readFileSync } from "node:fs";
import { MARK } from "../../../tools/dev/lock.ts";
import { findMarked } from "../../../tools/dev/processes.ts";
import { openState } from "../../../tools/dev/state.ts";
import type { Stack } from "./stack.ts";

const EVERY_MS = 20;

/** Watches the resident memory of the Workers runtime. */
export interface MemoryWatch {
  /** The most since the watch began or was last asked, in bytes. */
  peak(): number;
  stop(): void;
}

/** Bytes that the runtime's processes hold now. */
export function residentBytes(stack: Stack): number {
  return runtimesOf(stack).reduce((sum, pid) => sum + residentOf(pid), 0);
}

export function watchMemory(stack: Stack): MemoryWatch {
  const pids = runtimesOf(stack);
  const now = (): number => pids.reduce((sum, pid) => sum + residentOf(pid), 0);
  let most = now();
  const timer = setInterval(() => (most = Math.max(most, now())), EVERY_MS);
  return {
    peak() {
      const peak = Math.max(most, now());
      most = 0;
      return peak;
    },
    stop: () => clearInterval(timer),
  };
}

export const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;

function runtimesOf(stack: Stack): number[] {
  return findMarked(MARK, openState(stack.state).mark).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0]?.endsWith("workerd"),
  );
}

function residentOf(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib ?? 0) * 1024;
}
