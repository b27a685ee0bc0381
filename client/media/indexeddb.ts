/**
 * Files in the browser's IndexedDB. Loaded only where there is one.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { errorOf } from "../errors.ts";
import type { CachedFile, MediaStore, UploadRecord } from "./store.ts";

interface HeldFile {
  readonly id: string;
  readonly blob: Blob;
  readonly size: number;
  readonly usedAt: number;
}

interface Schema extends DBSchema {
  uploads: { key: string; value: UploadRecord };
  files: { key: string; value: HeldFile; indexes: { byUse: number } };
}

const VERSION = 1;

/**
 * Keeps files in a database of their own.
 *
 * @param name of the database; one per account
 */
export class IndexedDbMediaStore implements MediaStore {
  readonly #name: string;
  #database: Promise<IDBPDatabase<Schema>> | undefined;
  #lastUse = 0;

  constructor(name = "meridian-media") {
    this.#name = name;
  }

  async uploads(): Promise<readonly UploadRecord[]> {
    const records = await this.#use((db) => db.getAll("uploads"));
    return records.sort((a, b) => a.createdAt - b.createdAt);
  }

  upload(key: string): Promise<UploadRecord | undefined> {
    return this.#use((db) => db.get("uploads", key));
  }

  async putUpload(record: UploadRecord): Promise<void> {
    await this.#use((db) => db.put("uploads", record));
  }

  async removeUpload(key: string): Promise<void> {
    await this.#use((db) => db.delete("uploads", key));
  }

  file(id: string): Promise<Blob | undefined> {
    return this.#use(async (db) => {
      const tx = db.transaction("files", "readwrite");
      const held = await tx.store.get(id);
      if (held !== undefined) await tx.store.put({ ...held, usedAt: this.#now() });
      await tx.done;
      return held?.blob;
    });
  }

  keep({ id, blob }: CachedFile, maxBytes: number): Promise<void> {
    return this.#use(async (db) => {
      const tx = db.transaction("files", "readwrite");
      await tx.store.put({ id, blob, size: blob.size, usedAt: this.#now() });
      let total = 0;
      // Newest first: what does not fit any more is what was not asked for longest.
      for (
        let cursor = await tx.store.index("byUse").openCursor(null, "prev");
        cursor;
        cursor = await cursor.continue()
      ) {
        total += cursor.value.size;
        if (total > maxBytes) await cursor.delete();
      }
      await tx.done;
    });
  }

  clear(): Promise<void> {
    return this.#use(async (db) => {
      const tx = db.transaction(["uploads", "files"], "readwrite");
      await Promise.all([tx.objectStore("uploads").clear(), tx.objectStore("files").clear(), tx.done]);
    });
  }

  /** Closes the database, so that it can be deleted. */
  async close(): Promise<void> {
    const database = await this.#database?.catch(() => undefined);
    this.#database = undefined;
    database?.close();
  }

  /** Two uses in one millisecond still have an order. */
  #now(): number {
    this.#lastUse = Math.max(Date.now(), this.#lastUse + 0.001);
    return this.#lastUse;
  }

  async #use<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    try {
      this.#database ??= openDB<Schema>(this.#name, VERSION, {
        upgrade(db) {
          db.createObjectStore("uploads", { keyPath: "key" });
          db.createObjectStore("files", { keyPath: "id" }).createIndex("byUse", "usedAt");
        },
        // Another tab wants a newer version: it must not wait for this one.
        blocking: () => void this.close(),
      });
      return await work(await this.#database);
    } catch (error) {
      this.#database = undefined;
      throw errorOf("storage", "The files on this device could not be read or written.", { cause: error });
    }
  }
}
