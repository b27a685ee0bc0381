/**
 * Files: what an application sees of them on their way in and out.
 */
import type { Media } from "../../protocol/entry.ts";
import type { ConversationId } from "../../protocol/ids.ts";
import type { MeridianError } from "../errors.ts";
import type { Observable } from "../types/observable.ts";

/** What a file is beside its bytes; the application finds it out, where it can. */
export interface MediaDetails {
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
  /** A data URL of at most 4,096 characters. */
  readonly thumbnail?: string;
}

export interface UploadOptions extends MediaDetails {
  /** Default: the name of a `File`, else `file`. */
  readonly name?: string;
  /** Default: the type of the blob, else `application/octet-stream`. */
  readonly type?: string;
  /** Anything that tells the application, after a reload, what the file was for. */
  readonly tag?: string;
}

/**
 * `waiting` for its turn, `preparing` (its digest is made and the server told), `sending`, `paused` by the application,
 * `done`, or `failed` until `resume()`.
 */
export type UploadStatus = "waiting" | "preparing" | "sending" | "paused" | "done" | "failed";

export interface UploadState {
  readonly key: string;
  readonly conversation: ConversationId;
  readonly tag: string | undefined;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly status: UploadStatus;
  /** Bytes that are through, as far as the runtime can tell. */
  readonly sent: number;
  /** Why it failed, or why it is tried again. */
  readonly error: MeridianError | null;
  /** What a message names; once it is done. */
  readonly media: Media | null;
}

/** A file on its way to the server. Survives a reload, with a store that does. */
export interface Upload extends Observable<UploadState> {
  /** Stops sending; what the server holds it keeps for a day. */
  pause(): Promise<void>;
  /** Goes on after `pause()` or a failure. */
  resume(): Promise<void>;
  /** Gives it up, here and on the server. A file that is done is only forgotten here: call it once the message is sent. */
  discard(): Promise<void>;
  /**
   * Resolves once the server has the file, however long that takes; after a failure it waits for `resume()`.
   * @throws MeridianError `discarded`
   */
  done(): Promise<Media>;
}

export interface DownloadOptions {
  /** Called with the bytes that are there, now and then. */
  readonly onProgress?: (received: number) => void;
  readonly signal?: AbortSignal;
}
