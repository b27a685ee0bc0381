/**
 * One stream: what a device was sent and what it acknowledged of one conversation [D1]. Pure.
 */
import { STREAM_WINDOW } from "../../protocol/index.ts";

/** What must outlive the object's memory while its socket stays: acknowledged, pushed, unacknowledged entries. */
export type SavedStream = readonly [acked: number, pushed: number, open: number];

interface Pushed {
  readonly seq: number;
  readonly foreign: boolean;
}

export class Stream {
  #acked: number;
  #pushed: number;
  /** Entries that were pushed and not yet acknowledged, ascending. */
  #open: Pushed[] = [];
  /** True while the log is being read for this stream. */
  pumping = false;

  constructor(acked: number) {
    this.#acked = acked;
    this.#pushed = acked;
  }

  static restore([acked, pushed, open]: SavedStream): Stream {
    const stream = new Stream(acked);
    stream.#pushed = pushed;
    // Which seqs the open entries have was not kept: they are released together, when the last is acknowledged.
    stream.#open = Array.from({ length: open }, () => ({ seq: pushed, foreign: true }));
    return stream;
  }

  save(): SavedStream {
    return [this.#acked, this.#pushed, this.#open.length];
  }

  /** Up to where the device acknowledged. */
  get acked(): number {
    return this.#acked;
  }

  /** Up to where the device was sent ranges: the next frame's `after`. */
  get pushed(): number {
    return this.#pushed;
  }

  /** How many more entries may be sent. */
  get room(): number {
    return STREAM_WINDOW - this.#open.length;
  }

  /** Nothing was sent that is not acknowledged. */
  get clean(): boolean {
    return this.#acked === this.#pushed;
  }

  /** Takes note of a frame with the range up to `to`. */
  push(to: number, entries: readonly Pushed[]): void {
    this.#pushed = to;
    this.#open.push(...entries);
  }

  /**
   * The device holds everything up to `seq`; what it was not sent it cannot acknowledge.
   * @returns whether entries by others are among what it newly holds: only those move a receipt
   */
  acknowledge(seq: number): { moved: boolean; foreign: boolean } {
    const acked = Math.min(seq, this.#pushed);
    if (acked <= this.#acked) return { moved: false, foreign: false };
    const foreign = this.#open.some((entry) => entry.seq <= acked && entry.foreign);
    this.#acked = acked;
    this.#open = this.#open.filter((entry) => entry.seq > acked);
    return { moved: true, foreign };
  }
}
