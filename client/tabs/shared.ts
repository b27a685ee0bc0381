/**
 * One engine for all tabs of a browser. The tab that holds the Web Lock leads: it has the socket and the store. The others
 * follow: their calls go to it over a BroadcastChannel, and its news come back. When the leader closes or dies, the lock
 * passes on; the next leader reads the same store, and what was not answered is asked again.
 */
import type { Engine, EngineState, Identity, NewEntry, Versioned, Window, WindowQuery } from "../engine/api.ts";
import type { Conversation } from "../../protocol/conversation.ts";
import type { User } from "../../protocol/accounts.ts";
import type { ConversationId, EntryId, UserId } from "../../protocol/ids.ts";
import type { Clock } from "../clock.ts";
import { asError, errorOf, toData, type MeridianError } from "../errors.ts";
import { randomHex } from "../ids.ts";
import { Listeners } from "../observable.ts";
import type { ProfileRecord } from "../storage/storage.ts";
import type { Platform } from "../types/options.ts";
import type { SearchHit } from "../types/state.ts";
import { ONCE, type ChannelLike, type LocksLike, type Method, type TabMessage } from "./messages.ts";
import { RemoteCalls } from "./remote.ts";

export interface SharedPorts {
  /** Tabs with the same name share. */
  readonly name: string;
  /** Makes the engine of this tab, once it leads. */
  readonly start: () => Promise<Engine>;
  readonly clock: Clock;
  readonly platform: Platform;
  readonly locks: LocksLike;
  readonly channel: ChannelLike;
}

export class SharedEngine implements Engine {
  readonly #ports: SharedPorts;
  readonly #id = randomHex(8);
  readonly #listeners = new Listeners<Versioned>();
  readonly #remote: RemoteCalls;
  readonly #abort = new AbortController();
  readonly #stopListening: () => void;
  /** Tabs whose presence watches end with them. */
  readonly #guarded = new Set<string>();
  #local: Engine | undefined;
  /** The tab that leads, as far as this one was told. */
  #leader: string | undefined;
  /** Why this tab could not start an engine. */
  #broken: MeridianError | undefined;
  #closed = false;
  /** Resolved when this tab lets its locks go. */
  readonly #gone: Promise<void>;
  #leave: () => void = () => {};
  readonly #led: Promise<void>;

  static join(ports: SharedPorts): SharedEngine {
    return new SharedEngine(ports);
  }

  private constructor(ports: SharedPorts) {
    this.#ports = ports;
    this.#gone = new Promise((resolve) => {
      this.#leave = resolve;
    });
    this.#remote = new RemoteCalls(this.#id, ports.clock, (message) => {
      // Before there is a leader nobody listens: what is asked now is asked again when there is one.
      if (this.#leader !== undefined) this.#post(message);
    });
    ports.channel.addEventListener("message", ({ data }) => this.#onMessage(data as TabMessage));
    this.#stopListening = ports.platform.subscribe((event) => {
      if (event === "visible" && this.#local === undefined) this.wake().catch(() => {});
    });
    // Held for as long as this tab lives, so that a leader learns of its end.
    void this.#hold(this.#tabLock(this.#id), () => this.#gone);
    this.#led = this.#hold(`meridian:${ports.name}`, () => this.#lead());
    this.#post({ type: "who" });
  }

  /** True where this tab has the socket and the store. */
  get leads(): boolean {
    return this.#local !== undefined;
  }

  subscribe(listener: (versioned: Versioned) => void): () => void {
    return this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopListening();
    this.#listeners.clear();
    this.#remote.close(errorOf("closed", "This instance was closed."));
    // The store is closed before the lock passes on.
    await this.#local?.close();
    this.#local = undefined;
    this.#abort.abort();
    this.#leave();
    await this.#led;
    this.#ports.channel.close();
  }

  state = () => this.#call("state") as Promise<EngineState>;
  request = (...args: Parameters<Engine["request"]>) => this.#call("request", ...args);
  authenticate = (...args: Parameters<Engine["authenticate"]>) =>
    this.#call("authenticate", ...args) as Promise<Identity>;
  signOut = (erased: boolean) => this.#do("signOut", erased);
  setUser = (user: User) => this.#do("setUser", user);
  enqueue = (entry: NewEntry) => this.#do("enqueue", entry);
  retry = (id: EntryId) => this.#do("retry", id);
  discard = (id: EntryId) => this.#do("discard", id);
  hide = (conversation: ConversationId, seq: number) => this.#do("hide", conversation, seq);
  markRead = (conversation: ConversationId, seq: number | null) => this.#do("markRead", conversation, seq);
  setDraft = (conversation: ConversationId, text: string) => this.#do("setDraft", conversation, text);
  setTyping = (conversation: ConversationId, active: boolean) => this.#do("setTyping", conversation, active);
  watch = (tab: string, users: readonly UserId[]) => this.#do("watch", tab, users);
  learn = (conversation: Conversation) => this.#do("learn", conversation);
  setMuted = (conversation: ConversationId, until: number | null) => this.#do("setMuted", conversation, until);
  window = (conversation: ConversationId, query: WindowQuery) =>
    this.#call("window", conversation, query) as Promise<Window>;
  quoted = (...args: Parameters<Engine["quoted"]>) => this.#call("quoted", ...args) as ReturnType<Engine["quoted"]>;
  search = (...args: Parameters<Engine["search"]>) => this.#call("search", ...args) as Promise<readonly SearchHit[]>;
  profile = (user: UserId, fresh: boolean) => this.#call("profile", user, fresh) as Promise<ProfileRecord | null>;
  connect = () => this.#do("connect");
  disconnect = () => this.#do("disconnect");
  wake = () => this.#do("wake");

  async #do(method: Method, ...args: unknown[]): Promise<void> {
    await this.#call(method, ...args);
  }

  #call(method: Method, ...args: unknown[]): Promise<unknown> {
    if (this.#closed) return Promise.reject(errorOf("closed", "This instance was closed."));
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    return this.#local === undefined
      ? this.#remote.call(method, args)
      : this.#perform(this.#local, this.#id, method, args);
  }

  /** Runs with the lock held; holds it until this tab closes. */
  async #lead(): Promise<void> {
    if (this.#closed) return;
    let local: Engine;
    try {
      local = await this.#ports.start();
    } catch (error) {
      // The next tab may have more luck; this one says why it has none.
      this.#broken = asError(error);
      this.#remote.close(this.#broken);
      return;
    }
    if (this.#closed) {
      await local.close();
      return;
    }
    this.#local = local;
    local.subscribe((versioned) => {
      this.#listeners.call(versioned);
      this.#post({ type: "change", versioned });
    });
    this.#post({ type: "leader", id: this.#id });
    this.#remote.again((method, args) => this.#perform(local, this.#id, method, args));
    this.#listeners.call({ version: 0, change: { type: "restart" } });
    await this.#gone;
  }

  #onMessage(message: TabMessage): void {
    if (this.#closed) return;
    switch (message.type) {
      case "who":
        if (this.#local !== undefined) this.#post({ type: "leader", id: this.#id });
        return;
      case "leader":
        if (this.#local !== undefined || this.#leader === message.id) return;
        this.#leader = message.id;
        this.#remote.again((method, args) => this.#remote.call(method, args));
        this.#listeners.call({ version: 0, change: { type: "restart" } });
        return;
      case "call":
        if (this.#local !== undefined) void this.#answer(this.#local, message);
        return;
      case "change":
        if (this.#local === undefined) this.#listeners.call(message.versioned);
        return;
      default:
        this.#remote.onMessage(message);
    }
  }

  async #answer(local: Engine, { from, ref, method, args }: Extract<TabMessage, { type: "call" }>): Promise<void> {
    if (ONCE.has(method)) this.#post({ type: "got", to: from, ref });
    try {
      const value = await this.#perform(local, from, method, args);
      this.#post({ type: "answer", to: from, ref, value });
    } catch (error) {
      this.#post({ type: "refusal", to: from, ref, error: toData(asError(error)) });
    }
  }

  async #perform(local: Engine, tab: string, method: Method, args: readonly unknown[]): Promise<unknown> {
    if (method === "watch" && tab !== this.#id) this.#guard(local, tab, args[0] as string);
    // The same names and arguments on both sides, which the type of a message cannot say.
    const run = local[method] as (...args: readonly unknown[]) => Promise<unknown>;
    return run.apply(local, [...args]);
  }

  /** When a tab has gone, whom it watched is watched no more. */
  #guard(local: Engine, tab: string, watcher: string): void {
    if (this.#guarded.has(tab)) return;
    this.#guarded.add(tab);
    void this.#hold(this.#tabLock(tab), async () => {
      this.#guarded.delete(tab);
      await local.watch(watcher, []);
    });
  }

  #tabLock(tab: string): string {
    return `meridian:${this.#ports.name}:tab:${tab}`;
  }

  async #hold(name: string, held: () => Promise<void>): Promise<void> {
    const { signal } = this.#abort;
    await this.#ports.locks.request(name, { signal }, held).catch((error: unknown) => {
      if (!signal.aborted)
        this.#listeners.call({ version: 0, change: { type: "error", error: toData(asError(error)) } });
    });
  }

  #post(message: TabMessage): void {
    if (this.#closed) return;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has one origin, its own
    this.#ports.channel.postMessage(message);
  }
}
