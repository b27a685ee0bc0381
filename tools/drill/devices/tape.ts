/** What one device says and hears on its sockets, as events of the history. Text of messages does not get this far. */
import { digestOf, jcs, type ClientFrame, type ServerFrame } from "../../../protocol/index.ts";
import type { HistoryEvent, Recorder } from "../../history/events.ts";
import { recordedFrame, recordedPage, recordedReady, recordedSummary, type SocketMark } from "../../history/record.ts";

export class Tape {
  readonly device: string;
  /** The highest seq of each conversation that the device told the server it holds. */
  readonly received = new Map<string, number>();
  readonly #recorder: Recorder;
  /** Where what was sent belongs: errors name only the id. */
  readonly #conversations = new Map<string, string>();
  #sessions = 0;

  constructor(device: string, user: string, recorder: Recorder) {
    this.device = device;
    this.#recorder = recorder;
    recorder.write({ type: "device", device, user });
  }

  /** A socket is open. @returns its number */
  opened(): number {
    const session = ++this.#sessions;
    this.#write({ type: "connected", ...this.#mark(session) });
    return session;
  }

  closed(session: number, code: number): void {
    this.#write({ type: "closed", ...this.#mark(session), code });
  }

  /** To be called before the frame leaves. */
  outbound(session: number, text: string): void {
    const frame = parse(text) as ClientFrame | undefined;
    const mark = this.#mark(session);
    switch (frame?.type) {
      case "hello":
        return this.#write({ type: "hello", ...mark, since: frame.since, cursors: { ...frame.cursors } });
      case "send": {
        const { conversation, id, kind, body } = frame;
        this.#conversations.set(id, conversation);
        return this.#write({ type: "sent", ...mark, conversation, id, kind, digest: digestOf(jcs(body)) });
      }
      case "received": {
        const { conversation, seq } = frame;
        this.received.set(conversation, Math.max(seq, this.received.get(conversation) ?? 0));
        return this.#write({ type: "received", ...mark, conversation, seq });
      }
      case "read":
        return this.#write({ type: "read", ...mark, conversation: frame.conversation, seq: frame.seq });
      default:
    }
  }

  /** To be called before the device sees the frame. */
  inbound(session: number, data: unknown): void {
    const frame = (typeof data === "string" ? parse(data) : undefined) as ServerFrame | undefined;
    const mark = this.#mark(session);
    switch (frame?.type) {
      case "ready":
        return this.#write(recordedReady(mark, frame));
      case "conversation":
        return this.#write(recordedSummary(mark, frame.conversation));
      case "entries":
        return this.#write(recordedFrame(mark, frame));
      case "page":
        return this.#write(recordedPage(mark, frame.conversation, frame));
      case "receipts":
        return this.#write({ type: "receipts", ...mark, conversation: frame.conversation, receipts: frame.receipts });
      case "diverged":
        return this.#write({ type: "diverged", ...mark, conversation: frame.conversation, seq: frame.seq });
      case "sent": {
        const { conversation, id, seq, at, duplicate } = frame;
        return this.#write({ type: "acknowledged", ...mark, conversation, id, seq, at, duplicate: duplicate === true });
      }
      case "error": {
        const conversation = this.#conversations.get(frame.ref ?? "");
        if (frame.ref === undefined || conversation === undefined) return;
        return this.#write({ type: "rejected", ...mark, conversation, id: frame.ref, code: frame.code });
      }
      default:
    }
  }

  #mark(session: number): SocketMark {
    return { device: this.device, session, t: Date.now() };
  }

  #write(event: HistoryEvent): void {
    this.#recorder.write(event);
  }
}

function parse(text: string): unknown {
  return text.startsWith("{") ? JSON.parse(text) : undefined;
}
