/**
 * Watermarks on their way to the Conversation object [R1]: marks that come close together go in one call, which makes
 * one row and one request of a message that is received and read.
 */
import { codeOf, type ConversationId, type DeviceId } from "../../protocol/index.ts";
import { metrics } from "../shared/metrics.ts";
import type { Connections } from "./connections.ts";
import type { Core } from "./core.ts";
import type { Inbox } from "./inbox.ts";

/** How long a mark waits for another one; well inside the second in which ticks should turn. */
const GATHER_MS = 120;
/** Where a mark went less than this ago, one that says no more than "delivered" waits until it is this long ago. */
const STEADY_MS = 500;
/** Conversations whose last mark is remembered. */
const REMEMBERED = 256;
/** Calls that failed are tried again this often; then the next mark, or the next hello, says the same and more. */
const MAX_TRIES = 6;
const RETRY_MS = 1_000;

interface Marks {
  device: DeviceId;
  /** The device that read, which need not be told; undefined where several did. */
  reader: DeviceId | undefined;
  delivered: number;
  read: number;
  tries: number;
  /** When it goes. */
  due: number;
}

export interface AcknowledgementPorts {
  readonly core: Core;
  readonly inbox: Inbox;
  readonly connections: Connections;
  readonly later: (callback: () => void, ms: number) => void;
  /** The user has read up to `seq`, and that is durable. */
  readonly onRead: (conversation: ConversationId, seq: number) => void;
}

export class Acknowledgements {
  readonly #ports: AcknowledgementPorts;
  readonly #waiting = new Map<ConversationId, Marks>();
  readonly #underWay = new Set<ConversationId>();
  readonly #went = new Map<ConversationId, number>();

  constructor(ports: AcknowledgementPorts) {
    this.#ports = ports;
  }

  delivered(conversation: ConversationId, device: DeviceId, seq: number): void {
    const quiet = this.#ports.core.clock() - (this.#went.get(conversation) ?? 0);
    const marks = this.#marks(conversation, device, Math.max(GATHER_MS, STEADY_MS - quiet));
    if (seq > marks.delivered) {
      marks.delivered = seq;
      marks.device = device;
    }
  }

  read(conversation: ConversationId, device: DeviceId, seq: number): void {
    const marks = this.#marks(conversation, device, GATHER_MS);
    marks.reader = marks.read === 0 || marks.reader === device ? device : undefined;
    if (seq > marks.read) {
      marks.read = seq;
      marks.device = device;
    }
  }

  /** Marks a conversation as read now, and waits until that is durable: the way over HTTP. */
  async readNow(conversation: ConversationId, device: DeviceId, seq: number): Promise<void> {
    await this.#tell(conversation, { device, reader: device, delivered: 0, read: seq, tries: 0, due: 0 });
  }

  /** The marks that wait, due in `ms` or earlier. */
  #marks(conversation: ConversationId, device: DeviceId, ms: number): Marks {
    const due = this.#ports.core.clock() + ms;
    let marks = this.#waiting.get(conversation);
    if (marks !== undefined && marks.due <= due) return marks;
    if (marks === undefined) {
      marks = { device, reader: undefined, delivered: 0, read: 0, tries: 0, due };
      this.#waiting.set(conversation, marks);
    }
    marks.due = due;
    this.#ports.later(() => void this.#flush(conversation), ms);
    return marks;
  }

  async #flush(conversation: ConversationId): Promise<void> {
    const marks = this.#waiting.get(conversation);
    if (marks === undefined) return;
    if (this.#underWay.has(conversation)) {
      this.#ports.later(() => void this.#flush(conversation), GATHER_MS);
      return;
    }
    this.#waiting.delete(conversation);
    this.#underWay.add(conversation);
    if (this.#went.size >= REMEMBERED) this.#went.clear();
    this.#went.set(conversation, this.#ports.core.clock());
    try {
      await this.#tell(conversation, marks);
    } catch (error) {
      // Somebody who is no member any more has no marks to set.
      if (codeOf(error) !== "not_found") this.#again(conversation, marks);
    } finally {
      this.#underWay.delete(conversation);
    }
  }

  async #tell(conversation: ConversationId, { device, reader, delivered, read }: Marks): Promise<void> {
    const { core, inbox, connections } = this.#ports;
    const user = core.id;
    const now = await core.ask(conversation, (stub) =>
      stub.acknowledge(user, device, {
        ...(delivered > 0 ? { delivered } : {}),
        ...(read > 0 ? { read } : {}),
      }),
    );
    if (read === 0) return;
    inbox.touch(conversation);
    this.#ports.onRead(conversation, now.read);
    connections.broadcast({ type: "read", conversation, seq: now.read, unread: now.unread }, reader);
  }

  #again(conversation: ConversationId, marks: Marks): void {
    if (marks.tries >= MAX_TRIES) {
      metrics.count("errors", { where: "marks", code: "unavailable" });
      return;
    }
    metrics.count("retries", { what: "marks" });
    const later = this.#waiting.get(conversation);
    this.#waiting.set(conversation, {
      device: later?.device ?? marks.device,
      // Between two calls it is not worth knowing which of the devices needs no news of its own reading.
      reader: undefined,
      delivered: Math.max(later?.delivered ?? 0, marks.delivered),
      read: Math.max(later?.read ?? 0, marks.read),
      tries: marks.tries + 1,
      due: this.#ports.core.clock() + RETRY_MS,
    });
    this.#ports.later(() => void this.#flush(conversation), RETRY_MS);
  }
}
