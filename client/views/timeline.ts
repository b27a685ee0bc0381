/**
 * A conversation as a window over its log. It works while somebody is subscribed; after the last one has left, it holds
 * nothing.
 */
import type { ConversationId } from "../../protocol/ids.ts";
import type { Engine } from "../engine/api.ts";
import { asError } from "../errors.ts";
import { Cell } from "../observable.ts";
import type { Timeline } from "../types/api.ts";
import type { TimelineState } from "../types/state.ts";
import type { Mirror } from "./mirror.ts";
import type { TimelineWindow } from "./timeline-window.ts";

export class TimelineView implements Timeline {
  readonly conversation: ConversationId;
  readonly #engine: Promise<Engine>;
  readonly #mirror: Mirror;
  readonly #cell: Cell<TimelineState>;
  /** Of the present subscribers; undefined while there are none. */
  #window: Promise<TimelineWindow> | undefined;

  constructor(conversation: ConversationId, engine: Promise<Engine>, mirror: Mirror) {
    this.conversation = conversation;
    this.#engine = engine;
    this.#mirror = mirror;
    this.#cell = new Cell(emptyTimeline(conversation), { start: () => this.#start(), stop: () => this.#stop() });
  }

  get current(): TimelineState {
    return this.#cell.current;
  }

  subscribe(listener: (state: TimelineState) => void): () => void {
    return this.#cell.subscribe(listener);
  }

  async loadOlder(): Promise<void> {
    await (await this.#window)?.loadOlder();
  }

  async loadNewer(): Promise<void> {
    await (await this.#window)?.loadNewer();
  }

  async jumpTo(seq: number): Promise<void> {
    await (await this.#window)?.jumpTo(seq);
  }

  async jumpToEnd(): Promise<void> {
    await (await this.#window)?.jumpToEnd();
  }

  /** Forgets every subscriber. */
  clear(): void {
    this.#cell.clear();
  }

  #start(): void {
    const window = this.#open(() => this.#window === window);
    this.#window = window;
    window.catch((error: unknown) => {
      if (this.#window === window) this.#cell.set({ ...this.current, status: "failed", error: asError(error) });
    });
  }

  /** @param wanted false once the subscribers that it is for have left */
  async #open(wanted: () => boolean): Promise<TimelineWindow> {
    const [{ TimelineWindow }, engine] = await Promise.all([import("./timeline-window.ts"), this.#engine]);
    const window = new TimelineWindow(this.conversation, engine, this.#mirror, (state) => {
      if (wanted()) this.#cell.set(state);
    });
    if (!wanted()) window.close();
    return window;
  }

  #stop(): void {
    this.#window?.then((window) => window.close()).catch(() => {});
    this.#window = undefined;
    this.#cell.set(emptyTimeline(this.conversation));
  }
}

export function emptyTimeline(conversation: ConversationId): TimelineState {
  return {
    conversation,
    status: "loading",
    items: [],
    atStart: false,
    atEnd: false,
    loadingOlder: false,
    loadingNewer: false,
    openedAtRead: 0,
    read: 0,
    error: null,
  };
}
