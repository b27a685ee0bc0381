import type { Violation } from "../../tools/history/findings.ts";

/** What a random program came to. */
export interface Outcome {
  readonly violations: readonly Violation[];
  /** Sends that the service acknowledged. */
  readonly acknowledged: number;
  /** Events in its history. */
  readonly events: number;
  /** Of the first violation: the events that it is about, a line each. */
  readonly concerning: readonly string[];
}
