/**
 * Calls to the engine in another tab. Whatever was not answered when another tab takes over is asked again there.
 */
import type { Clock } from "../clock.ts";
import { errorOf, fromData, type MeridianError } from "../errors.ts";
import { ONCE, type Method, type TabMessage } from "./messages.ts";

/** How long an answer may take; longer than anything that the engine itself waits for. */
const ANSWER_MS = 90_000;

interface Pending {
  readonly method: Method;
  readonly args: readonly unknown[];
  /** The leader has begun with it. */
  got: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: MeridianError) => void;
}

export class RemoteCalls {
  readonly #id: string;
  readonly #clock: Clock;
  readonly #post: (message: TabMessage) => void;
  readonly #pending = new Map<number, Pending>();
  #count = 0;

  constructor(id: string, clock: Clock, post: (message: TabMessage) => void) {
    this.#id = id;
    this.#clock = clock;
    this.#post = post;
  }

  call(method: Method, args: readonly unknown[]): Promise<unknown> {
    const ref = ++this.#count;
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(ANSWER_MS, () => {
        this.#pending.delete(ref);
        reject(errorOf("timeout", "The tab that holds the connection did not answer."));
      });
      const settled = () => {
        cancel();
        this.#pending.delete(ref);
      };
      this.#pending.set(ref, {
        method,
        args,
        got: false,
        resolve: (value) => {
          settled();
          resolve(value);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      this.#post({ type: "call", from: this.#id, ref, method, args });
    });
  }

  onMessage(message: TabMessage): void {
    if (message.type !== "got" && message.type !== "answer" && message.type !== "refusal") return;
    if (message.to !== this.#id) return;
    const pending = this.#pending.get(message.ref);
    if (pending === undefined) return;
    if (message.type === "got") pending.got = true;
    else if (message.type === "answer") pending.resolve(message.value);
    else pending.reject(fromData(message.error));
  }

  /** There is a new leader: calls that it is safe to repeat are made again. */
  again(perform: (method: Method, args: readonly unknown[]) => Promise<unknown>): void {
    for (const [, { method, args, got, resolve, reject }] of Array.from(this.#pending)) {
      if (got && ONCE.has(method)) reject(errorOf("offline", "The tab that was doing it was closed."));
      else perform(method, args).then(resolve, reject);
    }
  }

  /** Nobody will answer any more. */
  close(error: MeridianError): void {
    for (const { reject } of Array.from(this.#pending.values())) reject(error);
  }
}
