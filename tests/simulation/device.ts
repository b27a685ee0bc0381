/**
 * A simulated device: a small, honest client. Keeps an outbox that it resends in order, holds what it gets, acknowledges
 * after a while, and records everything it sees for the history checker.
 */
import type { ConversationId, EntriesFrame, MemberContent, ServerFrame, Summary } from "../../protocol/index.ts";
import {
  recordedFrame,
  recordedReady,
  recordedSummary,
  sentDigest,
  type MemoryHistory,
} from "../../tools/history/record.ts";
import type { SimulatedPorts, SimulatedSocket } from "./ports.ts";
import type { Random } from "../../tools/random.ts";

interface Pending {
  readonly id: string;
  readonly conversation: ConversationId;
  readonly content: MemberContent;
}

/** Errors after which the same send may still succeed. */
const PASSING = ["rate_limited", "unavailable", "internal"];

export class SimulatedDevice {
  readonly ports: SimulatedPorts;
  readonly outbox: Pending[] = [];
  /** Up to where this device holds each conversation. */
  readonly held = new Map<ConversationId, number>();
  /** Ids of messages that it saw, to edit, delete and react to. */
  readonly seen: { conversation: ConversationId; id: string; own: boolean }[] = [];
  /** While false, frames are stored but not acknowledged: a device that is slow. */
  acknowledges = true;
  #history: MemoryHistory;
  #random: Random;
  #socket: SimulatedSocket | undefined;
  #session = 0;
  #token: string | null = null;
  #read = 0;

  constructor(ports: SimulatedPorts, history: MemoryHistory, random: Random) {
    this.ports = ports;
    this.#history = history;
    this.#random = random;
  }

  get online(): boolean {
    return this.#socket !== undefined && this.#socket.closed === undefined;
  }

  /** Opens a socket and says hello, sometimes naming its places, sometimes leaving that to the server. */
  async connect(): Promise<void> {
    if (this.online) return;
    const socket = await this.ports.open();
    this.#session += 1;
    this.#read = 0;
    this.#socket = socket;
    this.#record({ type: "connected" });
    const named = this.#token !== null && this.#random.chance(0.5);
    const cursors = named ? Object.fromEntries([...this.held].map(([id, seq]) => [id, { seq }])) : {};
    this.#record({ type: "hello", since: this.#token, cursors });
    socket.send({ type: "hello", since: this.#token, ...(named ? { cursors } : {}) });
    const ready = await socket.ready();
    this.#token = ready.sync;
    this.pump();
    for (const pending of this.outbox) this.#transmit(pending);
  }

  /** Cuts the socket; what was on its way to this device is lost. */
  cut(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.pump();
    this.#socket = undefined;
    this.#record({ type: "closed", code: 1000 });
    socket.cut();
  }

  /** The server cut the socket: takes note. */
  noticeClosed(): void {
    const closed = this.#socket?.closed;
    if (closed === undefined) return;
    this.pump();
    this.#socket = undefined;
    this.#record({ type: "closed", code: closed.code });
  }

  send(conversation: ConversationId, content: MemberContent): void {
    const pending = { id: crypto.randomUUID(), conversation, content };
    this.outbox.push(pending);
    if (this.online) this.#transmit(pending);
  }

  /** Takes in what came since the last time. */
  pump(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const reached = new Map<ConversationId, number>();
    for (; this.#read < socket.frames.length; this.#read++) {
      const frame = socket.frames[this.#read];
      if (frame !== undefined) this.#take(frame, reached);
    }
    if (!this.acknowledges) return;
    for (const [conversation, seq] of this.held) {
      if (!reached.has(conversation) && this.#random.chance(0.8)) continue;
      if (socket.closed !== undefined) return;
      this.#record({ type: "received", conversation, seq });
      socket.send({ type: "received", conversation, seq });
      if (this.#random.chance(0.3)) {
        this.#record({ type: "read", conversation, seq });
        socket.send({ type: "read", conversation, seq });
      }
    }
  }

  #take(frame: ServerFrame, reached: Map<ConversationId, number>): void {
    const mark = this.#mark();
    switch (frame.type) {
      case "ready":
        this.#history.write(recordedReady(mark, frame));
        for (const summary of frame.conversations) this.#learn(summary);
        break;
      case "conversation":
        this.#history.write(recordedSummary(mark, frame.conversation));
        this.#learn(frame.conversation);
        break;
      case "entries":
        this.#history.write(recordedFrame(mark, frame));
        this.#store(frame);
        reached.set(frame.conversation, frame.to);
        break;
      case "sent":
        this.#history.write({
          type: "acknowledged",
          ...mark,
          conversation: frame.conversation,
          id: frame.id,
          seq: frame.seq,
          at: frame.at,
          duplicate: frame.duplicate === true,
        });
        this.#settle(frame.id);
        break;
      case "receipts":
        this.#history.write({ type: "receipts", ...mark, conversation: frame.conversation, receipts: frame.receipts });
        break;
      case "diverged":
        this.#history.write({ type: "diverged", ...mark, conversation: frame.conversation, seq: frame.seq });
        break;
      case "error": {
        const pending = this.outbox.find(({ id }) => id === frame.ref);
        if (pending === undefined) break;
        if (PASSING.includes(frame.code)) {
          // Tried again with the next connection, with everything behind it.
          break;
        }
        this.#history.write({
          type: "rejected",
          ...mark,
          conversation: pending.conversation,
          id: pending.id,
          code: frame.code,
        });
        this.#settle(pending.id);
        break;
      }
      default:
        break;
    }
  }

  /** From its first summary on, what lies behind the cursor is owed to the device. */
  #learn({ id, cursor }: Summary): void {
    if (!this.held.has(id)) this.held.set(id, cursor);
  }

  #store({ conversation, after, to, entries }: EntriesFrame): void {
    const held = this.held.get(conversation);
    // Holds ranges from its first one on; the checker judges whether a frame may follow.
    if (held === undefined || after <= held) this.held.set(conversation, Math.max(held ?? 0, to));
    for (const { kind, id, sender } of entries) {
      if (kind === "message") this.seen.push({ conversation, id, own: sender.user === this.ports.user });
    }
  }

  #transmit({ id, conversation, content }: Pending): void {
    this.#record({ type: "sent", conversation, id, kind: content.kind, digest: sentDigest(content) });
    this.#socket?.send({ type: "send", conversation, id, ...content });
  }

  #settle(id: string): void {
    const index = this.outbox.findIndex((pending) => pending.id === id);
    if (index >= 0) this.outbox.splice(index, 1);
  }

  #mark(): { device: string; session: number; t: number } {
    return { device: this.ports.device, session: this.#session, t: Date.now() };
  }

  #record(event: { type: string } & Record<string, unknown>): void {
    this.#history.write({ ...this.#mark(), ...event } as Parameters<MemoryHistory["write"]>[0]);
  }
}
