/**
 * Files in the browser's IndexedDB. Loaded only where there is one.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { errorOf } from "../errors.ts";
import type { CachedFile, MediaStore, UploadRecord } from "./store.ts";

interface HeldFile {
  readonly id: string;
  readonly size: number;
  readonly usedAt: number;
}

/** Bytes lie apart from what is known of them: a change of the one is no copy of the other. */
interface Schema extends DBSchema {
  uploads: { key: string; value: Omit<UploadRecord, "file"> };
  files: { key: string; value: HeldFile; indexes: { byUse: number } };
  bytes: { key: string; value: Blob };
}

/** 1 had bytes and the rest in one. */
const VERSION = 2;
const STORES = ["uploads", "files", "bytes"] as const;
const ofUpload = (key: string): string => `upload ${key}`;
const ofFile = (id: string): string => `file ${id}`;

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
    const records = await this.#use(async (db) => {
      const tx = db.transaction(["uploads", "bytes"]);
      const bytes = tx.objectStore("bytes");
      const known = await tx.objectStore("uploads").getAll();
      return Promise.all(known.map(async (one) => ({ ...one, file: await bytes.get(ofUpload(one.key)) })));
    });
    return records.filter(isWhole).sort((a, b) => a.createdAt - b.createdAt);
  }

  upload(key: string): Promise<UploadRecord | undefined> {
    return this.#use(async (db) => {
      const tx = db.transaction(["uploads", "bytes"]);
      const [known, file] = await Promise.all([
        tx.objectStore("uploads").get(key),
        tx.objectStore("bytes").get(ofUpload(key)),
      ]);
      return known === undefined || file === undefined ? undefined : { ...known, file };
    });
  }

  putUpload({ file, ...known }: UploadRecord): Promise<void> {
    return this.#use(async (db) => {
      const tx = db.transaction(["uploads", "bytes"], "readwrite");
      const bytes = tx.objectStore("bytes");
      const key = ofUpload(known.key);
      await tx.objectStore("uploads").put(known);
      if ((await bytes.count(key)) === 0) await bytes.put(file, key);
      await tx.done;
    });
  }

  removeUpload(key: string): Promise<void> {
    return this.#use(async (db) => {
      const tx = db.transaction(["uploads", "bytes"], "readwrite");
      await Promise.all([
        tx.objectStore("uploads").delete(key),
        tx.objectStore("bytes").delete(ofUpload(key)),
        tx.done,
      ]);
    });
  }

  file(id: string): Promise<Blob | undefined> {
    return this.#use(async (db) => {
      const tx = db.transaction(["files", "bytes"], "readwrite");
      const known = await tx.objectStore("files").get(id);
      const blob = known === undefined ? undefined : await tx.objectStore("bytes").get(ofFile(id));
      if (known !== undefined) await tx.objectStore("files").put({ ...known, usedAt: this.#now() });
      await tx.done;
      return blob;
    });
  }

  keep({ id, blob }: CachedFile, maxBytes: number): Promise<void> {
    return this.#use(async (db) => {
      const tx = db.transaction(["files", "bytes"], "readwrite");
      const [files, bytes] = [tx.objectStore("files"), tx.objectStore("bytes")];
      await bytes.put(blob, ofFile(id));
      await files.put({ id, size: blob.size, usedAt: this.#now() });
      let total = 0;
      // Newest first: what does not fit any more is what was not asked for longest.
      for (let cursor = await files.index("byUse").openCursor(null, "prev"); cursor; cursor = await cursor.continue()) {
        total += cursor.value.size;
        if (total <= maxBytes) continue;
        await bytes.delete(ofFile(cursor.value.id));
        await cursor.delete();
      }
      await tx.done;
    });
  }

  clear(): Promise<void> {
    return this.#use(async (db) => {
      const tx = db.transaction(STORES, "readwrite");
      await Promise.all([...STORES.map((name) => tx.objectStore(name).clear()), tx.done]);
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
          for (const name of Array.from(db.objectStoreNames)) db.deleteObjectStore(name);
          db.createObjectStore("bytes");
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

function isWhole(record: Omit<UploadRecord, "file"> & { file: Blob | undefined }): record is UploadRecord {
  return record.file !== undefined;
}
