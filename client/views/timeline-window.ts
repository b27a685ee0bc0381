/**
 * The working part of a timeline: a window over the log of a conversation, followed and rebuilt. Loaded with the first
 * timeline that somebody watches.
 */
import { apply, emptyFold, type FoldedMessage } from "../../protocol/fold.ts";
import type { ConversationId } from "../../protocol/ids.ts";
import type { Change, Engine, Window, WindowQuery } from "../engine/api.ts";
import { asError } from "../errors.ts";
import { readable } from "../sync/content.ts";
import type { ReplyPreview, TimelineState } from "../types/state.ts";
import { Lines, quoteKey } from "./lines.ts";
import type { Mirror } from "./mirror.ts";
import { emptyTimeline } from "./timeline.ts";
import { Stretch } from "./stretch.ts";

/** Entries that a timeline opens with, and that it adds at a time. */
const FIRST = 60;
const MORE = 100;
/** Entries read again when what is held was rewritten. */
const MAX_REREAD = 500;

type Entries = Extract<Change, { type: "entries" }>;

export class TimelineWindow {
  readonly #conversation: ConversationId;
  readonly #engine: Engine;
  readonly #mirror: Mirror;
  readonly #show: (state: TimelineState) => void;
  #state: TimelineState;
  readonly #stopWatching: () => void;
  #closed = false;
  #stretch: Stretch | undefined;
  #lines = new Lines();
  #quotes = new Map<string, FoldedMessage | null>();
  #openedAtRead: number | null = null;
  /** News that came while a stretch is being read: it may not be in it. */
  #news: Entries[] | undefined;
  /** One read at a time. */
  #reading: Promise<void> = Promise.resolve();
  #scheduled = false;
  /** The stretch stands in for one that could not be read. */
  #makeshift = false;

  /** @param show takes each new state */
  constructor(conversation: ConversationId, engine: Engine, mirror: Mirror, show: (state: TimelineState) => void) {
    this.#conversation = conversation;
    this.#engine = engine;
    this.#mirror = mirror;
    this.#show = show;
    this.#state = emptyTimeline(conversation);
    this.#stopWatching = mirror.watch((change) => this.#onChange(change));
    this.#open();
  }

  close(): void {
    this.#closed = true;
    this.#stopWatching();
  }

  async loadOlder(): Promise<void> {
    const stretch = this.#stretch;
    if (stretch === undefined || stretch.atStart || this.#state.loadingOlder) return;
    this.#patch({ loadingOlder: true });
    await this.#read(
      () => ({ from: "before", before: stretch.range.after + 1, limit: MORE }),
      (window) => {
        if (this.#stretch === stretch) stretch.prepend(window);
      },
    ).catch(() => {});
    this.#patch({ loadingOlder: false });
  }

  async loadNewer(): Promise<void> {
    const stretch = this.#stretch;
    if (stretch === undefined || stretch.atEnd || this.#state.loadingNewer) return;
    this.#patch({ loadingNewer: true });
    await this.#read(
      () => ({ from: "after", after: stretch.range.to, limit: MORE }),
      (window) => {
        if (this.#stretch === stretch) stretch.append(window);
      },
    ).catch(() => {});
    this.#patch({ loadingNewer: false });
  }

  async jumpTo(seq: number): Promise<void> {
    const { range } = this.#stretch ?? { range: { after: 0, to: 0 } };
    if (seq > range.after && seq <= range.to) return;
    await this.#replace({ from: "around", seq, limit: FIRST });
  }

  async jumpToEnd(): Promise<void> {
    if (this.#stretch?.atEnd !== true) await this.#replace({ from: "end", limit: FIRST });
  }

  #open(): void {
    // Before the first state is there, `restart` opens it.
    if (this.#mirror.me !== null) void this.#replace({ from: "end", limit: FIRST }).catch(() => {});
  }

  #onChange(change: Change): void {
    switch (change.type) {
      case "restart":
      case "session":
        this.#reread();
        return;
      case "entries":
        if (change.conversation === this.#conversation) this.#follow(change);
        return;
      case "hidden":
        if (change.conversation !== this.#conversation) return;
        this.#stretch?.hide(change.seq);
        this.#schedule();
        return;
      case "rewritten":
        if (change.conversation === this.#conversation) this.#reread();
        return;
      case "record":
        if (change.record.id === this.#conversation) this.#schedule();
        return;
      case "outbox":
        if (change.item.conversation === this.#conversation) this.#schedule();
        return;
      case "outboxGone":
        this.#schedule();
        return;
      case "link":
        if (change.link.status === "online" && (this.#makeshift || this.#stretch === undefined)) this.#open();
        return;
      default:
    }
  }

  #follow(change: Entries): void {
    this.#news?.push(change);
    if (this.#stretch?.follow(change.range, change.entries) === false) this.#reread();
    this.#schedule();
  }

  /** What is held changed under the stretch: the same part is read again. */
  #reread(): void {
    if (this.#mirror.me === null) {
      // Signed out: nothing of it may stay on the screen.
      this.#stretch = undefined;
      this.#makeshift = false;
      this.#lines = new Lines();
      this.#quotes = new Map();
      this.#openedAtRead = null;
      this.#patch(emptyTimeline(this.#conversation));
      return;
    }
    const stretch = this.#stretch;
    if (stretch === undefined) {
      this.#open();
      return;
    }
    const limit = Math.min(MAX_REREAD, Math.max(FIRST, stretch.entries.length));
    const seq = Math.ceil((stretch.range.after + stretch.range.to) / 2);
    const query: WindowQuery = stretch.atEnd ? { from: "end", limit } : { from: "around", seq, limit };
    void this.#replace(query).catch(() => {});
  }

  #replace(query: WindowQuery): Promise<void> {
    return this.#read(
      () => query,
      (window) => {
        this.#stretch = new Stretch(window);
        this.#quotes = new Map();
      },
    );
  }

  /** Reads one stretch after the other; a failure is shown, and thrown for who asked. */
  #read(query: () => WindowQuery, use: (window: Window) => void): Promise<void> {
    const work = this.#reading.then(async () => {
      const { me } = this.#mirror;
      if (this.#closed) return;
      const news: Entries[] = (this.#news = []);
      const window = await this.#engine.window(this.#conversation, query()).catch((thrown: unknown) => {
        const error = asError(thrown);
        if (this.#stretch === undefined) this.#showOutbox();
        this.#patch({ error, ...(this.#makeshift ? { status: "failed" } : {}) });
        throw error;
      });
      if (this.#closed || me !== this.#mirror.me) return;
      use(window);
      this.#makeshift = false;
      this.#news = undefined;
      for (const { range, entries } of news) this.#stretch?.follow(range, entries);
      this.#patch({ error: null });
      this.#build();
    });
    this.#reading = work.catch(() => {});
    return work;
  }

  /** Nothing could be read: what waits in the outbox is shown all the same, until there is a link again. */
  #showOutbox(): void {
    const { head = 0 } = this.#mirror.records.get(this.#conversation) ?? {};
    const range = { after: head, to: head };
    this.#stretch = new Stretch({ range, entries: [], later: [], atStart: false, atEnd: true });
    this.#makeshift = true;
    this.#build();
  }

  /** Several changes of one turn are one new state. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#build();
    });
  }

  #build(): void {
    const { identity, records, outbox } = this.#mirror;
    const stretch = this.#stretch;
    if (stretch === undefined || identity === null) return;
    const record = records.get(this.#conversation);
    const { items, wanted } = this.#lines.build({
      stretch,
      outbox: [...outbox.values()].filter((item) => item.conversation === this.#conversation),
      receipts: record?.receipts ?? { delivered: 0, read: 0 },
      me: identity.user.id,
      device: identity.device.id,
      quotes: this.#quotes,
    });
    const { atStart, atEnd } = stretch;
    const read = record?.read ?? 0;
    if (record !== undefined) this.#openedAtRead ??= read;
    this.#patch({
      status: this.#makeshift ? "failed" : "ready",
      items,
      atStart,
      atEnd,
      read,
      openedAtRead: this.#openedAtRead ?? read,
    });
    if (wanted.length > 0) void this.#quote(wanted);
  }

  /** Looks for quoted messages that are beyond the stretch. */
  async #quote(wanted: readonly { sender: MessageSender; id: ReplyPreview["id"] }[]): Promise<void> {
    const quotes = this.#quotes;
    for (const { sender, id } of wanted) quotes.set(quoteKey(sender, id), null);
    const found = await this.#engine.quoted(this.#conversation, wanted).catch(() => []);
    for (const { sender, id } of wanted) {
      const held =
        found.find(({ entry: { entry } }) => entry.id === id && entry.sender.user === sender) ??
        found.find(({ entry: { entry } }) => entry.id === id);
      if (held === undefined) continue;
      const state = emptyFold();
      apply(state, readable(held.entry));
      for (const later of held.later) apply(state, readable(later));
      quotes.set(quoteKey(sender, id), state.messages.get(held.entry.entry.seq) ?? null);
    }
    if (quotes === this.#quotes && found.length > 0) this.#schedule();
  }

  #patch(patch: Partial<TimelineState>): void {
    if (this.#closed) return;
    const before = this.#state;
    const next = { ...before, ...patch };
    const { items } = before;
    if (next.items.length === items.length && next.items.every((item, at) => item === items[at])) next.items = items;
    const same = (Object.keys(patch) as (keyof TimelineState)[]).every((key) => before[key] === next[key]);
    if (same) return;
    this.#state = next;
    this.#show(next);
  }
}

type MessageSender = Parameters<typeof quoteKey>[0];
