/**
 * Storage in the browser's IndexedDB. Loaded only where there is one.
 */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from "idb";
import type { Session } from "../../protocol/accounts.ts";
import type { ConversationId, EntryId, UserId } from "../../protocol/ids.ts";
import { errorOf } from "../errors.ts";
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

interface Schema extends DBSchema {
  meta: { key: "session" | "sync" | "owner"; value: Session | string };
  conversations: { key: ConversationId; value: ConversationRecord };
  logs: { key: ConversationId; value: LogRecord };
  entries: {
    key: [ConversationId, number];
    value: StoredEntry;
    indexes: { byId: [ConversationId, EntryId]; byTarget: [ConversationId, EntryId] };
  };
  outbox: { key: EntryId; value: OutboxRecord };
  hidden: { key: [ConversationId, number]; value: HiddenRecord };
  profiles: { key: UserId; value: ProfileRecord };
}

type Name = StoreNames<Schema>;
type Transaction = IDBPTransaction<Schema, Name[], "readwrite">;

const VERSION = 1;
const STORES: Name[] = ["meta", "conversations", "logs", "entries", "outbox", "hidden", "profiles"];

/**
 * Keeps everything in one IndexedDB database. One writer at a time: see the tabs module.
 *
 * @param name of the database; one per account
 * @example
 * const meridian = new Meridian({ url, storage: new IndexedDbStorage("work") });
 */
export class IndexedDbStorage implements Storage {
  readonly #name: string;
  #database: Promise<IDBPDatabase<Schema>> | undefined;

  constructor(name = "meridian") {
    this.#name = name;
  }

  load(): Promise<Snapshot> {
    return this.#use(async (db) => {
      const tx = db.transaction(STORES, "readonly");
      const [session, sync, owner, conversations, logs, outbox, hidden] = await Promise.all([
        tx.objectStore("meta").get("session"),
        tx.objectStore("meta").get("sync"),
        tx.objectStore("meta").get("owner"),
        tx.objectStore("conversations").getAll(),
        tx.objectStore("logs").getAll(),
        tx.objectStore("outbox").getAll(),
        tx.objectStore("hidden").getAll(),
      ]);
      return {
        session: typeof session === "object" ? session : null,
        sync: typeof sync === "string" ? sync : null,
        // Written as a UserId and as nothing else.
        owner: typeof owner === "string" ? (owner as UserId) : null,
        conversations,
        logs,
        outbox: outbox.sort((a, b) => a.position - b.position),
        hidden,
      };
    });
  }

  write(changes: readonly Write[]): Promise<void> {
    return this.#use(async (db) => {
      const tx = db.transaction([...storesOf(changes)], "readwrite");
      try {
        for (const change of changes) {
          if ("put" in change) put(tx, change);
          else await remove(tx, change);
        }
      } catch (error) {
        tx.abort();
        await tx.done.catch(() => {});
        throw error;
      }
      // Without waiting for what was asked to be answered: a page that is about to go has no time for that.
      tx.commit();
      await tx.done;
    });
  }

  entries(conversation: ConversationId, { after, to, limit, newest }: EntryQuery): Promise<StoredEntry[]> {
    if (to <= after) return Promise.resolve([]);
    return this.#use(async (db) => {
      const store = db.transaction("entries", "readonly").store;
      if (!newest) return store.getAll(between(conversation, after, to), limit);
      const newestKey = (await store.openKeyCursor(between(conversation, after, to), "prev"))?.key;
      if (newestKey === undefined) return [];
      const end = newestKey[1];
      // getAll cannot read backwards. Logs are nearly dense, so a stretch as long as the limit is a good guess.
      for (let width = limit; ; width *= 4) {
        const from = Math.max(after, end - width);
        const found = await store.getAll(between(conversation, from, end));
        if (found.length >= limit || from === after) return found.slice(-limit);
      }
    });
  }

  byId(conversation: ConversationId, id: EntryId): Promise<StoredEntry[]> {
    return this.#use((db) => db.getAllFromIndex("entries", "byId", [conversation, id]));
  }

  targeting(conversation: ConversationId, ids: readonly EntryId[]): Promise<StoredEntry[]> {
    return this.#use(async (db) => {
      const index = db.transaction("entries", "readonly").store.index("byTarget");
      const found = await Promise.all([...new Set(ids)].map((id) => index.getAll([conversation, id])));
      return found.flat().sort((a, b) => a.entry.seq - b.entry.seq);
    });
  }

  async profile(user: UserId): Promise<ProfileRecord | null> {
    return (await this.#use((db) => db.get("profiles", user))) ?? null;
  }

  async close(): Promise<void> {
    const database = await this.#database?.catch(() => undefined);
    this.#database = undefined;
    database?.close();
  }

  async #use<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    try {
      this.#database ??= this.#open();
      return await work(await this.#database);
    } catch (error) {
      // A database that the browser closed under us is opened again by the next call.
      await this.close();
      throw errorOf("storage", "IndexedDB refused the operation.", { cause: error });
    }
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    return openDB<Schema>(this.#name, VERSION, {
      upgrade(db) {
        db.createObjectStore("meta");
        db.createObjectStore("conversations", { keyPath: "id" });
        db.createObjectStore("logs", { keyPath: "conversation" });
        const entries = db.createObjectStore("entries", { keyPath: ["conversation", "entry.seq"] });
        entries.createIndex("byId", ["conversation", "entry.id"]);
        entries.createIndex("byTarget", ["conversation", "target"]);
        db.createObjectStore("outbox", { keyPath: "id" });
        db.createObjectStore("hidden", { keyPath: ["conversation", "seq"] });
        db.createObjectStore("profiles", { keyPath: "id" });
      },
      // A newer version of the app in another tab wants to upgrade: let it.
      blocking: () => void this.close(),
      terminated: () => {
        this.#database = undefined;
      },
    });
  }
}

/** The seqs (after, to] of a conversation. */
function between(conversation: ConversationId, after: number, to: number): IDBKeyRange {
  return IDBKeyRange.bound([conversation, after], [conversation, to], true, false);
}

function storesOf(changes: readonly Write[]): Set<Name> {
  const names = new Set<Name>();
  for (const change of changes) {
    for (const name of "put" in change ? PUT_STORES[change.put] : REMOVE_STORES[change.remove]) names.add(name);
  }
  if (names.size === 0) names.add("meta");
  return names;
}

const PUT_STORES: Record<Extract<Write, { put: string }>["put"], readonly Name[]> = {
  session: ["meta"],
  sync: ["meta"],
  owner: ["meta"],
  conversation: ["conversations"],
  log: ["logs"],
  entries: ["entries"],
  outbox: ["outbox"],
  hidden: ["hidden"],
  profile: ["profiles"],
};
const REMOVE_STORES: Record<Extract<Write, { remove: string }>["remove"], readonly Name[]> = {
  entry: ["entries"],
  entries: ["entries"],
  outbox: ["outbox"],
  conversation: ["conversations", "logs", "entries", "hidden"],
  all: STORES,
};

/** Requests of one transaction run in order, so a put need not be awaited; the transaction's end is. */
function put(tx: Transaction, change: Extract<Write, { put: string }>): void {
  const forget = (request: Promise<unknown>) => void request.catch(() => {});
  switch (change.put) {
    case "session":
    case "owner":
    case "sync": {
      const meta = tx.objectStore("meta");
      forget(change.value === null ? meta.delete(change.put) : meta.put(change.value, change.put));
      return;
    }
    case "conversation":
      forget(tx.objectStore("conversations").put(change.value));
      return;
    case "log":
      forget(tx.objectStore("logs").put(change.value));
      return;
    case "entries":
      for (const stored of change.value) forget(tx.objectStore("entries").put(stored));
      return;
    case "outbox":
      forget(tx.objectStore("outbox").put(change.value));
      return;
    case "hidden":
      forget(tx.objectStore("hidden").put(change.value));
      return;
    case "profile":
      forget(tx.objectStore("profiles").put(change.value));
      return;
  }
}

async function remove(tx: Transaction, change: Extract<Write, { remove: string }>): Promise<void> {
  switch (change.remove) {
    case "entry":
      await tx.objectStore("entries").delete([change.conversation, change.seq]);
      return;
    case "entries":
      await tx.objectStore("entries").delete(between(change.conversation, -1, change.to));
      return;
    case "outbox":
      await tx.objectStore("outbox").delete(change.id);
      return;
    case "conversation":
      await tx.objectStore("conversations").delete(change.conversation);
      await tx.objectStore("logs").delete(change.conversation);
      await tx.objectStore("entries").delete(between(change.conversation, -1, Infinity));
      await tx.objectStore("hidden").delete(between(change.conversation, -1, Infinity));
      return;
    case "all":
      await Promise.all(STORES.map((name) => tx.objectStore(name).clear()));
      return;
  }
}
