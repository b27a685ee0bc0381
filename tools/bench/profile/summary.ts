/**
 * What a CPU profile says: self time by function and by part of the project. Samples are counted, not the time between
 * them: where the isolate was left or the machine was busy with something else, that time is nobody's. What they share out
 * is the processor time that the system counted.
 */
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
  /** Microseconds of processor time per operation. */
  readonly us: number;
  /** Of all samples that were not idle. */
  readonly share: number;
}

export interface Summary {
  readonly samples: number;
  /** Microseconds of processor time per operation in all. */
  readonly us: number;
  /** The most expensive first. */
  readonly functions: readonly Part[];
  /** By folder, by package, and what the runtime itself does. */
  readonly parts: readonly Part[];
}

const IDLE = "(idle)";

/**
 * Counts samples.
 *
 * @param sourceOf finds where a frame was written; undefined for the runtime's own
 * @param us processor time per operation, in microseconds
 */
export function summarise(
  { nodes, samples }: Pick<CpuProfile, "nodes" | "samples">,
  sourceOf: (frame: ProfileNode["callFrame"]) => Source | undefined,
  us: number,
): Summary {
  const counts = new Map<number, number>();
  for (const id of samples) add(counts, id, 1);
  const functions = new Map<string, number>();
  const parts = new Map<string, number>();
  let total = 0;
  for (const { id, callFrame } of nodes) {
    const count = counts.get(id) ?? 0;
    if (count === 0 || callFrame.functionName === IDLE) continue;
    total += count;
    const source = sourceOf(callFrame);
    const name = callFrame.functionName || "(anonymous)";
    add(functions, source === undefined ? name : `${name}  ${source.file}:${source.line}`, count);
    add(parts, source === undefined ? nativePart(callFrame) : partOf(source.file), count);
  }
  const ranked = (all: ReadonlyMap<string, number>): Part[] =>
    [...all]
      .map(([name, count]): Part => ({ name, us: (count / total) * us, share: count / total }))
      .toSorted((a, b) => b.share - a.share);
  return { samples: total, us, functions: ranked(functions), parts: ranked(parts) };
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
export function renderSummary({ us, samples, functions, parts }: Summary, most: number): string {
  const lines = (all: readonly Part[]): string[] =>
    all.map(
      (part) => `${part.us.toFixed(1).padStart(9)}  ${(part.share * 100).toFixed(1).padStart(5)} %  ${part.name}`,
    );
  return [
    `${us.toFixed(0)} us of processor time per operation, shared out by ${samples.toLocaleString("en")} samples`,
    "",
    "self time, us per operation, by part",
    ...lines(parts.filter(({ share }) => share >= 0.001)),
    "",
    "by function",
    ...lines(functions.slice(0, most)),
  ].join("\n");
}

function add<Key>(sums: Map<Key, number>, key: Key, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
