/**
 * What comes from the server, in order, into the book [C2] [C4]; and what a link starts with.
 *
 * Frames of one link are taken one after the other: a gap is pulled before the next frame is looked at, so that a sync
 * token is never stored before what it speaks of. Answers to pulls do not wait in line.
 */
import type { ConversationList, Summary } from "../../protocol/conversation.ts";
import type { Cursor, HelloFrame } from "../../protocol/frames-client.ts";
import type { EntriesFrame, ReadyFrame, ReceiptsFrame, ServerFrame } from "../../protocol/frames-server.ts";
import type { ConversationId } from "../../protocol/ids.ts";
import { asError, errorOf, type MeridianError } from "../errors.ts";
import type { Change } from "../engine/api.ts";
import type { ConversationRecord, Write } from "../storage/storage.ts";
import type { Acks } from "./acks.ts";
import { store } from "./content.ts";
import { logOf, takeHistory, takeStream, type LogPorts } from "./log.ts";
import type { Pulls } from "./pulls.ts";
import { covers } from "./ranges.ts";
import { withSummary } from "./records.ts";

/** Cursors in a `hello`: of the conversations with the newest activity. For the others the server remembers. */
const HELLO_CURSORS = 100;
/** Conversations whose last message is brought up to date on a new device, and entries looked at for each. */
const FRESHENED = 20;
const FRESHEN_LIMIT = 50;
/** What is fetched again after a divergence; the rest comes when somebody looks. */
const REFETCH = 50;
/** Before every seq that there can be: a `before` that means the end. */
const END = Number.MAX_SAFE_INTEGER;

export interface SyncPorts extends LogPorts {
  readonly acks: Acks;
  readonly pulls: Pulls;
  /** A page of `GET /v1/conversations`. */
  list(cursor: string | undefined): Promise<ConversationList>;
  /** Watermarks of other members moved. */
  receipts(frame: ReceiptsFrame): void;
  /** A conversation of which only entries are known. */
  unknown(conversation: ConversationId): void;
  report(error: MeridianError): void;
}

export class Sync {
  readonly #ports: SyncPorts;
  #queue: Promise<void> = Promise.resolve();
  /** Counts links: what came over an older one is not taken any more. */
  #link = 0;
  /** Reasons not to store a sync token yet: something that it speaks of is not stored. */
  #holds = 0;
  #token: string | null = null;

  constructor(ports: SyncPorts) {
    this.#ports = ports;
  }

  hello(): HelloFrame {
    const { book } = this.#ports;
    const cursors: Record<ConversationId, Cursor> = {};
    const recent = [...book.records.values()]
      // The server no longer has a place for a conversation that this user left.
      .filter(({ role }) => role !== null)
      .sort((a, b) => b.activityAt - a.activityAt)
      .slice(0, HELLO_CURSORS);
    for (const { id } of recent) {
      const { stream, chain } = logOf(book, id);
      if (stream !== null) cursors[id] = { seq: stream, ...(chain === null ? {} : { chain }) };
    }
    return { type: "hello", since: book.sync, cursors };
  }

  /** Takes a frame; the ones that it does not know belong to others. */
  receive(frame: ServerFrame): void {
    if (frame.type === "page") {
      this.#ports.pulls.onPage(frame.ref, frame);
      return;
    }
    void this.#inLine(() => this.#take(frame));
  }

  /** The link is gone. */
  down(): void {
    this.#link++;
    this.#holds = 0;
    this.#token = null;
    this.#ports.acks.down();
    this.#ports.pulls.down();
  }

  /** Does one thing after the other, and nothing for a link that is gone. */
  #inLine(work: () => Promise<void>): Promise<void> {
    const link = this.#link;
    this.#queue = this.#queue.then(async () => {
      if (link !== this.#link) return;
      await work().catch((error: unknown) => {
        // What a broken link left undone is no fault of the next one.
        if (link === this.#link) this.#failed(error);
      });
    });
    return this.#queue;
  }

  /** Something could not be taken: from now on no token of this link is stored, so that the next one asks again. */
  #failed(thrown: unknown): void {
    const error = asError(thrown);
    // The user may no longer see it: asking again changes nothing.
    if (error.code === "not_found" || error.code === "forbidden" || error.code === "signed_out") return;
    this.#holds++;
    if (error.code !== "offline") this.#ports.report(error);
  }

  /** Resolves when every frame so far is taken. */
  idle(): Promise<void> {
    return this.#queue;
  }

  async #take(frame: ServerFrame): Promise<void> {
    switch (frame.type) {
      case "ready":
        return this.#ready(frame);
      case "entries":
        return this.#entries(frame);
      case "conversation":
        await this.#summaries([frame.conversation], this.#ports.now());
        return;
      case "read":
        return this.#read(frame.conversation, frame.seq, frame.unread);
      case "hidden":
        return hideLocally(this.#ports, frame.conversation, frame.seq, true);
      case "receipts":
        return this.#ports.receipts(frame);
      case "diverged":
        return this.#diverged(frame.conversation, frame.seq);
      default:
        return;
    }
  }

  async #ready(frame: ReadyFrame): Promise<void> {
    await this.#summaries(frame.conversations, this.#ports.now());
    if (frame.more) void this.#rest(this.#link);
    void this.#freshen(frame.conversations.slice(0, FRESHENED));
    await this.#store(frame.sync);
  }

  /** What came after the last messages, where it is not held: one of them may be an edit of what the list shows. */
  async #freshen(summaries: readonly Summary[]): Promise<void> {
    for (const { id, head, last } of summaries) {
      if (last === null || covers(logOf(this.#ports.book, id).ranges, { after: last.seq, to: head })) continue;
      try {
        await takeHistory(this.#ports, id, await this.#ports.pulls.pull(id, { after: last.seq }, FRESHEN_LIMIT));
      } catch {
        // The list is worth showing without.
      }
    }
  }

  /** The conversations that did not fit into `ready`. Until they are here its token must not be stored. */
  async #rest(link: number): Promise<void> {
    this.#holds++;
    try {
      let cursor: string | undefined;
      let oldest = this.#ports.now();
      do {
        const page = await this.#ports.list(cursor);
        await this.#inLine(async () => {
          oldest = await this.#summaries(page.conversations, oldest);
        });
        if (link !== this.#link) return;
        cursor = page.cursor;
      } while (cursor !== undefined);
      this.#holds--;
      if (this.#token !== null) await this.#store(this.#token);
    } catch (error) {
      // The hold stays: the next link asks with the older token again.
      if (link === this.#link) this.#failed(error);
    }
  }

  /**
   * Takes lines of the list, newest first: one that has no message is put right behind the one before it.
   *
   * @param newest server time in ms, for the first one
   * @returns the time for the one after the last
   */
  async #summaries(summaries: readonly Summary[], newest: number): Promise<number> {
    const { book, codec } = this.#ports;
    const guard = book.guard();
    const lasts = await Promise.all(
      summaries.map(async ({ id, last }) => (last === null ? null : store(codec, id, last))),
    );
    guard();
    const writes: Write[] = [];
    const changes: Change[] = [];
    let at = newest;
    summaries.forEach((summary, index) => {
      const last = lasts[index] ?? null;
      const hidden = last !== null && book.isHidden(summary.id, last.entry.seq);
      const before = book.records.get(summary.id);
      const record = withSummary(before, summary, hidden ? (before?.last ?? null) : last, at);
      at = record.activityAt - 1;
      writes.push({ put: "conversation", value: record });
      changes.push({ type: "record", record });
      if (before !== undefined && record.floor > before.floor) {
        writes.push({ remove: "entries", conversation: record.id, to: record.floor - 1 });
        changes.push({ type: "rewritten", conversation: record.id });
      }
      const log = logOf(book, summary.id);
      if (log.stream === null) writes.push({ put: "log", value: { ...log, stream: summary.cursor, chain: null } });
    });
    await book.commit(writes, changes);
    for (const { id, cursor } of summaries) {
      await this.#fill(id, cursor).catch((error: unknown) => this.#failed(error));
    }
    return at;
  }

  async #entries(frame: EntriesFrame): Promise<void> {
    const { book, acks } = this.#ports;
    const { conversation, after, to, sync } = frame;
    if (!book.records.has(conversation)) this.#ports.unknown(conversation);
    await this.#fill(conversation, after);
    const link = this.#link;
    const { stored } = await takeStream(this.#ports, conversation, frame, this.#tokenWrite(sync));
    stored.then(
      () => {
        if (link === this.#link) acks.stored(conversation, to);
      },
      (error: unknown) => this.#failed(error),
    );
  }

  /** [C2] pulls what is missing between the stream and `to`. */
  async #fill(conversation: ConversationId, to: number): Promise<void> {
    for (;;) {
      const { stream } = logOf(this.#ports.book, conversation);
      if (stream === null || stream >= to) return;
      const page = await this.#ports.pulls.pull(conversation, { after: stream });
      if (page.to <= stream) throw errorOf("internal", "The server did not fill a gap.");
      await takeStream(this.#ports, conversation, page);
    }
  }

  async #read(conversation: ConversationId, seq: number, unread: number): Promise<void> {
    const record = this.#ports.book.records.get(conversation);
    if (record === undefined || seq < record.read) return;
    const next: ConversationRecord = {
      ...record,
      read: seq,
      readSent: Math.max(record.readSent, seq),
      unread,
      mentions: unread === 0 ? 0 : record.mentions,
    };
    await this.#ports.book.commit([{ put: "conversation", value: next }], [{ type: "record", record: next }]);
  }

  /** [D7] what is held may be wrong: all of it goes, and the newest part is fetched again. */
  async #diverged(conversation: ConversationId, seq: number): Promise<void> {
    const { book, pulls } = this.#ports;
    await book.commit(
      [
        { remove: "entries", conversation, to: Infinity },
        { put: "log", value: { conversation, ranges: [], stream: null, chain: null } },
      ],
      [
        { type: "diverged", conversation, seq, by: "server" },
        { type: "rewritten", conversation },
      ],
    );
    if (book.records.get(conversation)?.role === null) return;
    const page = await pulls.pull(conversation, { before: END }, REFETCH);
    await takeHistory(this.#ports, conversation, page);
    const log = logOf(book, conversation);
    await book.commit([{ put: "log", value: { ...log, stream: page.to } }], [{ type: "rewritten", conversation }]);
  }

  async #store(token: string): Promise<void> {
    await this.#ports.book.commit(this.#tokenWrite(token));
  }

  #tokenWrite(token: string | undefined): readonly Write[] {
    if (token === undefined) return [];
    this.#token = token;
    return this.#holds === 0 ? [{ put: "sync", value: token }] : [];
  }
}

/** Delete for me, here: the entry goes, and is not taken again. */
export async function hideLocally(
  { book }: Pick<LogPorts, "book">,
  conversation: ConversationId,
  seq: number,
  synced: boolean,
): Promise<void> {
  const writes: Write[] = [
    { remove: "entry", conversation, seq },
    { put: "hidden", value: { conversation, seq, synced } },
  ];
  const changes: Change[] = [];
  const record = book.records.get(conversation);
  if (record?.last?.entry.seq === seq) {
    const guard = book.guard();
    await book.settled();
    const older = await book.storage.entries(conversation, { after: 0, to: seq - 1, limit: 50, newest: true });
    guard();
    const last = older.findLast(({ entry }) => entry.kind === "message" || entry.kind === "sealed") ?? null;
    const next = { ...(book.records.get(conversation) ?? record), last, lastEdited: false };
    writes.push({ put: "conversation", value: next });
    changes.push({ type: "record", record: next });
  }
  await book.commit(writes, [...changes, { type: "hidden", conversation, seq }]);
}
