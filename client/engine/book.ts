/**
 * The book: what the engine knows, in memory, and the one way to change it. Memory changes at once; storage follows in
 * order, everything that gathers while a transaction runs in the next one; news goes out once it is stored.
 */
import type { ConversationId, EntryId } from "../../protocol/ids.ts";
import { asError, errorOf, type MeridianError } from "../errors.ts";
import type {
  ConversationRecord,
  HiddenRecord,
  LogRecord,
  OutboxRecord,
  Snapshot,
  Storage,
  Write,
} from "../storage/storage.ts";
import type { Change, Versioned } from "./api.ts";

interface Job {
  readonly writes: readonly Write[];
  readonly changes: readonly Change[];
  readonly done: () => void;
  readonly failed: (error: MeridianError) => void;
}

export class Book {
  readonly records = new Map<ConversationId, ConversationRecord>();
  readonly logs = new Map<ConversationId, LogRecord>();
  readonly outbox = new Map<EntryId, OutboxRecord>();
  readonly storage: Storage;
  sync: string | null = null;
  /** Number of the newest change that went out. */
  version = 0;
  readonly #tell: (versioned: Versioned) => void;
  readonly #broken: (error: MeridianError) => void;
  #epoch = 0;
  readonly #hidden = new Map<string, HiddenRecord>();
  #jobs: Job[] = [];
  #flushing: Promise<void> | undefined;

  /** @param broken storage refused a transaction: memory now says more than storage, so fill the book again */
  constructor(storage: Storage, tell: (versioned: Versioned) => void, broken: (error: MeridianError) => void) {
    this.storage = storage;
    this.#tell = tell;
    this.#broken = broken;
  }

  /** Takes what storage held, in place of everything. */
  fill(snapshot: Snapshot): void {
    this.#clear();
    this.sync = snapshot.sync;
    for (const record of snapshot.conversations) this.records.set(record.id, record);
    for (const log of snapshot.logs) this.logs.set(log.conversation, log);
    for (const item of snapshot.outbox) this.outbox.set(item.id, item);
    for (const mark of snapshot.hidden) this.#hidden.set(`${mark.conversation} ${mark.seq}`, mark);
  }

  /**
   * For work that waits before it commits: what it returns throws where everything was forgotten in the meantime, so
   * that nothing of one user is written down for the next.
   */
  guard(): () => void {
    const epoch = this.#epoch;
    return () => {
      if (epoch !== this.#epoch) throw errorOf("signed_out", "The session ended in the meantime.");
    };
  }

  isHidden(conversation: ConversationId, seq: number): boolean {
    return this.#hidden.has(`${conversation} ${seq}`);
  }

  /** Deletes for me that the server does not know of yet. */
  unsyncedHidden(): readonly HiddenRecord[] {
    return [...this.#hidden.values()].filter(({ synced }) => !synced);
  }

  /**
   * Changes the book.
   *
   * @returns resolves when it is stored and told
   * @throws MeridianError `storage`: nothing of this and of what came with it was stored
   */
  commit(writes: readonly Write[], changes: readonly Change[] = []): Promise<void> {
    for (const write of writes) this.#remember(write);
    return new Promise((done, failed) => {
      this.#jobs.push({ writes, changes, done, failed });
      this.#flushing ??= this.#flush();
    });
  }

  /** Tells what needs no storing, in order with what does. */
  tell(change: Change): void {
    if (this.#flushing === undefined) this.#tell({ version: ++this.version, change });
    else this.#jobs.push({ writes: [], changes: [change], done: () => {}, failed: () => {} });
  }

  /** Resolves when everything so far is stored, so that reading storage sees it. */
  async settled(): Promise<void> {
    await this.#flushing;
  }

  async #flush(): Promise<void> {
    // Storage sees nothing of a commit before the caller has finished its turn.
    await Promise.resolve();
    while (this.#jobs.length > 0) {
      const jobs = this.#jobs;
      this.#jobs = [];
      const writes = jobs.flatMap((job) => job.writes);
      try {
        if (writes.length > 0) await this.storage.write(writes);
      } catch (error) {
        const failure = asError(error);
        for (const job of [...jobs, ...this.#jobs.splice(0)]) job.failed(failure);
        this.#broken(failure);
        continue;
      }
      for (const job of jobs) {
        for (const change of job.changes) this.#tell({ version: ++this.version, change });
        job.done();
      }
    }
    this.#flushing = undefined;
  }

  #remember(write: Write): void {
    if ("put" in write) {
      if (write.put === "sync") this.sync = write.value;
      else if (write.put === "conversation") this.records.set(write.value.id, write.value);
      else if (write.put === "log") this.logs.set(write.value.conversation, write.value);
      else if (write.put === "outbox") this.outbox.set(write.value.id, write.value);
      else if (write.put === "hidden") this.#hidden.set(`${write.value.conversation} ${write.value.seq}`, write.value);
      return;
    }
    if (write.remove === "outbox") this.outbox.delete(write.id);
    else if (write.remove === "conversation") {
      this.records.delete(write.conversation);
      this.logs.delete(write.conversation);
      for (const [key, { conversation }] of this.#hidden) {
        if (conversation === write.conversation) this.#hidden.delete(key);
      }
    } else if (write.remove === "all") this.#clear();
  }

  #clear(): void {
    this.#epoch++;
    this.sync = null;
    this.records.clear();
    this.logs.clear();
    this.outbox.clear();
    this.#hidden.clear();
  }
}

/** The record of a conversation that must be there. */
export function recordOf(book: Book, conversation: ConversationId): ConversationRecord {
  const record = book.records.get(conversation);
  if (record === undefined) throw errorOf("not_found", "This device knows no such conversation.");
  return record;
}
