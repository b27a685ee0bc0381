/** Figures over time, from the same events that the history is made of. */
import type { EventOf, HistoryEvent, Recorder } from "../../history/events.ts";
import { Histogram } from "../../history/histogram.ts";

/** Width of a bucket of the plots. */
const BUCKET_MS = 250;

export interface Fault {
  readonly kind: string;
  readonly target: string;
  /** Seconds since the load began. */
  readonly at: number;
}

/** One value per bucket; null where nothing happened. */
export interface Series {
  readonly seconds: number[];
  readonly acknowledged: number[];
  readonly delivered: number[];
  readonly acknowledgementP50: (number | null)[];
  readonly acknowledgementMax: (number | null)[];
  readonly deliveryP50: (number | null)[];
  readonly deliveryMax: (number | null)[];
  readonly live: number[];
  readonly backlog: number[];
  readonly connects: number[];
}

interface Bucket {
  acknowledged: number;
  delivered: number;
  connects: number;
  readonly acknowledgement: Histogram;
  readonly delivery: Histogram;
  live: number;
  backlog: number;
}

export interface Level {
  readonly t: number;
  readonly value: number;
}

export class Meter implements Recorder {
  /** How many devices were online, and how many messages waited, at each change. */
  readonly live: Level[] = [];
  readonly backlog: Level[] = [];
  /** Times at which a socket opened, since the load began. */
  readonly connects: number[] = [];
  readonly faults: Fault[] = [];
  /** Milliseconds that the slowest message waited for its acknowledgement, and how many were sent over all. */
  longestStall = 0;
  queued = 0;
  acknowledged = 0;
  began = Number.POSITIVE_INFINITY;
  readonly #buckets: Bucket[] = [];
  readonly #queuedAt = new Map<string, number>();
  readonly #waiting = new Set<string>();
  readonly #online = new Set<string>();
  /** Highest seq that each device has been given of each conversation. */
  readonly #seen = new Map<string, number>();

  /** The load begins: everything before is not counted. */
  start(): void {
    this.began = Date.now();
    this.live.push({ t: this.began, value: this.#online.size });
    this.backlog.push({ t: this.began, value: 0 });
  }

  enqueue(id: string, t: number): void {
    this.queued++;
    this.#queuedAt.set(id, t);
    this.#waiting.add(id);
    this.#level(this.backlog, this.#waiting.size);
  }

  write(event: HistoryEvent): void {
    switch (event.type) {
      case "connected":
        if (event.t < this.began) return;
        this.connects.push(event.t);
        this.#bucket(event.t).connects++;
        return;
      case "ready":
        this.#online.add(event.device);
        return this.#level(this.live, this.#online.size);
      case "closed":
        this.#online.delete(event.device);
        return this.#level(this.live, this.#online.size);
      case "acknowledged":
        return this.#acknowledged(event.id, event.t);
      case "entries":
        return this.#entries(event);
      case "fault":
        this.faults.push({ kind: event.kind, target: event.target, at: (event.t - this.began) / 1_000 });
        return;
      default:
    }
  }

  series(): Series {
    const rate = (count: number): number => (count * 1_000) / BUCKET_MS;
    const value = (histogram: Histogram, which: "p50" | "max"): number | null =>
      histogram.percentiles()?.[which] ?? null;
    const buckets = this.#buckets;
    return {
      seconds: buckets.map((_, index) => (index * BUCKET_MS) / 1_000),
      acknowledged: buckets.map((bucket) => rate(bucket.acknowledged)),
      delivered: buckets.map((bucket) => rate(bucket.delivered)),
      acknowledgementP50: buckets.map((bucket) => value(bucket.acknowledgement, "p50")),
      acknowledgementMax: buckets.map((bucket) => value(bucket.acknowledgement, "max")),
      deliveryP50: buckets.map((bucket) => value(bucket.delivery, "p50")),
      deliveryMax: buckets.map((bucket) => value(bucket.delivery, "max")),
      live: buckets.map(({ live }) => live),
      backlog: buckets.map(({ backlog }) => backlog),
      connects: buckets.map((bucket) => rate(bucket.connects)),
    };
  }

  #acknowledged(id: string, t: number): void {
    const queuedAt = this.#queuedAt.get(id);
    if (queuedAt === undefined || !this.#waiting.delete(id)) return;
    this.acknowledged++;
    this.longestStall = Math.max(this.longestStall, t - queuedAt);
    const bucket = this.#bucket(t);
    bucket.acknowledged++;
    bucket.acknowledgement.add(t - queuedAt);
    this.#level(this.backlog, this.#waiting.size);
  }

  #entries({ device, conversation, to, entries, t }: EventOf<"entries">): void {
    const key = `${device} ${conversation}`;
    const seen = this.#seen.get(key) ?? 0;
    for (const entry of entries) {
      const queuedAt = this.#queuedAt.get(entry.id);
      if (entry.seq <= seen || queuedAt === undefined) continue;
      // Where the answer was lost, its own entry in the stream is what ends a message's wait.
      if (entry.device === device) this.#acknowledged(entry.id, t);
      else {
        const bucket = this.#bucket(t);
        bucket.delivered++;
        bucket.delivery.add(t - queuedAt);
      }
    }
    this.#seen.set(key, Math.max(seen, to));
  }

  #level(levels: Level[], value: number): void {
    const t = Date.now();
    if (t < this.began) return;
    levels.push({ t, value });
    const bucket = this.#bucket(t);
    bucket.live = this.#online.size;
    bucket.backlog = this.#waiting.size;
  }

  /** The bucket of a time; those that were skipped keep the levels of the one before. */
  #bucket(t: number): Bucket {
    const index = Math.max(0, Math.floor((t - this.began) / BUCKET_MS));
    for (let last = this.#buckets.at(-1); this.#buckets.length <= index; last = this.#buckets.at(-1)) {
      this.#buckets.push({
        acknowledged: 0,
        delivered: 0,
        connects: 0,
        acknowledgement: new Histogram(),
        delivery: new Histogram(),
        live: last?.live ?? this.#online.size,
        backlog: last?.backlog ?? 0,
      });
    }
    const bucket = this.#buckets[index];
    if (bucket === undefined) throw new Error("The bucket was made just now.");
    return bucket;
  }
}
