/**
 * Storage that lives as long as the process: for Node, Bun and Deno, and for tests.
 */
import type { ConversationId, EntryId, UserId } from "../../protocol/ids.ts";
import type {
  ConversationRecord,
  EntryQuery,
  HiddenRecord,
  LogRecord,
  OutboxRecord,
  ProfileRecord,
  Snapshot,
  Storage,
  StoredEntry,
  Write,
} from "./storage.ts";

/** Entries of one conversation, ascending by seq. */
type Log = StoredEntry[];

/**
 * Keeps everything in memory. Records are shared, not copied: they are immutable.
 *
 * @example
 * const bot = new Meridian({ url, storage: new MemoryStorage() });
 */
export class MemoryStorage implements Storage {
  #session: Snapshot["session"] = null;
  #sync: string | null = null;
  #owner: UserId | null = null;
  readonly #conversations = new Map<ConversationId, ConversationRecord>();
  readonly #logs = new Map<ConversationId, LogRecord>();
  readonly #entries = new Map<ConversationId, Log>();
  readonly #outbox = new Map<EntryId, OutboxRecord>();
  readonly #hidden = new Map<string, HiddenRecord>();
  readonly #profiles = new Map<UserId, ProfileRecord>();

  async load(): Promise<Snapshot> {
    return {
      session: this.#session,
      sync: this.#sync,
      owner: this.#owner,
      conversations: [...this.#conversations.values()],
      logs: [...this.#logs.values()],
      outbox: [...this.#outbox.values()].sort((a, b) => a.position - b.position),
      hidden: [...this.#hidden.values()],
    };
  }

  async write(changes: readonly Write[]): Promise<void> {
    // No change can fail half-way and nothing awaits in between: all of them or none.
    for (const change of changes) {
      if ("put" in change) this.#put(change);
      else this.#remove(change);
    }
  }

  async entries(conversation: ConversationId, { after, to, limit, newest }: EntryQuery): Promise<StoredEntry[]> {
    const log = this.#entries.get(conversation) ?? [];
    const start = firstAbove(log, after);
    const end = firstAbove(log, to);
    return newest ? log.slice(Math.max(start, end - limit), end) : log.slice(start, Math.min(end, start + limit));
  }

  async byId(conversation: ConversationId, id: EntryId): Promise<StoredEntry[]> {
    return (this.#entries.get(conversation) ?? []).filter(({ entry }) => entry.id === id);
  }

  async targeting(conversation: ConversationId, ids: readonly EntryId[]): Promise<StoredEntry[]> {
    const wanted = new Set(ids);
    return (this.#entries.get(conversation) ?? []).filter(({ target }) => target !== undefined && wanted.has(target));
  }

  async profile(user: UserId): Promise<ProfileRecord | null> {
    return this.#profiles.get(user) ?? null;
  }

  async close(): Promise<void> {}

  #put(change: Extract<Write, { put: string }>): void {
    switch (change.put) {
      case "session":
        this.#session = change.value;
        return;
      case "sync":
        this.#sync = change.value;
        return;
      case "owner":
        this.#owner = change.value;
        return;
      case "conversation":
        this.#conversations.set(change.value.id, change.value);
        return;
      case "log":
        this.#logs.set(change.value.conversation, change.value);
        return;
      case "entries":
        for (const stored of change.value) this.#insert(stored);
        return;
      case "outbox":
        this.#outbox.set(change.value.id, change.value);
        return;
      case "hidden":
        this.#hidden.set(`${change.value.conversation} ${change.value.seq}`, change.value);
        return;
      case "profile":
        this.#profiles.set(change.value.id, change.value);
        return;
    }
  }

  #remove(change: Extract<Write, { remove: string }>): void {
    switch (change.remove) {
      case "entry": {
        const log = this.#entries.get(change.conversation);
        const at = log === undefined ? -1 : log.findIndex(({ entry }) => entry.seq === change.seq);
        if (at >= 0) log?.splice(at, 1);
        return;
      }
      case "entries": {
        const log = this.#entries.get(change.conversation);
        log?.splice(0, firstAbove(log, change.to));
        return;
      }
      case "outbox":
        this.#outbox.delete(change.id);
        return;
      case "conversation":
        this.#conversations.delete(change.conversation);
        this.#logs.delete(change.conversation);
        this.#entries.delete(change.conversation);
        for (const [key, { conversation }] of this.#hidden) {
          if (conversation === change.conversation) this.#hidden.delete(key);
        }
        return;
      case "all":
        this.#session = null;
        this.#sync = null;
        this.#owner = null;
        for (const map of [
          this.#conversations,
          this.#logs,
          this.#entries,
          this.#outbox,
          this.#hidden,
          this.#profiles,
        ]) {
          map.clear();
        }
        return;
    }
  }

  #insert(stored: StoredEntry): void {
    const { seq } = stored.entry;
    let log = this.#entries.get(stored.conversation);
    if (log === undefined) this.#entries.set(stored.conversation, (log = []));
    const at = firstAbove(log, seq);
    if (log[at - 1]?.entry.seq === seq) log[at - 1] = stored;
    else log.splice(at, 0, stored);
  }
}

/** Index of the first entry whose seq is above `seq`. */
function firstAbove(log: Log, seq: number): number {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((log[middle]?.entry.seq ?? Infinity) > seq) high = middle;
    else low = middle + 1;
  }
  return low;
}
