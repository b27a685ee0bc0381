/**
 * Everything that is measured: the promises of the contract and what threatens them. Labels are closed lists, so the number
 * of series is fixed by this file, and no id, handle or text can become one.
 */
import { ERROR_CODES } from "../../protocol/index.ts";

export interface Definition {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** A suffix of the name. Times are handed over in milliseconds and shown in seconds. */
  readonly unit?: "seconds";
  /** Upper bounds, ascending, in the unit that is handed over; at most 14, so that a series fits one data point. */
  readonly buckets?: readonly number[];
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

const TIMES_MS = [2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000];
const COUNTS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

export const METRICS = {
  ack_seconds: {
    type: "histogram",
    help: "From a send's arrival at its user's object until the entry is durable [S1].",
    unit: "seconds",
    buckets: TIMES_MS,
    labels: {},
  },
  sends: {
    type: "counter",
    help: "Sends by outcome. Limited ones were told when to come again [S6]; unavailable ones are retried with the same id.",
    labels: { outcome: ["sent", "duplicate", "limited", "refused", "unavailable", "failed"] },
  },
  delivery_lag_seconds: {
    type: "histogram",
    help: "From the commit of the log's newest entry until a receiving user's object holds the range with it.",
    unit: "seconds",
    buckets: TIMES_MS,
    labels: {},
  },
  fanout_call_seconds: {
    type: "histogram",
    help: "How long one member's object took to take a batch.",
    unit: "seconds",
    buckets: TIMES_MS,
    labels: {},
  },
  fanout_backlog_members: {
    type: "histogram",
    help: "Members of a conversation that still wait for entries, seen when it looks 5 s after a commit: 0 is healthy.",
    buckets: COUNTS,
    labels: {},
  },
  fanout_lagging_members: {
    type: "histogram",
    help: "Members of a conversation whose object could not be reached and is tried again later.",
    buckets: COUNTS,
    labels: {},
  },
  links: {
    type: "counter",
    help: "Links between a conversation and a busy member: opened, not taken by the member, or broken with requests open, which are then made by calls.",
    labels: { what: ["opened", "refused", "broken"] },
  },
  conversation_rate: {
    type: "histogram",
    help: "Entries per second of a conversation while it is written to.",
    buckets: COUNTS,
    labels: {},
  },
  hot_conversations: {
    type: "counter",
    help: "Looks at a conversation that took more than half of the entries per second that it may take; the log names it.",
    labels: {},
  },
  sockets_live: { type: "gauge", help: "Open sockets whose objects live in this isolate.", labels: {} },
  sockets_opened: { type: "counter", help: "Sockets that were opened.", labels: {} },
  sockets_closed: {
    type: "counter",
    help: "Sockets that were closed, by close code [W4].",
    labels: {
      code: ["1000", "1001", "1005", "1006", "1012", "4400", "4401", "4403", "4408", "4409", "4429", "other"],
    },
  },
  retries: {
    type: "counter",
    help: "Attempts after the first: of a call between objects, a delivery, a mark, a push.",
    labels: { what: ["call", "fanout", "marks", "push"] },
  },
  errors: {
    type: "counter",
    help: "Failures by the place that met them and their code.",
    labels: { where: ["edge", "call", "fanout", "marks", "push", "schedule"], code: ERROR_CODES },
  },
  shed: {
    type: "counter",
    help: "Best-effort work that was dropped or put off under load [P3].",
    labels: { what: ["typing", "presence", "receipts"] },
  },
  goodbyes: { type: "counter", help: "Sockets that were told of a planned stop before it came.", labels: {} },
  request_seconds: {
    type: "histogram",
    help: "HTTP requests at the edge, upgrades included.",
    unit: "seconds",
    buckets: TIMES_MS,
    labels: { status: ["1xx", "2xx", "3xx", "4xx", "5xx"] },
  },
  push_results: {
    type: "counter",
    help: "Answers of push providers: gone ends the subscription, dead went to the dead-letter queue.",
    labels: {
      kind: ["webpush", "fcm", "apns", "webhook"],
      result: ["accepted", "retried", "gone", "refused", "dead"],
    },
  },
  push_seconds: {
    type: "histogram",
    help: "How long a push provider took to answer.",
    unit: "seconds",
    buckets: TIMES_MS,
    labels: { kind: ["webpush", "fcm", "apns", "webhook"] },
  },
} as const satisfies Record<string, Definition>;

export type MetricName = keyof typeof METRICS;
type OfType<Type> = { [Name in MetricName]: (typeof METRICS)[Name]["type"] extends Type ? Name : never }[MetricName];
export type CounterName = OfType<"counter">;
export type GaugeName = OfType<"gauge">;
export type HistogramName = OfType<"histogram">;

type LabelsIn<Labels> = {
  readonly [Label in keyof Labels]: Labels[Label] extends readonly (infer Value extends string)[] ? Value : never;
};
/** The labels of a metric, each with one of its values. */
export type LabelsOf<Name extends MetricName> = LabelsIn<(typeof METRICS)[Name]["labels"]> &
  Readonly<Record<string, string>>;

/** The definition of a metric, without what only the compiler knows of it. */
export function definitionOf(name: MetricName): Definition {
  return METRICS[name];
}
