/**
 * The engine of this process: session, link, book, outbox and sync, put together.
 */
import type { User } from "../../protocol/accounts.ts";
import type { Conversation, ConversationList } from "../../protocol/conversation.ts";
import type { ServerFrame } from "../../protocol/frames-server.ts";
import type { ConversationId, EntryId, UserId } from "../../protocol/ids.ts";
import { pause } from "../clock.ts";
import { Connection } from "../connection/connection.ts";
import { asError, errorOf, toData, type MeridianError } from "../errors.ts";
import { Listeners } from "../observable.ts";
import { Outbox } from "../outbox/outbox.ts";
import { Sender } from "../outbox/sender.ts";
import type { ProfileRecord, Snapshot } from "../storage/storage.ts";
import { Acks } from "../sync/acks.ts";
import type { HistoryPorts } from "../sync/history.ts";
import { Pulls } from "../sync/pulls.ts";
import { newRecord, withConversation } from "../sync/records.ts";
import { Sync } from "../sync/sync.ts";
import type { SearchHit } from "../types/state.ts";
import type { Engine, EngineState, Identity, Link, NewEntry, Versioned, Window, WindowQuery } from "./api.ts";
import { Account, reasonOf } from "./account.ts";
import { Book, recordOf } from "./book.ts";
import { call, type Method } from "./http.ts";
import type { LocalOptions } from "./local-options.ts";
import { Marks } from "./marks.ts";
import { allMembers } from "./members.ts";
import { Presence } from "./presence.ts";
import { Profiles } from "./profiles.ts";
import { Receipts } from "./receipts.ts";
import { Typing } from "./typing.ts";

/** How long a failing store is left alone before it is read again. */
const RECOVER_MS = 2_000;
export class LocalEngine implements Engine {
  readonly #options: LocalOptions;
  readonly #listeners = new Listeners<Versioned>();
  readonly #book: Book;
  readonly #account: Account;
  readonly #connection: Connection;
  readonly #sync: Sync;
  readonly #pulls: Pulls;
  readonly #history: HistoryPorts;
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #marks: Marks;
  readonly #typing: Typing;
  readonly #presence: Presence;
  readonly #receipts: Receipts;
  readonly #profiles: Profiles;
  #link: Link;
  #offset = 0;
  #closed = false;

  /** Reads what storage holds, and connects where a session is among it. */
  static async start(options: LocalOptions): Promise<LocalEngine> {
    const engine = new LocalEngine(options, await options.storage.load());
    if (options.autoConnect && engine.#account.identity !== null) await engine.connect();
    return engine;
  }

  private constructor(options: LocalOptions, snapshot: Snapshot) {
    this.#options = options;
    const { clock, random, platform, socket, codec, regions } = options;
    const book = new Book(
      options.storage,
      (versioned) => this.#emit(versioned),
      (error) => void this.#recover(error),
    );
    book.fill(snapshot);
    this.#book = book;
    const me = () => this.#account.me();
    const now = () => this.#now();
    const send = (frame: Parameters<Connection["send"]>[0]) => this.#connection.send(frame);
    const request = (method: Method, path: string) => this.#account.request(method, path);
    const report = (error: MeridianError) => book.tell({ type: "error", error: toData(error) });

    this.#account = new Account(
      {
        book,
        clock,
        now,
        call: (method, path, init) => this.#call(method, path, init),
        leave: () => {
          this.#connection.disconnect();
          return this.#sync.idle();
        },
      },
      snapshot.session,
      snapshot.owner,
    );
    this.#pulls = new Pulls(clock, send);
    const verify = options.verifier?.((conversation, seq) =>
      book.tell({ type: "diverged", conversation, seq, by: "chain" }),
    );
    this.#history = { book, codec, me, now, pulls: this.#pulls, ...(verify === undefined ? {} : { verify }) };
    this.#sync = new Sync({
      ...this.#history,
      acks: new Acks(clock, send),
      list: async (cursor) =>
        (await request(
          "GET",
          `/v1/conversations?limit=200${cursor === undefined ? "" : `&cursor=${cursor}`}`,
        )) as ConversationList,
      receipts: (frame) => this.#receipts.onFrame(frame),
      unknown: (conversation) => void this.#ask(conversation),
      report,
    });
    this.#outbox = new Outbox({
      clock,
      random,
      items: () => book.outbox.values(),
      save: (item) => book.commit([{ put: "outbox", value: item }], [{ type: "outbox", item }]),
      transmit: send,
      sent: ({ conversation, id }, seq, at) => book.tell({ type: "sent", conversation, id, seq, at }),
    });
    this.#sender = new Sender({ book, codec, outbox: this.#outbox, now });
    this.#marks = new Marks({ book, me, clock, send, request });
    this.#typing = new Typing({
      clock,
      send,
      changed: (conversation, users) => book.tell({ type: "typing", conversation, users }),
    });
    this.#presence = new Presence({ send, changed: (presence) => book.tell({ type: "presence", presence }) });
    this.#receipts = new Receipts({
      me,
      record: (conversation) => book.records.get(conversation),
      members: (conversation) => allMembers(request, conversation),
      save: (record) =>
        void book.commit([{ put: "conversation", value: record }], [{ type: "record", record }]).catch(() => {}),
    });
    this.#profiles = new Profiles({ book, clock, request });
    this.#link = { status: "idle", url: regions.current() };
    this.#connection = new Connection({
      clock,
      random,
      platform,
      socket,
      url: () => regions.current(),
      blame: (url) => regions.blame(url),
      token: async (fresh) => {
        const token = await this.#account.token(fresh);
        // `hello` speaks of what is stored.
        await book.settled();
        return token;
      },
      hello: () => this.#sync.hello(),
      onFrame: (frame) => this.#onFrame(frame),
      onState: ({ error, ...state }) => {
        this.#link = { ...state, ...(error === undefined ? {} : { error: toData(error) }) };
        book.tell({ type: "link", link: this.#link });
      },
      onDown: () => this.#onDown(),
      onSignOut: (error) => void this.#account.end(reasonOf(error)),
    });
    regions.onMove(() => this.#connection.move());
  }

  // ── state ──

  async state(): Promise<EngineState> {
    const { version, records, outbox } = this.#book;
    return {
      version,
      identity: this.#account.identity,
      endReason: this.#account.endReason,
      link: this.#link,
      clockOffset: this.#offset,
      records: [...records.values()],
      outbox: [...outbox.values()],
      typing: this.#typing.all(),
      presence: this.#presence.all(),
    };
  }

  subscribe(listener: (versioned: Versioned) => void): () => void {
    return this.#listeners.add(listener);
  }

  // ── session ──

  async authenticate(path: "/v1/accounts" | "/v1/sessions", body: unknown): Promise<Identity> {
    const identity = await this.#account.authenticate(path, body);
    if (this.#options.autoConnect) await this.connect();
    return identity;
  }

  signOut(erased: boolean): Promise<void> {
    return this.#account.signOut(erased);
  }

  setUser(user: User): Promise<void> {
    return this.#account.setUser(user);
  }

  request(method: Method, path: string, body?: unknown): Promise<unknown> {
    return this.#account.request(method, path, body);
  }

  // ── messages ──

  async enqueue(entry: NewEntry): Promise<void> {
    this.#account.me();
    if (entry.content.kind === "message") this.#typing.sent(entry.conversation);
    await this.#sender.enqueue(entry);
  }

  retry(id: EntryId): Promise<void> {
    return this.#sender.retry(id);
  }

  discard(id: EntryId): Promise<void> {
    return this.#sender.discard(id);
  }

  hide(conversation: ConversationId, seq: number): Promise<void> {
    return this.#marks.hide(conversation, seq);
  }

  markRead(conversation: ConversationId, seq: number | null): Promise<void> {
    return this.#marks.read(conversation, seq);
  }

  setDraft(conversation: ConversationId, text: string): Promise<void> {
    return this.#change(conversation, { draft: text });
  }

  setMuted(conversation: ConversationId, until: number | null): Promise<void> {
    return this.#change(conversation, { mutedUntil: until });
  }

  async setTyping(conversation: ConversationId, active: boolean): Promise<void> {
    this.#typing.set(conversation, active);
  }

  async watch(tab: string, users: readonly UserId[]): Promise<void> {
    this.#presence.set(tab, users);
  }

  async learn(conversation: Conversation): Promise<void> {
    const held = this.#book.records.get(conversation.id);
    const record = held === undefined ? newRecord(conversation, this.#now()) : withConversation(held, conversation);
    await this.#book.commit([{ put: "conversation", value: record }], [{ type: "record", record }]);
  }

  // ── reading ──

  // Timelines and search are loaded with the first use.

  async window(conversation: ConversationId, query: WindowQuery): Promise<Window> {
    const { readWindow } = await import("../sync/history.ts");
    return readWindow(this.#history, conversation, query);
  }

  async quoted(
    conversation: ConversationId,
    wanted: Parameters<Engine["quoted"]>[1],
  ): Promise<Awaited<ReturnType<Engine["quoted"]>>> {
    const { quoted } = await import("../sync/history.ts");
    return quoted(this.#history, conversation, wanted);
  }

  async search(text: string, where: { conversation?: ConversationId; limit: number }): Promise<readonly SearchHit[]> {
    const { search } = await import("./search.ts");
    await this.#book.settled();
    const all = where.conversation === undefined ? [...this.#book.records.keys()] : [where.conversation];
    return search(this.#book.storage, all, text, where.limit);
  }

  profile(user: UserId, fresh: boolean): Promise<ProfileRecord | null> {
    return this.#profiles.get(user, fresh);
  }

  // ── the link ──

  async connect(): Promise<void> {
    this.#account.me();
    await this.#options.regions.ready();
    if (!this.#closed && this.#account.identity !== null) this.#connection.connect();
  }

  async disconnect(): Promise<void> {
    this.#connection.disconnect();
  }

  async wake(): Promise<void> {
    this.#connection.wake();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
    this.#options.regions.close();
    await this.#sync.idle();
    await this.#book.settled();
    this.#listeners.clear();
    await this.#options.storage.close();
  }

  // ── inside ──

  #onFrame(frame: ServerFrame): void {
    switch (frame.type) {
      case "ready":
        this.#offset = frame.serverTime - this.#options.clock.now();
        this.#book.tell({ type: "clock", offset: this.#offset });
        this.#sync.receive(frame);
        this.#outbox.up();
        this.#presence.up();
        void this.#sync.idle().then(() => this.#marks.up());
        return;
      case "sent":
        this.#outbox.onSent(frame);
        return;
      case "error":
        if (this.#pulls.onError(frame) || this.#outbox.onError(frame)) return;
        this.#book.tell({ type: "error", error: toData(errorOf(frame.code, frame.message)) });
        return;
      case "typing":
        if (frame.user !== this.#account.identity?.user.id)
          this.#typing.onNotice(frame.conversation, frame.user, frame.active);
        return;
      case "presence":
        this.#presence.onFrame(frame);
        return;
      case "conversation":
        this.#receipts.forget(frame.conversation.id);
        this.#sync.receive(frame);
        return;
      default:
        this.#sync.receive(frame);
    }
  }

  #onDown(): void {
    this.#sync.down();
    this.#outbox.down();
    this.#marks.down();
    this.#typing.down();
    this.#presence.down();
    this.#receipts.forget();
  }

  #emit(versioned: Versioned): void {
    const { change } = versioned;
    if (change.type === "outboxGone") this.#outbox.gone(change.id);
    if (change.type === "arrived") {
      for (const { entry } of change.entries) this.#typing.onNotice(change.conversation, entry.sender.user, false);
    }
    this.#listeners.call(versioned);
  }

  /** Storage refused something: what it holds counts, so everything is read again from there. */
  async #recover(error: MeridianError): Promise<void> {
    this.#connection.disconnect();
    this.#book.tell({ type: "error", error: toData(error) });
    await pause(this.#options.clock, RECOVER_MS);
    if (this.#closed) return;
    try {
      this.#book.fill(await this.#options.storage.load());
    } catch (again) {
      await this.#recover(asError(again));
      return;
    }
    this.#book.tell({ type: "restart" });
    if (this.#account.identity !== null && this.#options.autoConnect) await this.connect();
  }

  async #change(conversation: ConversationId, patch: { draft: string } | { mutedUntil: number | null }): Promise<void> {
    const record = { ...recordOf(this.#book, conversation), ...patch };
    await this.#book.commit([{ put: "conversation", value: record }], [{ type: "record", record }]);
  }

  /** A conversation of which only entries are known; its summary may still come by itself. */
  async #ask(conversation: ConversationId): Promise<void> {
    const known = await this.request("GET", `/v1/conversations/${conversation}`).catch(() => undefined);
    if (known !== undefined) await this.learn(known as Conversation).catch(() => {});
  }

  #call(method: Method, path: string, init: { body?: unknown; token?: string }): Promise<unknown> {
    const { fetch, clock, regions } = this.#options;
    return call({ fetch, clock, url: () => regions.current(), blame: (url) => regions.blame(url) }, method, path, init);
  }

  #now(): number {
    return this.#options.clock.now() + this.#offset;
  }
}
