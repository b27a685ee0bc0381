/**
 * Where files are kept on a device: those on their way out, so that a reload loses nothing, and those that were fetched,
 * within bounds.
 */
import type { Media } from "../../protocol/entry.ts";
import type { ConversationId } from "../../protocol/ids.ts";
import type { UploadTicket } from "../../protocol/media.ts";
import type { MediaDetails } from "./types.ts";

/** An upload with everything that it takes to go on with it. */
export interface UploadRecord {
  readonly key: string;
  readonly conversation: ConversationId;
  readonly tag: string | undefined;
  readonly createdAt: number;
  readonly name: string;
  readonly type: string;
  readonly file: Blob;
  readonly details: MediaDetails;
  /** base64url; null until it was made. */
  readonly sha256: string | null;
  readonly ticket: UploadTicket | null;
  readonly paused: boolean;
  /** Bytes of the parts that are through, to be shown after a reload; what counts is what the server says. */
  readonly sent?: number;
  /** Set once the server has everything. */
  readonly media: Media | null;
}

/** A file that was fetched. */
export interface CachedFile {
  readonly id: string;
  readonly blob: Blob;
}

/** Every method may reject with a `MeridianError` of code `storage`. */
export interface MediaStore {
  /** Oldest first. */
  uploads(): Promise<readonly UploadRecord[]>;
  upload(key: string): Promise<UploadRecord | undefined>;
  putUpload(record: UploadRecord): Promise<void>;
  removeUpload(key: string): Promise<void>;
  /** A file that is held, which thereby becomes the last to go. */
  file(id: string): Promise<Blob | undefined>;
  /** Keeps a file; those that were not asked for longest go until all are at most `maxBytes`. */
  keep(file: CachedFile, maxBytes: number): Promise<void>;
  /** Forgets everything. */
  clear(): Promise<void>;
}

/** Keeps files for as long as the process lives. */
export class MemoryMediaStore implements MediaStore {
  readonly #uploads = new Map<string, UploadRecord>();
  readonly #files = new Map<string, Blob>();

  async uploads(): Promise<readonly UploadRecord[]> {
    return [...this.#uploads.values()].sort((a, b) => a.createdAt - b.createdAt);
  }

  async upload(key: string): Promise<UploadRecord | undefined> {
    return this.#uploads.get(key);
  }

  async putUpload(record: UploadRecord): Promise<void> {
    this.#uploads.set(record.key, record);
  }

  async removeUpload(key: string): Promise<void> {
    this.#uploads.delete(key);
  }

  async file(id: string): Promise<Blob | undefined> {
    const blob = this.#files.get(id);
    if (blob !== undefined) this.#touch(id, blob);
    return blob;
  }

  async keep({ id, blob }: CachedFile, maxBytes: number): Promise<void> {
    this.#touch(id, blob);
    let total = [...this.#files.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [oldest, { size }] of this.#files) {
      if (total <= maxBytes) break;
      this.#files.delete(oldest);
      total -= size;
    }
  }

  async clear(): Promise<void> {
    this.#uploads.clear();
    this.#files.clear();
  }

  /** A map keeps the order in which its keys came. */
  #touch(id: string, blob: Blob): void {
    this.#files.delete(id);
    this.#files.set(id, blob);
  }
}
