/**
 * Files on their way from the server: fetched when they are asked for, checked, and kept within bounds.
 */
import type { Media } from "../../protocol/entry.ts";
import type { ConversationId } from "../../protocol/ids.ts";
import type { MediaLink } from "../../protocol/media.ts";
import { problemOf, type Method } from "../engine/http.ts";
import { errorOf, MeridianError } from "../errors.ts";
import type { Fetch } from "../types/options.ts";
import { Digest } from "./digest.ts";
import type { CachedFile, MediaStore } from "./store.ts";
import type { DownloadOptions } from "./types.ts";

/** A link with less left is asked for anew: what starts with it must be able to begin. */
const MARGIN_MS = 30_000;
const MAX_LINKS = 1_024;
/** A file that would take more than this share of the cache is not kept. */
const MAX_SHARE = 0.25;

export interface DownloadPorts {
  readonly request: (method: Method, path: string) => Promise<unknown>;
  readonly fetch: Fetch;
  readonly store: MediaStore;
  /** Server time in ms. */
  readonly now: () => number;
  readonly maxCachedBytes: number;
}

export class Downloads {
  readonly #ports: DownloadPorts;
  readonly #links = new Map<string, MediaLink>();
  readonly #open = new Map<string, Promise<Blob>>();

  constructor(ports: DownloadPorts) {
    this.#ports = ports;
  }

  /** An address that is good for at least half a minute: for players, which read parts of a file as they need them. */
  async link(conversation: ConversationId, id: string): Promise<MediaLink> {
    const known = this.#links.get(id);
    if (known !== undefined && known.expiresAt - MARGIN_MS > this.#ports.now()) return known;
    const path = `/v1/conversations/${conversation}/media/${id}?as=link`;
    const link = (await this.#ports.request("GET", path)) as MediaLink;
    if (this.#links.size >= MAX_LINKS) this.#links.clear();
    this.#links.set(id, link);
    return link;
  }

  /** The file itself; asked for twice at once, it is fetched once. */
  async open(conversation: ConversationId, media: Media, options: DownloadOptions): Promise<Blob> {
    const held = await this.#ports.store.file(media.id);
    if (held !== undefined) return held;
    if (options.signal !== undefined || options.onProgress !== undefined)
      return this.#get(conversation, media, options);
    let opening = this.#open.get(media.id);
    if (opening === undefined) {
      opening = this.#get(conversation, media, options).finally(() => this.#open.delete(media.id));
      this.#open.set(media.id, opening);
    }
    return opening;
  }

  /** Holds a file within the bounds; without it, it would be fetched. */
  async keep({ id, blob }: CachedFile): Promise<void> {
    const { store, maxCachedBytes } = this.#ports;
    if (blob.size <= maxCachedBytes * MAX_SHARE) await store.keep({ id, blob }, maxCachedBytes).catch(() => undefined);
  }

  clear(): void {
    this.#links.clear();
  }

  async #get(conversation: ConversationId, media: Media, { onProgress, signal }: DownloadOptions): Promise<Blob> {
    const { fetch } = this.#ports;
    const { url } = await this.link(conversation, media.id);
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const digest = new Digest();
    let received = 0;
    try {
      const response = await fetch(url, signal === undefined ? {} : { signal });
      if (!response.ok) throw problemOf(response.status, await response.text());
      const reader = response.body?.getReader();
      for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) {
        chunks.push(read.value);
        digest.add(read.value);
        received += read.value.byteLength;
        onProgress?.(received);
      }
    } catch (error) {
      this.#links.delete(media.id);
      if (error instanceof MeridianError || signal?.aborted === true) throw error;
      throw errorOf("offline", "The file could not be fetched.", { cause: error });
    }
    if (received !== media.size || digest.end() !== media.sha256) {
      throw errorOf("digest_mismatch", "The file is not the one that the message names.");
    }
    const blob = new Blob(chunks, { type: media.type });
    await this.keep({ id: media.id, blob });
    return blob;
  }
}
