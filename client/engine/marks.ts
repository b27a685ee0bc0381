/**
 * What a user does to its own view, on the device first and on the server when it can be: read marks and deletes for me.
 */
import type { ConversationId } from "../../protocol/ids.ts";
import type { Clock } from "../clock.ts";
import type { OutFrame } from "../connection/frames.ts";
import { asError, isRetryable } from "../errors.ts";
import type { ConversationRecord } from "../storage/storage.ts";
import type { LogPorts } from "../sync/log.ts";
import { isUnread } from "../sync/records.ts";
import { hideLocally } from "../sync/sync.ts";
import { recordOf, type Book } from "./book.ts";
import type { Method } from "./http.ts";

/** A link that was fine for so long after a read mark went out has delivered it. */
const TRUSTED_MS = 5_000;

export interface MarkPorts extends Pick<LogPorts, "book" | "me"> {
  readonly clock: Clock;
  send(frame: OutFrame): boolean;
  request(method: Method, path: string): Promise<unknown>;
}

export class Marks {
  readonly #ports: MarkPorts;
  /** Read marks on their way. */
  readonly #sent = new Map<ConversationId, number>();
  #cancel: (() => void) | undefined;

  constructor(ports: MarkPorts) {
    this.#ports = ports;
  }

  /** Marks read up to `seq`, everything without one. */
  async read(conversation: ConversationId, seq: number | null): Promise<void> {
    const { book } = this.#ports;
    const record = recordOf(book, conversation);
    const target = Math.min(seq ?? record.head, record.head);
    if (target <= record.read) return;
    const guard = book.guard();
    const seen = target >= record.countedTo ? Infinity : await this.#unreadUpTo(record, target);
    guard();
    const now = recordOf(book, conversation);
    if (target <= now.read) return;
    const unread = Math.max(0, now.unread - seen);
    const next = { ...now, read: target, unread, mentions: unread === 0 ? 0 : now.mentions };
    this.#send(conversation, target);
    await book.commit([{ put: "conversation", value: next }], [{ type: "record", record: next }]);
  }

  async hide(conversation: ConversationId, seq: number): Promise<void> {
    await hideLocally(this.#ports, conversation, seq, false);
    await this.#tellHidden(conversation, seq);
  }

  /** There is a new link: says again what the server may not know. */
  async up(): Promise<void> {
    for (const { id, read, readSent, role } of this.#ports.book.records.values()) {
      if (read > readSent && role !== null) this.#send(id, read);
    }
    for (const { conversation, seq } of this.#ports.book.unsyncedHidden()) await this.#tellHidden(conversation, seq);
  }

  down(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#sent.clear();
  }

  #send(conversation: ConversationId, seq: number): void {
    if (!this.#ports.send({ type: "read", conversation, seq })) return;
    this.#sent.set(conversation, seq);
    // A read mark has no answer.
    this.#cancel ??= this.#ports.clock.after(TRUSTED_MS, () => this.#trust(this.#ports.book));
  }

  #trust(book: Book): void {
    this.#cancel = undefined;
    const records = [...this.#sent].flatMap(([conversation, seq]) => {
      const record = book.records.get(conversation);
      return record === undefined || record.readSent >= seq ? [] : [{ ...record, readSent: seq }];
    });
    this.#sent.clear();
    if (records.length === 0) return;
    // Where it cannot be stored, the marks are simply said again.
    book.commit(records.map((value) => ({ put: "conversation", value }))).catch(() => {});
  }

  async #unreadUpTo(record: ConversationRecord, target: number): Promise<number> {
    const { book } = this.#ports;
    const me = this.#ports.me();
    await book.settled();
    const range = { after: record.read, to: target, limit: record.unread + 1_000, newest: false };
    const entries = await book.storage.entries(record.id, range);
    return entries.filter((stored) => isUnread(stored, record, me)).length;
  }

  async #tellHidden(conversation: ConversationId, seq: number): Promise<void> {
    try {
      await this.#ports.request("DELETE", `/v1/conversations/${conversation}/entries/${seq}?for=me`);
    } catch (thrown) {
      const error = asError(thrown);
      // Later, by itself; what the server refuses for good is hidden here all the same.
      if (isRetryable(error) || error.code === "signed_out") return;
    }
    await this.#ports.book.commit([{ put: "hidden", value: { conversation, seq, synced: true } }]);
  }
}
