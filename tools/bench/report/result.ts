/** One run of the benchmark, as it is written. */
import type { Judgement } from "../goals.ts";
import type { Row } from "../shapes/shape.ts";

export interface Result {
  /** When it began, as ISO 8601. */
  readonly at: string;
  readonly tookSeconds: number;
  readonly options: { readonly shapes: readonly string[]; readonly seconds: number };
  readonly machine: {
    readonly processor: string;
    readonly processors: number;
    readonly memoryGiB: number;
    readonly system: string;
    readonly node: string;
    /** Load averages before the first server was started. */
    readonly load: readonly number[];
  };
  readonly rows: readonly Row[];
  readonly targets: readonly Judgement[];
}
