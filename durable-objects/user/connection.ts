/**
 * One socket of one device: its streams, and what of them must outlive the object's memory. Hibernation keeps sockets
 * and their attachments and nothing else, so everything here is written back to the attachment after every event.
 */
import type { ConversationId, DeviceId, UserId } from "../../protocol/index.ts";
import { MAX_MALFORMED_FRAMES } from "../../protocol/index.ts";
import { metrics } from "../shared/metrics.ts";
import { Stream, type SavedStream } from "./stream.ts";

/** Attachments hold 16 KiB; ids take about 25 bytes. */
const MAX_SAVED_STREAMS = 128;
/** Past this many, streams that are acknowledged to their end move to the cursor table. */
const FLUSH_AT = 48;
/** A socket with more than this waiting to be sent is slow: it gets no more until it drains. */
export const SLOW_BYTES = 1024 * 1024;
/** A socket with more than this waiting gets nothing that it can do without. */
const CROWDED_BYTES = 64 * 1024;

interface Attachment {
  readonly device: DeviceId;
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly ready: boolean;
  readonly malformed: number;
  readonly streams: readonly (readonly [ConversationId, SavedStream])[];
  readonly watching: readonly UserId[];
}

/** Where acknowledged positions go that the attachment has no room for. */
export interface CursorSink {
  save(device: DeviceId, cursors: readonly (readonly [ConversationId, number])[]): void;
}

export class Connection {
  readonly socket: WebSocket;
  readonly device: DeviceId;
  readonly openedAt: number;
  /** When the access token ends; renewed by `auth`. */
  expiresAt: number;
  /** Whether the hello was answered: until then nothing is pushed. */
  ready = false;
  /** Whether a hello is being answered. */
  greeting = false;
  readonly streams = new Map<ConversationId, Stream>();
  readonly watching = new Set<UserId>();
  /** Conversations with something to send, for which there was no place yet. */
  readonly backlog = new Set<ConversationId>();
  /** A sync token that the next `entries` frame carries. */
  sync: string | undefined;
  /** Since when the socket does not drain; undefined while it does. */
  slowSince: number | undefined;
  #malformed = 0;
  #changed = false;

  constructor(socket: WebSocket, device: DeviceId, openedAt: number, expiresAt: number) {
    this.socket = socket;
    this.device = device;
    this.openedAt = openedAt;
    this.expiresAt = expiresAt;
  }

  /** Reads a connection back from its socket after the object lost its memory. */
  static restore(socket: WebSocket): Connection | undefined {
    const saved = socket.deserializeAttachment() as Attachment | null;
    if (saved === null) return undefined;
    const connection = new Connection(socket, saved.device, saved.openedAt, saved.expiresAt);
    connection.ready = saved.ready;
    connection.#malformed = saved.malformed;
    for (const [conversation, stream] of saved.streams) connection.streams.set(conversation, Stream.restore(stream));
    for (const user of saved.watching) connection.watching.add(user);
    return connection;
  }

  get open(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Something that the attachment holds has changed. */
  changed(): void {
    this.#changed = true;
  }

  /** Writes the attachment, if anything changed; moves finished streams to the cursor table when there are many. */
  save(sink: CursorSink): void {
    if (!this.#changed || !this.open) return;
    if (this.streams.size > FLUSH_AT) this.flush(sink);
    const attachment: Attachment = {
      device: this.device,
      openedAt: this.openedAt,
      expiresAt: this.expiresAt,
      ready: this.ready,
      malformed: this.#malformed,
      streams: [...this.streams].map(([conversation, stream]) => [conversation, stream.save()] as const),
      watching: [...this.watching],
    };
    this.socket.serializeAttachment(attachment);
    this.#changed = false;
  }

  /** Writes every acknowledged position down and forgets the streams that wait for nothing. */
  flush(sink: CursorSink): void {
    sink.save(
      this.device,
      [...this.streams].map(([conversation, stream]) => [conversation, stream.acked] as const),
    );
    for (const [conversation, stream] of this.streams) {
      if (stream.clean && !stream.pumping) this.streams.delete(conversation);
    }
  }

  /** Whether one more stream may have unacknowledged entries. */
  get hasRoom(): boolean {
    return this.streams.size < MAX_SAVED_STREAMS;
  }

  /** Everything that was sent is acknowledged and nothing waits. */
  get settled(): boolean {
    if (!this.ready || this.backlog.size > 0) return false;
    for (const stream of this.streams.values()) if (!stream.clean || stream.pumping) return false;
    return true;
  }

  /** [W2] @returns whether this was one malformed frame too many */
  malformed(): boolean {
    this.#malformed += 1;
    this.#changed = true;
    return this.#malformed >= MAX_MALFORMED_FRAMES;
  }

  wellFormed(): void {
    if (this.#malformed === 0) return;
    this.#malformed = 0;
    this.#changed = true;
  }

  /** Sends a frame; a socket that is closing gets none, and that is all right: it resumes. */
  send(frame: string | object): void {
    if (!this.open) return;
    try {
      this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
    } catch {
      // The socket went between the check and the send: its close event follows.
    }
  }

  /** Sends what the device can do without, unless more important frames wait for the socket already [P3]. */
  whisper(frame: string | object, what: "typing" | "presence"): void {
    const { bufferedAmount } = this.socket;
    if (bufferedAmount > CROWDED_BYTES) metrics.count("shed", { what });
    else this.send(frame);
  }

  close(code: number, reason: string): void {
    try {
      this.socket.close(code, reason);
    } catch {
      // Closed already.
    }
  }
}
