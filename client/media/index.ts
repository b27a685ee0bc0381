/**
 * Files for the Meridian SDK, apart from its core: not every application sends any.
 *
 * @example
 * import { MeridianMedia } from "meridian-client/media";
 *
 * const files = new MeridianMedia(meridian);
 * const upload = await files.upload(conversation, file);
 * upload.subscribe(({ sent, size }) => show(sent / size));
 * await meridian.send(conversation, { media: [await upload.done()] });
 * await upload.discard();
 */
import type { Media } from "../../protocol/entry.ts";
import type { ConversationId } from "../../protocol/ids.ts";
import { systemClock, type Clock } from "../clock.ts";
import { errorOf } from "../errors.ts";
import { randomHex } from "../ids.ts";
import { Cell } from "../observable.ts";
import { globalFetch } from "../platform.ts";
import type { MeridianApi } from "../types/api.ts";
import type { Observable } from "../types/observable.ts";
import type { Fetch } from "../types/options.ts";
import { Downloads } from "./downloads.ts";
import { MemoryMediaStore, type MediaStore } from "./store.ts";
import { transferOf, type Transfer } from "./transfer.ts";
import { Turns } from "./turns.ts";
import type { DownloadOptions, Upload, UploadOptions } from "./types.ts";
import { FileUpload, type UploadPorts } from "./upload.ts";

export type * from "./types.ts";
export { type CachedFile, type MediaStore, MemoryMediaStore, type UploadRecord } from "./store.ts";
export { fetchTransfer, type Transfer } from "./transfer.ts";

/** Uploads under way at once; the others wait for their turn. */
const AT_ONCE = 2;
const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;

export interface MeridianMediaOptions {
  /** Where files live. Default: IndexedDB where there is one, memory elsewhere. */
  readonly store?: MediaStore;
  /** How much of what was fetched is kept. Default 64 MiB. */
  readonly maxCachedBytes?: number;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  readonly transfer?: Transfer;
  readonly random?: () => number;
}

export class MeridianMedia {
  /** Everything on its way, and what is done and not discarded; with a store that outlives it, from before a reload too. */
  readonly uploads: Observable<readonly Upload[]>;
  readonly #uploads = new Cell<readonly FileUpload[]>([]);
  readonly #store: Promise<MediaStore>;
  readonly #ports: Promise<UploadPorts>;
  readonly #downloads: Promise<Downloads>;
  readonly #restored: Promise<void>;
  readonly #clock: Clock;
  readonly #unsubscribe: () => void;

  constructor(meridian: Pick<MeridianApi, "request" | "session" | "serverNow">, options: MeridianMediaOptions = {}) {
    const { fetch = globalFetch, clock = systemClock, random = Math.random } = options;
    const turns = new Turns(AT_ONCE);
    const common = {
      request: meridian.request.bind(meridian),
      now: () => meridian.serverNow(),
      fetch,
    };
    this.#clock = clock;
    this.uploads = this.#uploads;
    this.#store = options.store === undefined ? defaultStore() : Promise.resolve(options.store);
    this.#ports = this.#store.then((store) => ({
      ...common,
      store,
      clock,
      random,
      transfer: options.transfer ?? transferOf(fetch, clock),
      turn: (signal) => turns.take(signal),
      alone: (key, signal, work) => alone(`meridian-upload:${key}`, signal, work),
      keep: async (file) => (await this.#downloads).keep(file),
      onDiscarded: (gone) => this.#uploads.set(this.#uploads.current.filter((upload) => upload !== gone)),
    }));
    const maxCachedBytes = options.maxCachedBytes ?? DEFAULT_CACHE_BYTES;
    this.#downloads = this.#store.then((store) => new Downloads({ ...common, store, maxCachedBytes }));
    this.#restored = this.#restore();
    this.#restored.catch(() => {});
    this.#unsubscribe = meridian.session.subscribe((session) => {
      if (session.status === "signedOut") this.#forget().catch(() => {});
    });
  }

  /** Resolves once what an earlier process left is in `uploads`, and goes on. */
  ready(): Promise<void> {
    return this.#restored;
  }

  /** Sends a file. It goes on by itself until it is there, is paused or discarded, or cannot. */
  async upload(conversation: ConversationId, file: Blob, options: UploadOptions = {}): Promise<Upload> {
    await this.#restored;
    const { name, type, tag, ...details } = options;
    const ports = await this.#ports;
    const record = {
      key: randomHex(16),
      conversation,
      tag,
      createdAt: this.#clock.now(),
      name: (name ?? (file as Partial<File>).name ?? "") || "file",
      type: (type ?? file.type) || "application/octet-stream",
      file,
      details,
      sha256: null,
      ticket: null,
      paused: false,
      media: null,
    };
    await ports.store.putUpload(record);
    const upload = new FileUpload(record, ports);
    this.#uploads.set([...this.#uploads.current, upload]);
    return upload;
  }

  /**
   * A file of a message: from this device where it is held, else from the server, checked against its digest.
   *
   * @throws MeridianError `not_found`, `digest_mismatch`, `offline`
   */
  async open(conversation: ConversationId, media: Media, options: DownloadOptions = {}): Promise<Blob> {
    return (await this.#downloads).open(conversation, media, options);
  }

  /** A signed address of a file, for a while: for players, which read parts of it as they need them. */
  async link(conversation: ConversationId, media: Pick<Media, "id">): Promise<string> {
    const { url } = await (await this.#downloads).link(conversation, media.id);
    return url;
  }

  /** Ends everything here; what is stored goes on with the next instance. */
  close(): void {
    this.#unsubscribe();
    for (const upload of this.#uploads.current) upload.stop();
    this.#uploads.clear();
  }

  async #restore(): Promise<void> {
    const ports = await this.#ports;
    const records = await ports.store.uploads();
    this.#uploads.set(records.map((record) => new FileUpload(record, ports)));
  }

  /** Signed out: nothing of the user stays on the device. */
  async #forget(): Promise<void> {
    for (const upload of this.#uploads.current) upload.stop();
    this.#uploads.set([]);
    (await this.#downloads).clear();
    await (await this.#store).clear();
  }
}

/** One tab at a time, where there are tabs. */
function alone<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (typeof navigator === "undefined" || !("locks" in navigator)) return work();
  return navigator.locks.request(name, { signal }, work);
}

async function defaultStore(): Promise<MediaStore> {
  if (typeof indexedDB === "undefined") return new MemoryMediaStore();
  try {
    const { IndexedDbMediaStore } = await import("./indexeddb.ts");
    return new IndexedDbMediaStore();
  } catch (error) {
    throw errorOf("storage", "The files on this device cannot be reached.", { cause: error });
  }
}
