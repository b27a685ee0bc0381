/**
 * What the edge shares with the objects that run in the same isolate. Handed over by worker/index.ts, where the two meet:
 * the edge imports none of the objects' code.
 */
import type { Metrics } from "../../durable-objects/shared/metrics.ts";
import type { PointsSource } from "../../durable-objects/shared/metrics-points.ts";
import type { UserId } from "../../protocol/index.ts";

export interface Isolate {
  readonly metrics: Metrics;
  /** Everything that was counted here, as OpenMetrics text. */
  text(): string;
  /** Ships what gathered to Analytics Engine, if it is time. */
  ship(env: PointsSource, now: number): void;
  /** Users with a socket whose object lives here. */
  liveUsers(): UserId[];
}

const alone: Isolate = {
  metrics: { count: () => undefined, observe: () => undefined, move: () => undefined },
  text: () => "# EOF\n",
  ship: () => undefined,
  liveUsers: () => [],
};

let shared = alone;

/** Called once, as the isolate starts. */
export function shareIsolate(isolate: Isolate): void {
  shared = isolate;
}

/** What runs beside the edge; an edge that runs alone counts nothing. */
export function isolate(): Isolate {
  return shared;
}
