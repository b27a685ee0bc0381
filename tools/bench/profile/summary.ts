/** What a CPU profile says: self time by function and by part of the project, per operation. */
import type { CpuProfile, ProfileNode } from "./inspector.ts";

/** Where a place of the bundle was written. */
export interface Source {
  /** Path in the project, such as `durable-objects/user/inbox.ts`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface Part {
  readonly name: string;
  /** Microseconds per operation. */
  readonly us: number;
  /** Of all time that was not idle. */
  readonly share: number;
}

export interface Summary {
  readonly operations: number;
  /** Microseconds per operation in all, idle time left out. */
  readonly us: number;
  /** The most expensive first. */
  readonly functions: readonly Part[];
  /** By folder, by package, and what the runtime itself does. */
  readonly parts: readonly Part[];
}

const IDLE = "(idle)";

/**
 * Adds self times up.
 *
 * @param sourceOf finds where a frame was written; undefined for the runtime's own
 * @param operations how many were done meanwhile
 */
export function summarise(
  { nodes, samples, timeDeltas }: CpuProfile,
  sourceOf: (frame: ProfileNode["callFrame"]) => Source | undefined,
  operations: number,
): Summary {
  const self = new Map<number, number>();
  for (const [index, id] of samples.entries()) self.set(id, (self.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  const functions = new Map<string, number>();
  const parts = new Map<string, number>();
  let total = 0;
  for (const { id, callFrame } of nodes) {
    const us = self.get(id) ?? 0;
    if (us === 0 || callFrame.functionName === IDLE) continue;
    total += us;
    const source = sourceOf(callFrame);
    const name = callFrame.functionName || "(anonymous)";
    add(functions, source === undefined ? name : `${name}  ${source.file}:${source.line}`, us);
    add(parts, source === undefined ? nativePart(callFrame) : partOf(source.file), us);
  }
  const ranked = (times: ReadonlyMap<string, number>): Part[] =>
    [...times]
      .map(([name, us]): Part => ({ name, us: us / operations, share: us / total }))
      .toSorted((a, b) => b.us - a.us);
  return { operations, us: total / operations, functions: ranked(functions), parts: ranked(parts) };
}

/** The folder of an own file, the package of another. */
export function partOf(file: string): string {
  const [, inPackage] = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*\/node_modules\/)/.exec(file) ?? [];
  if (inPackage !== undefined) return `package ${inPackage}`;
  return file.split("/").slice(0, -1).join("/") || file;
}

function nativePart({ functionName, url }: ProfileNode["callFrame"]): string {
  if (functionName === "(program)") return "runtime, outside of JavaScript";
  if (functionName === "(garbage collector)") return "garbage collection";
  return url === "" ? "runtime, called from JavaScript" : "runtime, other scripts";
}

/** For a terminal. @param most functions */
export function renderSummary({ us, operations, functions, parts }: Summary, most: number): string {
  const lines = (all: readonly Part[]): string[] =>
    all.map(
      (part) => `${part.us.toFixed(1).padStart(9)}  ${(part.share * 100).toFixed(1).padStart(5)} %  ${part.name}`,
    );
  return [
    `${us.toFixed(0)} us of the isolate's time per operation, over ${operations.toLocaleString("en")} operations`,
    "",
    "self time, us per operation, by part",
    ...lines(parts.filter(({ share }) => share >= 0.001)),
    "",
    "by function",
    ...lines(functions.slice(0, most)),
  ].join("\n");
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
