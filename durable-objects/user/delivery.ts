/**
 * The streams of the user's sockets [D1]: live push, replay after any absence and a slow reader are one thing. A frame is
 * pushed where it continues what a socket was sent and fits its window; everything else is read on from the log.
 */
import { STREAM_WINDOW, type ConversationId } from "../../protocol/index.ts";
import type { Delivery, NotedBatch } from "../rpc/user.ts";
import { metrics } from "../shared/metrics.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import { SLOW_BYTES, type Connection } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Core } from "./core.ts";
import type { Cursors } from "./cursors.ts";
import { tokenOf, type Inbox } from "./inbox.ts";
import { Stream } from "./stream.ts";

/** A token is given out live once it covers this many conversations anew: fewer are cheaper to send again. */
const SYNC_EVERY = 16;
/** A socket that does not drain for this long is cut. */
export const SLOW_LIMIT_MS = 30_000;

export interface DeliveryPorts {
  readonly core: Core;
  readonly inbox: Inbox;
  readonly cursors: Cursors;
  readonly connections: Connections;
  readonly acknowledgements: Acknowledgements;
  readonly devices: () => readonly Connection["device"][];
  /** The line in the conversation list must be read and shown again. */
  readonly refresh: (conversation: ConversationId) => void;
  /** Whether lines are being read again: until they are shown, no token may cover them. */
  readonly refreshing: () => boolean;
  /** A read of the log failed: it is to be tried again soon. */
  readonly retry: (conversation: ConversationId) => void;
}

export class Deliveries {
  readonly #ports: DeliveryPorts;

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
  }

  /**
   * Takes a delivery in: written down first, then pushed.
   *
   * @param save whether sockets' places are written down too. Who puts that off must not let the object hibernate before:
   * a place that is not written is lost with its memory [S3]
   */
  take(delivery: Delivery, { save = true } = {}): void {
    const { inbox, cursors, devices, refresh } = this.#ports;
    const { conversation } = delivery;
    cursors.cover(devices, conversation, Math.max(delivery.after, 0));
    inbox.note(conversation, delivery, { gone: !delivery.member });
    if (delivery.changed) {
      inbox.touch(conversation);
      refresh(conversation);
    }
    // An empty log that is announced has no newest entry.
    if (delivery.at > 0) metrics.observe("delivery_lag_seconds", this.#ports.core.clock() - delivery.at, {});
    this.offer(conversation, delivery, { save });
  }

  /** Offers a batch to every socket: pushed where it fits, else the log is read on. */
  offer(conversation: ConversationId, batch: NotedBatch, { save = true } = {}): void {
    let behind = false;
    for (const connection of this.#ports.connections.ready()) {
      const stream = this.stream(connection, conversation);
      if (stream !== undefined && stream.pushed < batch.to) {
        const fits = stream.pushed === batch.after && batch.count <= stream.room && !stream.pumping;
        if (fits && this.#drains(connection)) this.#push(connection, conversation, stream, batch);
        if (stream.pushed < batch.head) this.pump(connection, conversation);
      }
      behind ||= stream === undefined || stream.pushed < batch.head;
      // Whoever caused the batch, this socket has it: the object may hibernate before it hears of the socket again [S3].
      if (save) connection.save(this.#ports.cursors);
    }
    // That there is more for a socket must outlive the object's memory: nothing else would send it on.
    if (behind) this.#ports.inbox.settle(conversation);
  }

  /** The device holds everything up to `seq` of a conversation. */
  received(connection: Connection, conversation: ConversationId, seq: number): void {
    const stream = this.stream(connection, conversation);
    if (stream === undefined) return;
    const { moved, foreign } = stream.acknowledge(seq);
    if (!moved) return;
    connection.changed();
    if (foreign) this.#ports.acknowledgements.delivered(conversation, connection.device, stream.acked);
    this.pump(connection, conversation);
    if (stream.clean) this.#next(connection);
    this.#sync(connection);
  }

  /** The stream of a socket, where the device is known to have a place in the conversation. */
  stream(connection: Connection, conversation: ConversationId): Stream | undefined {
    const known = connection.streams.get(conversation);
    if (known !== undefined) return known;
    if (!connection.hasRoom) {
      connection.flush(this.#ports.cursors);
      if (!connection.hasRoom) {
        connection.backlog.add(conversation);
        return undefined;
      }
    }
    const cursor = this.#ports.cursors.get(connection.device, conversation);
    if (cursor === undefined) return undefined;
    return this.open(connection, conversation, cursor);
  }

  open(connection: Connection, conversation: ConversationId, cursor: number): Stream {
    const stream = new Stream(cursor);
    connection.streams.set(conversation, stream);
    connection.changed();
    return stream;
  }

  /** Reads the log on for one socket, as far as its window lets. */
  pump(connection: Connection, conversation: ConversationId): void {
    const stream = this.stream(connection, conversation);
    if (stream === undefined || stream.pumping || !connection.ready) return;
    if (!this.#wants(connection, conversation, stream)) return;
    stream.pumping = true;
    this.#readOn(connection, conversation, stream)
      .catch(() => this.#ports.retry(conversation))
      .finally(() => {
        stream.pumping = false;
        const { inbox } = this.#ports;
        if (stream.pushed < (inbox.get(conversation)?.head ?? 0)) inbox.settle(conversation);
        // A delivery that came while the log was read waits for nobody else.
        if (this.#wants(connection, conversation, stream)) this.pump(connection, conversation);
        else if (stream.clean) this.#next(connection);
        connection.save(this.#ports.cursors);
      });
  }

  async #readOn(connection: Connection, conversation: ConversationId, stream: Stream): Promise<void> {
    const { core, inbox } = this.#ports;
    const user = core.id;
    while (this.#wants(connection, conversation, stream)) {
      const after = stream.pushed;
      const batch = await core.ask(conversation, (stub) =>
        stub.readOn(user, after, Math.min(stream.room, STREAM_WINDOW)),
      );
      inbox.note(conversation, batch);
      if (!connection.open || connection.streams.get(conversation) !== stream) return;
      if (batch.to <= after) return;
      this.#push(connection, conversation, stream, batch);
    }
  }

  #wants(connection: Connection, conversation: ConversationId, stream: Stream): boolean {
    const head = this.#ports.inbox.get(conversation)?.head ?? 0;
    return connection.open && stream.room > 0 && stream.pushed < head && this.#drains(connection);
  }

  #push(connection: Connection, conversation: ConversationId, stream: Stream, batch: NotedBatch): void {
    const user = this.#ports.core.id;
    const { sync } = connection;
    connection.sync = undefined;
    const tail = sync === undefined ? "" : `,"sync":"${sync}"`;
    connection.send(
      `{"type":"entries","conversation":"${conversation}","after":${batch.after},"to":${batch.to},` +
        `"entries":${batch.json},"head":${batch.head}${tail}}`,
    );
    stream.push(
      batch.to,
      batch.notes.map(({ seq, sender }) => ({ seq, foreign: sender !== user })),
    );
    connection.changed();
  }

  /** A stream came to rest: one that waited for its place may go on. */
  #next(connection: Connection): void {
    const [waiting] = connection.backlog;
    if (waiting === undefined) return;
    connection.backlog.delete(waiting);
    this.pump(connection, waiting);
  }

  /** Once everything is acknowledged a token may say so; it rides on the next frame. */
  #sync(connection: Connection): void {
    const { inbox, refreshing } = this.#ports;
    if (inbox.changes < SYNC_EVERY || refreshing() || !connection.settled) return;
    connection.sync = tokenOf(inbox.issue());
  }

  /** [D6] whether a socket takes what it is sent; one that does not for long is cut by the alarm. */
  #drains(connection: Connection): boolean {
    const waiting = (connection.socket as WebSocket & { readonly bufferedAmount?: number }).bufferedAmount ?? 0;
    if (waiting <= SLOW_BYTES) {
      connection.slowSince = undefined;
      return true;
    }
    if (connection.slowSince === undefined) {
      const { core } = this.#ports;
      connection.slowSince = core.clock();
      core.wakeAt(core.clock() + SLOW_LIMIT_MS);
    }
    return false;
  }
}
