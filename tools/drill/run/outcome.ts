/** What a drill finds out. */
import type { Report } from "../../history/check.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import type { Fault, Series } from "./meter.ts";

export interface DrillOptions {
  readonly seed: number;
  readonly devices: number;
  /** Messages a second, of all devices together. */
  readonly rate: number;
  readonly seconds: number;
  /** Folder for the histories. */
  readonly out: string;
}

/** Times in milliseconds. */
export interface Recovery {
  /** The longest time with fewer than 50, 99 and 100 % of the devices online. */
  readonly below50: number;
  readonly below99: number;
  readonly below100: number;
  /** The longest that a message waited for its acknowledgement. */
  readonly stall: number;
  readonly reconnectsPerSecond: number;
  /** The most messages that waited at once, and how long it took to get rid of them. */
  readonly backlog: number;
  readonly drained: number | undefined;
}

export interface Outcome {
  readonly scenario: Pick<Scenario, "name" | "title" | "expects">;
  readonly ok: boolean;
  readonly options: DrillOptions;
  readonly report: Report;
  readonly recovery: Recovery;
  /** What broke the promise beside the checker's findings. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  readonly faults: readonly Fault[];
  readonly series: Series;
  /** File of the history. */
  readonly history: string;
}
