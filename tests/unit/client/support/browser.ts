/** A browser's Web Locks and BroadcastChannel, with tabs that can die. */
import type { ChannelLike, LocksLike, TabMessage } from "../../../../client/tabs/messages.ts";

interface Waiter {
  readonly tab: FakeTab;
  readonly run: () => void;
}

export class FakeBrowser {
  readonly tabs = new Set<FakeTab>();
  readonly #queues = new Map<string, Waiter[]>();

  tab(): FakeTab {
    const tab = new FakeTab(this);
    this.tabs.add(tab);
    return tab;
  }

  request(tab: FakeTab, name: string, held: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      const waiter: Waiter = {
        tab,
        run: () => {
          held().then(
            () => this.#release(name, waiter, resolve),
            (error: unknown) => this.#release(name, waiter, () => reject(error)),
          );
        },
      };
      queue.push(waiter);
      signal?.addEventListener("abort", () => {
        if (queue[0] === waiter) return;
        queue.splice(queue.indexOf(waiter), 1);
        reject(new DOMException("aborted", "AbortError"));
      });
      if (queue[0] === waiter) queueMicrotask(waiter.run);
    });
  }

  /** Locks of a tab that died pass on, and what it waited for is forgotten. */
  kill(tab: FakeTab): void {
    tab.dead = true;
    this.tabs.delete(tab);
    for (const queue of this.#queues.values()) {
      const held = queue[0]?.tab === tab;
      const left = queue.filter((waiter) => waiter.tab !== tab);
      queue.splice(0, queue.length, ...left);
      if (held && queue[0] !== undefined) queueMicrotask(queue[0].run);
    }
  }

  post(from: FakeTab, message: TabMessage): void {
    // Everything that crosses has to be plain data, as in a browser.
    const copy = structuredClone(message);
    for (const tab of this.tabs) {
      if (tab !== from) queueMicrotask(() => tab.receive(copy));
    }
  }

  #release(name: string, waiter: Waiter, done: () => void): void {
    const queue = this.#queues.get(name);
    done();
    if (queue?.[0] !== waiter) return;
    queue.shift();
    if (queue[0] !== undefined) queueMicrotask(queue[0].run);
  }
}

export class FakeTab {
  dead = false;
  readonly #browser: FakeBrowser;
  readonly #listeners = new Set<(event: { readonly data: unknown }) => void>();

  constructor(browser: FakeBrowser) {
    this.#browser = browser;
  }

  readonly locks: LocksLike = {
    request: (name, { signal }, held) => this.#browser.request(this, name, held, signal),
  };

  readonly channel: ChannelLike = {
    postMessage: (message: TabMessage) => {
      if (!this.dead) this.#browser.post(this, message);
    },
    addEventListener: (_type, listener) => void this.#listeners.add(listener),
    close: () => this.#listeners.clear(),
  };

  receive(message: TabMessage): void {
    if (this.dead) return;
    for (const listener of this.#listeners) listener({ data: message });
  }

  /** The browser ends it at once: no goodbye, no clean-up. */
  kill(): void {
    this.#browser.kill(this);
  }
}
