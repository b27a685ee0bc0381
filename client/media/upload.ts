/**
 * One upload as the application holds it: its state, and when it tries again.
 */
import type { Media } from "../../protocol/entry.ts";
import type { Clock } from "../clock.ts";
import { backoff } from "../connection/backoff.ts";
import { asError, errorOf, isRetryable, type MeridianError } from "../errors.ts";
import { Cell } from "../observable.ts";
import { giveUp, sendFile, type SendingPorts } from "./sending.ts";
import type { CachedFile, MediaStore, UploadRecord } from "./store.ts";
import type { Upload, UploadState } from "./types.ts";

/** Tries in a row without a byte of progress before it is left to the user. */
const MAX_TRIES = 8;
/** Addresses that were dead although they should not be: then something is wrong that trying does not mend. */
const MAX_ANNOUNCEMENTS = 3;

export interface UploadPorts extends Pick<SendingPorts, "request" | "fetch" | "transfer" | "now"> {
  readonly store: MediaStore;
  readonly clock: Clock;
  readonly random: () => number;
  /** Waits for a turn; resolves with what gives it back. */
  readonly turn: (signal: AbortSignal) => Promise<() => void>;
  /** Works on an upload while nobody else does, in whichever tab. */
  readonly alone: <T>(key: string, signal: AbortSignal, work: () => Promise<T>) => Promise<T>;
  /** Holds a file that was sent like one that was fetched; never rejects. */
  readonly keep: (file: CachedFile) => Promise<void>;
  /** It is gone from the device. */
  readonly onDiscarded: (upload: FileUpload) => void;
}

export class FileUpload extends Cell<UploadState> implements Upload {
  readonly #ports: UploadPorts;
  readonly #outcome = Promise.withResolvers<Media>();
  #record: UploadRecord;
  #running: AbortController | undefined;
  /** Discarded or stopped: nothing more is stored, or it would be back after a reload. */
  #ended: "discarded" | "stopped" | undefined;

  constructor(record: UploadRecord, ports: UploadPorts) {
    super(stateOf(record));
    this.#record = record;
    this.#ports = ports;
    // Who does not ask is not told.
    this.#outcome.promise.catch(() => {});
    if (record.media !== null) this.#outcome.resolve(record.media);
    else if (!record.paused) this.#start();
  }

  done(): Promise<Media> {
    return this.#outcome.promise;
  }

  async pause(): Promise<void> {
    if (this.current.status === "done") return;
    this.#running?.abort();
    this.#running = undefined;
    this.#show({ status: "paused" });
    await this.#save({ paused: true });
  }

  async resume(): Promise<void> {
    if (this.current.status !== "paused" && this.current.status !== "failed") return;
    this.#start();
    await this.#save({ paused: false });
  }

  async discard(): Promise<void> {
    const { store, fetch, onDiscarded } = this.#ports;
    this.#ended = "discarded";
    this.#running?.abort();
    this.#running = undefined;
    this.#outcome.reject(errorOf("discarded", "The upload was discarded."));
    onDiscarded(this);
    await store.removeUpload(this.#record.key);
    if (this.#record.media === null) await giveUp(this.#record, fetch);
  }

  /** Stops without a word: the process ends, and the next one goes on. */
  stop(): void {
    this.#ended ??= "stopped";
    this.#running?.abort();
    this.#running = undefined;
    this.clear();
  }

  #start(): void {
    const running = new AbortController();
    this.#running = running;
    this.#show({ status: "waiting", error: null });
    void this.#run(running.signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    let giveBack: (() => void) | undefined;
    try {
      giveBack = await this.#ports.turn(signal);
      const media = await this.#ports.alone(this.#record.key, signal, () => this.#persist(signal));
      if (signal.aborted) return;
      await this.#ports.keep({ id: media.id, blob: this.#record.file });
      if (signal.aborted) return;
      this.#show({ status: "done", sent: this.current.size, error: null, media });
      this.#outcome.resolve(media);
    } catch (thrown) {
      if (signal.aborted) return;
      const error = asError(thrown);
      this.#running = undefined;
      this.#show({ status: "failed", error });
    } finally {
      giveBack?.();
    }
  }

  /** Tries until it works, it cannot, or nothing has moved for too long. */
  async #persist(signal: AbortSignal): Promise<Media> {
    // Another tab may have brought it further, or to its end.
    const stored = await this.#ports.store.upload(this.#record.key);
    if (stored === undefined) throw errorOf("discarded", "The upload was discarded in another tab.");
    this.#record = stored;
    if (stored.media !== null) return stored.media;
    let failures = 0;
    let furthest = this.current.sent;
    let announcements = 0;
    for (;;) {
      try {
        return await sendFile(this.#record, this.#sending(signal), signal);
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        const error = asError(thrown);
        if (isDead(error) && this.#record.ticket !== null && ++announcements < MAX_ANNOUNCEMENTS) {
          await this.#save({ ticket: null });
          continue;
        }
        failures = this.current.sent > furthest ? 1 : failures + 1;
        furthest = Math.max(furthest, this.current.sent);
        if (!isRetryable(error) || failures >= MAX_TRIES) throw error;
        this.#show({ status: "waiting", error });
        await this.#wait(backoff(failures, this.#ports.random(), error.retryAfterMs), signal);
      }
    }
  }

  #sending(signal: AbortSignal): SendingPorts {
    return {
      ...this.#ports,
      save: (patch) => this.#save(patch),
      onStatus: (status) => !signal.aborted && this.#show({ status }),
      onSent: (sent) => !signal.aborted && this.#show({ sent, error: null }),
    };
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = this.#ports.clock.after(ms, resolve);
      signal.addEventListener("abort", () => {
        stop();
        reject(signal.reason as Error);
      });
    });
  }

  async #save(patch: Partial<UploadRecord>): Promise<UploadRecord> {
    this.#record = { ...this.#record, ...patch };
    if (this.#ended !== undefined) {
      // It was announced while it was given up.
      if (this.#ended === "discarded" && (patch.ticket ?? null) !== null) await giveUp(this.#record, this.#ports.fetch);
      return this.#record;
    }
    await this.#ports.store.putUpload(this.#record);
    return this.#record;
  }

  #show(patch: Partial<UploadState>): void {
    this.set({ ...this.current, ...patch });
  }
}

/** The server does not know the upload any more: what is to be sent must be announced anew. */
function isDead({ code }: MeridianError): boolean {
  return code === "not_found" || code === "media_expired";
}

function stateOf({
  key,
  conversation,
  tag,
  name,
  type,
  file,
  media,
  paused,
  sent: known = 0,
}: UploadRecord): UploadState {
  const status = media !== null ? "done" : paused ? "paused" : "waiting";
  const sent = media === null ? known : file.size;
  return { key, conversation, tag, name, type, size: file.size, status, sent, error: null, media };
}
