/**
 * The way into the outbox: encoded by the codec, stored, then sent [C1].
 */
import type { EntryId } from "../../protocol/ids.ts";
import type { Codec } from "../codec.ts";
import type { NewEntry } from "../engine/api.ts";
import type { Book } from "../engine/book.ts";
import { errorOf } from "../errors.ts";
import type { ConversationRecord, OutboxRecord } from "../storage/storage.ts";
import type { Outbox } from "./outbox.ts";

export interface SenderPorts {
  readonly book: Book;
  readonly codec: Codec;
  readonly outbox: Outbox;
  /** Server time in ms. */
  now(): number;
}

export class Sender {
  readonly #ports: SenderPorts;
  /** One after the other: an asynchronous codec must not change their order [S2]. */
  #queue: Promise<void> = Promise.resolve();

  constructor(ports: SenderPorts) {
    this.#ports = ports;
  }

  /**
   * Takes an entry; the same id again does nothing.
   * @throws MeridianError `outbox_full`, `storage`
   */
  enqueue(entry: NewEntry): Promise<void> {
    const work = this.#queue.then(() => this.#enqueue(entry));
    this.#queue = work.catch(() => {});
    return work;
  }

  async retry(id: EntryId): Promise<void> {
    const { book, outbox } = this.#ports;
    const item = book.outbox.get(id);
    if (item?.status !== "failed") return;
    const { error: _, ...rest } = item;
    await this.#save({ ...rest, status: "queued" });
    outbox.pump();
  }

  async discard(id: EntryId): Promise<void> {
    const { book } = this.#ports;
    const item = book.outbox.get(id);
    if (item === undefined || item.status === "sent") return;
    await book.commit([{ remove: "outbox", id }], [{ type: "outboxGone", id, why: "discarded" }]);
  }

  async #enqueue({ id, conversation, content, draft }: NewEntry): Promise<void> {
    const { book, codec, outbox } = this.#ports;
    if (book.outbox.has(id)) return;
    if (outbox.full) throw errorOf("outbox_full", "Too many messages wait to be sent.");
    const guard = book.guard();
    // A delete goes in clear: the server must know what to erase [E3].
    const wire = content.kind === "delete" ? content : await codec.encode(content, { conversation, id });
    guard();
    const position = outbox.nextPosition();
    const item = { id, conversation, position, createdAt: this.#ports.now(), content, wire, status: "queued" } as const;
    // In one transaction: what is sent is no draft any more, whenever the process ends.
    const held = book.records.get(conversation);
    await this.#save(item, held === undefined || draft === undefined ? undefined : { ...held, draft });
    // Sent only once it would survive a restart.
    outbox.pump();
  }

  #save(item: OutboxRecord, record?: ConversationRecord): Promise<void> {
    return this.#ports.book.commit(
      [{ put: "outbox", value: item }, ...(record ? [{ put: "conversation", value: record } as const] : [])],
      [{ type: "outbox", item }, ...(record ? [{ type: "record", record } as const] : [])],
    );
  }
}
