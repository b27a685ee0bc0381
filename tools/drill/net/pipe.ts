import type { Socket } from "node:net";

/** What a direction of a link does to its bytes; may change at any time. */
export interface Conditions {
  delayMs: number;
  frozen: boolean;
  /** Undefined: as many as there are. */
  bytesPerSecond: number | undefined;
}

/** Bytes on their way at once; past them the sender waits. */
const MAX_BYTES = 1024 * 1024;
/** The same where the link is slow: what lies in the network must not hide it. */
const MAX_SLOW_BYTES = 16 * 1024;

/** One direction of a connection: every byte comes out a while after it went in, in order. */
export class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #conditions: () => Conditions;
  /** Null stands for the end. */
  readonly #queue: { due: number; chunk: Buffer | null }[] = [];
  #bytes = 0;
  #lastDue = 0;
  #timer: NodeJS.Timeout | undefined;
  #full = false;

  constructor(from: Socket, to: Socket, conditions: () => Conditions) {
    this.#from = from;
    this.#to = to;
    this.#conditions = conditions;
    from.on("data", (chunk: Buffer) => this.#push(chunk));
    from.on("end", () => this.#push(null));
    to.on("drain", () => {
      this.#full = false;
      this.pump();
    });
  }

  /** Lets out what is due. */
  pump(): void {
    clearTimeout(this.#timer);
    const { frozen } = this.#conditions();
    if (frozen) {
      this.#from.pause();
      return;
    }
    const now = performance.now();
    for (let head = this.#queue[0]; head !== undefined && !this.#full; head = this.#queue[0]) {
      if (head.due > now) {
        this.#timer = setTimeout(() => this.pump(), head.due - now);
        break;
      }
      this.#queue.shift();
      if (head.chunk === null) this.#to.end();
      else {
        this.#bytes -= head.chunk.length;
        if (!this.#to.destroyed) this.#full = !this.#to.write(head.chunk);
      }
    }
    if (this.#bytes < this.#limit()) this.#from.resume();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  #push(chunk: Buffer | null): void {
    const { delayMs, bytesPerSecond } = this.#conditions();
    const length = chunk?.length ?? 0;
    const transfer = bytesPerSecond === undefined ? 0 : (length / bytesPerSecond) * 1_000;
    this.#lastDue = Math.max(performance.now() + delayMs, this.#lastDue) + transfer;
    this.#queue.push({ due: this.#lastDue, chunk });
    this.#bytes += length;
    if (this.#bytes >= this.#limit()) this.#from.pause();
    if (this.#queue.length === 1) this.pump();
  }

  #limit(): number {
    return this.#conditions().bytesPerSecond === undefined ? MAX_BYTES : MAX_SLOW_BYTES;
  }
}
