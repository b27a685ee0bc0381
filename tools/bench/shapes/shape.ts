/** What a shape is, and what it answers. */
import type { Slice } from "../drive.ts";
import type { Times } from "../stats.ts";
import type { Server } from "../servers.ts";
import type { Target } from "../targets/target.ts";

/** What one server did under one shape. Medians over its slices. */
export interface Side {
  /** In the shape's unit. */
  readonly value: number;
  readonly times?: Times | undefined;
  readonly delivery?: Times | undefined;
  /** Processor time of the server per operation, in milliseconds. */
  readonly cpu?: number | undefined;
  /** Values of the single slices, in their order. */
  readonly slices: readonly number[];
}

export interface Row {
  readonly shape: string;
  readonly title: string;
  /** Of `value`, such as `sends/s`. */
  readonly unit: string;
  /** What `times` are. */
  readonly timed: string;
  readonly floor: Side;
  readonly meridian: Side;
  /** Largest share of a processor that the generator used: near 1, it is what is measured. */
  readonly generator?: number;
}

/** What a shape works with. */
export interface Bench {
  /** Seconds of load per server and shape. */
  readonly seconds: number;
  readonly floor: Target;
  readonly meridian: Target;
  /** Servers that nobody used yet, for shapes that measure memory; stopped by the caller at the end. */
  readonly fresh: () => Promise<{ floor: Target; meridian: Target; servers: readonly Server[] }>;
  /** Says how far it is. */
  readonly progress: (text: string) => void;
}

/** Senders in rooms. */
export interface Load {
  readonly rooms: number;
  readonly members: number;
  /** Members of each room that send. */
  readonly senders: number;
  /** Messages that each of them keeps in flight. */
  readonly inFlight: number;
}

export interface Shape {
  readonly name: string;
  readonly title: string;
  /** Set for shapes of senders in rooms: those can be profiled. */
  readonly load?: Load;
  run(bench: Bench): Promise<Row>;
}

export type { Slice };
