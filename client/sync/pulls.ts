/**
 * Pages of history over the socket: each `pull` has a `ref` that its `page` or `error` carries back.
 */
import type { Page } from "../../protocol/conversation.ts";
import type { ErrorFrame } from "../../protocol/frames-server.ts";
import type { ConversationId } from "../../protocol/ids.ts";
import { MAX_PAGE_ENTRIES } from "../../protocol/limits.ts";
import { pause, type Clock } from "../clock.ts";
import type { OutFrame } from "../connection/frames.ts";
import { asError, errorOf, type MeridianError } from "../errors.ts";

const TIMEOUT_MS = 15_000;
/** How often a page is asked for again when the server is busy. */
const MAX_TRIES = 5;
const BUSY_MS = 1_000;

export type PullQuery = { readonly after: number } | { readonly before: number };

interface Pending {
  readonly resolve: (page: Page) => void;
  readonly reject: (error: MeridianError) => void;
}

export class Pulls {
  readonly #clock: Clock;
  readonly #send: (frame: OutFrame) => boolean;
  readonly #pending = new Map<string, Pending>();
  #count = 0;

  constructor(clock: Clock, send: (frame: OutFrame) => boolean) {
    this.#clock = clock;
    this.#send = send;
  }

  /**
   * Asks for a page of at most `limit` entries.
   * @throws MeridianError `offline` without a link or when it breaks, `timeout`, or what the server answered
   */
  async pull(conversation: ConversationId, query: PullQuery, limit = MAX_PAGE_ENTRIES): Promise<Page> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once(conversation, query, limit);
      } catch (thrown) {
        const error = asError(thrown);
        if (tries >= MAX_TRIES || (error.code !== "rate_limited" && error.code !== "unavailable")) throw error;
        await pause(this.#clock, error.retryAfterMs ?? BUSY_MS * tries);
      }
    }
  }

  /** @returns whether the answer was to a pull of ours */
  onPage(ref: string, page: Page): boolean {
    const pending = this.#pending.get(ref);
    pending?.resolve(page);
    return pending !== undefined;
  }

  /** @returns whether the error was an answer to a pull of ours */
  onError(frame: ErrorFrame): boolean {
    const pending = frame.ref === undefined ? undefined : this.#pending.get(frame.ref);
    pending?.reject(errorOf(frame.code, frame.message, { retryAfterMs: frame.retryAfterMs }));
    return pending !== undefined;
  }

  /** The link is gone, and with it every answer. */
  down(): void {
    for (const { reject } of Array.from(this.#pending.values())) reject(errorOf("offline", "The link broke."));
  }

  #once(conversation: ConversationId, query: PullQuery, limit: number): Promise<Page> {
    const ref = `pull-${++this.#count}`;
    return new Promise<Page>((resolve, reject) => {
      const cancel = this.#clock.after(TIMEOUT_MS, () => reject(errorOf("timeout", "The history did not come.")));
      const settle = () => {
        cancel();
        this.#pending.delete(ref);
      };
      this.#pending.set(ref, {
        resolve: (page) => {
          settle();
          resolve(page);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      if (!this.#send({ type: "pull", ref, conversation, ...query, limit })) {
        this.#pending.get(ref)?.reject(errorOf("offline", "There is no link to the server."));
      }
    });
  }
}
