/**
 * What a simulated device needs of the place that it runs in: inside workerd or in Node, against a real server.
 */
import type { ReadyFrame, ServerFrame } from "../../protocol/index.ts";

export interface SimulatedSocket {
  /** Every frame that came, in order. */
  readonly frames: readonly ServerFrame[];
  /** Set once the socket is closed, from either side. */
  readonly closed: { readonly code: number } | undefined;
  send(frame: Record<string, unknown>): void;
  ready(): Promise<ReadyFrame>;
  cut(): void;
}

export interface SimulatedPorts {
  readonly user: string;
  readonly device: string;
  open(): Promise<SimulatedSocket>;
}
