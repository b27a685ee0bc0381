/**
 * A channel between two objects that have much to say to each other: one WebSocket, with requests and answers both ways.
 * A call between objects sets a session up each time; a frame on an open channel costs about a third of that, and twenty
 * of them are billed as one request.
 *
 * A link keeps order and is no safer than a call: when it breaks, everything that waits for its answer is rejected with
 * {@link LinkBroken}, and whoever asked asks again by a call. So only what may run twice goes over a link.
 *
 * While it is open neither side hibernates. Therefore both sides look after it: it closes when nothing was said for a
 * while, and when an answer does not come.
 */
import { codeOf, MeridianError } from "../../protocol/index.ts";
import { metrics } from "./metrics.ts";
import type { Clock } from "./sql.ts";

/** How often a side looks after its link. */
const LOOK_MS = 2_000;
/** An answer that takes longer than this will not come. */
const PATIENCE_MS = 10_000;
/** Requests that one side may have open; whoever asks keeps well below. */
const MAX_OPEN = 64;
/** Requests without an answer of their own are confirmed together: when there are so many, or after so long. */
const CONFIRM_AT = 8;
const CONFIRM_MS = 100;

/** The link is gone; whether the request was heard is not known. */
export class LinkBroken extends Error {
  override readonly name = "LinkBroken";
}

/** What became of a request. */
export interface Answer {
  /** Undefined where the other side had nothing to say but that it is done. */
  readonly text: string | undefined;
  /** How long the other side kept the answer to send it together with others, in milliseconds. */
  readonly keptMs: number;
}

export interface LinkPorts {
  /**
   * Handles a request of the other side. Must not await: answers leave in the order of the requests, and together with
   * what was written.
   * @returns the answer, or undefined where "done" says it all
   */
  readonly handle: (request: string) => string | undefined;
  /** Some requests are about to be confirmed: what was put off until then is to be done. */
  readonly confirming?: () => void;
  readonly closed: (link: Link) => void;
  readonly clock: Clock;
  readonly later: (callback: () => void, ms: number) => void;
  /** It closes when nothing was said for this long, in milliseconds. */
  readonly idleMs: number;
}

interface Open {
  readonly at: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One end of a channel.
 *
 * @example
 * const link = new Link(socket, { handle: (text) => text.toUpperCase(), closed: () => {}, clock: Date.now, later, idleMs: 2_000 });
 * const { text } = await link.request("hello");
 */
export class Link {
  readonly #socket: WebSocket;
  readonly #ports: LinkPorts;
  /** Requests that wait for their answers, oldest first. */
  readonly #open: Open[] = [];
  /** Requests of the other side that were handled and not yet confirmed, and since when. */
  #unconfirmed = 0;
  #unconfirmedSince = 0;
  #confirmScheduled = false;
  #usedAt: number;
  #closed = false;

  /** @param socket accepted, and not listened to by anybody else */
  constructor(socket: WebSocket, ports: LinkPorts) {
    this.#socket = socket;
    this.#ports = ports;
    this.#usedAt = ports.clock();
    socket.addEventListener("message", ({ data }) => this.#take(data));
    socket.addEventListener("close", () => this.close());
    socket.addEventListener("error", () => this.close());
    this.#lookLater();
  }

  get open(): boolean {
    return !this.#closed;
  }

  /**
   * Asks the other side.
   *
   * @returns its answer; requests are answered in their order
   * @throws LinkBroken where the answer will never come, or a MeridianError as the other side threw it
   */
  request(text: string): Promise<Answer> {
    if (this.#closed || this.#open.length >= MAX_OPEN) return Promise.reject(new LinkBroken("no more requests"));
    const at = (this.#usedAt = this.#ports.clock());
    return new Promise((resolve, reject) => {
      this.#open.push({ at, resolve, reject });
      this.#send(`?${text}`);
    });
  }

  /** Ends it; what waits for an answer is rejected. */
  close(): void {
    if (this.#closed) return;
    this.#confirm();
    // Confirming may have found the socket gone, and closed.
    if (this.open) this.#end();
  }

  #end(): void {
    this.#closed = true;
    try {
      this.#socket.close(1000, "done");
    } catch {
      // Closed already.
    }
    if (this.#open.length > 0) metrics.count("links", { what: "broken" });
    for (const { reject } of this.#open.splice(0)) reject(new LinkBroken("the link is closed"));
    this.#ports.closed(this);
  }

  #take(data: unknown): void {
    if (this.#closed || typeof data !== "string") return this.close();
    const rest = data.slice(1);
    switch (data[0]) {
      case "?":
        return this.#handle(rest);
      case "=":
        return this.#open.shift()?.resolve({ text: rest, keptMs: 0 });
      case "+": {
        const [count = "0", kept = "0"] = rest.split(" ");
        for (const { resolve } of this.#open.splice(0, Number(count)))
          resolve({ text: undefined, keptMs: Number(kept) });
        return;
      }
      case "!": {
        const { code, message, retryAfterMs } = JSON.parse(rest) as MeridianError;
        return this.#open.shift()?.reject(new MeridianError(code, message, { retryAfterMs }));
      }
      default:
        // Another version of this code speaks there: calls are understood by both.
        return this.close();
    }
  }

  #handle(request: string): void {
    this.#usedAt = this.#ports.clock();
    let answer: string | undefined;
    try {
      answer = this.#ports.handle(request);
    } catch (error) {
      const { message, retryAfterMs } = error as { message?: string; retryAfterMs?: number };
      this.#confirm();
      this.#send(`!${JSON.stringify({ code: codeOf(error), message: message ?? "", retryAfterMs })}`);
      // Nothing that the contract knows: better not to rely on this link any more.
      if (codeOf(error) === "internal") this.close();
      return;
    }
    if (answer !== undefined) {
      this.#confirm();
      this.#send(`=${answer}`);
      return;
    }
    if (this.#unconfirmed === 0) this.#unconfirmedSince = this.#usedAt;
    this.#unconfirmed += 1;
    if (this.#unconfirmed >= CONFIRM_AT) this.#confirm();
    else this.#confirmLater();
  }

  #confirmLater(): void {
    if (this.#confirmScheduled) return;
    this.#confirmScheduled = true;
    this.#ports.later(() => {
      this.#confirmScheduled = false;
      this.#confirm();
    }, CONFIRM_MS);
  }

  #confirm(): void {
    if (this.#unconfirmed === 0) return;
    this.#ports.confirming?.();
    const kept = this.#ports.clock() - this.#unconfirmedSince;
    const count = this.#unconfirmed;
    this.#unconfirmed = 0;
    this.#send(`+${count} ${kept}`);
  }

  #send(frame: string): void {
    if (this.#closed) return;
    try {
      this.#socket.send(frame);
    } catch {
      this.close();
    }
  }

  #lookLater(): void {
    this.#ports.later(() => {
      if (this.#closed) return;
      const now = this.#ports.clock();
      const [oldest] = this.#open;
      const stuck = oldest !== undefined && now - oldest.at > PATIENCE_MS;
      const idle = oldest === undefined && now - this.#usedAt >= this.#ports.idleMs;
      if (stuck || idle) this.close();
      else this.#lookLater();
    }, LOOK_MS);
  }
}
