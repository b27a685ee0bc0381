/**
 * Ticks: from the watermarks of single members to the lowest of all others [R1]. In a direct chat there is one other;
 * in a group the marks of all are fetched once per link, when the first news of them comes.
 */
import type { Member, Watermarks } from "../../protocol/conversation.ts";
import type { ReceiptsFrame } from "../../protocol/frames-server.ts";
import type { ConversationId, UserId } from "../../protocol/ids.ts";
import type { ConversationRecord } from "../storage/storage.ts";
import { highest } from "../sync/records.ts";

export interface ReceiptPorts {
  me(): UserId;
  record(conversation: ConversationId): ConversationRecord | undefined;
  members(conversation: ConversationId): Promise<readonly Member[]>;
  save(record: ConversationRecord): void;
}

export class Receipts {
  readonly #ports: ReceiptPorts;
  /** Marks of all members of a group; a promise while they are fetched. */
  readonly #marks = new Map<ConversationId, Map<UserId, Watermarks> | "fetching">();
  /** What came while they were fetched. */
  #early: ReceiptsFrame[] = [];

  constructor(ports: ReceiptPorts) {
    this.#ports = ports;
  }

  onFrame(frame: ReceiptsFrame): void {
    const record = this.#ports.record(frame.conversation);
    if (record === undefined) return;
    if (record.kind === "direct") {
      const me = this.#ports.me();
      const others = frame.receipts.filter(({ user }) => user !== me);
      this.#raise(
        record,
        others.reduce((marks, receipt) => highest(marks, receipt), record.receipts),
      );
      return;
    }
    const marks = this.#marks.get(frame.conversation);
    if (marks instanceof Map) this.#take(record, marks, frame);
    else {
      this.#early.push(frame);
      if (marks === undefined) void this.#fetch(frame.conversation);
    }
  }

  /** Members came or went, or the link is gone: what is known of single members may be too little. */
  forget(conversation?: ConversationId): void {
    if (conversation === undefined) {
      this.#marks.clear();
      this.#early = [];
    } else if (this.#marks.get(conversation) instanceof Map) this.#marks.delete(conversation);
  }

  async #fetch(conversation: ConversationId): Promise<void> {
    this.#marks.set(conversation, "fetching");
    const members = await this.#ports.members(conversation).catch(() => undefined);
    // The link broke in between: the next summary says more.
    if (this.#marks.get(conversation) !== "fetching") return;
    const early = this.#early.filter((frame) => frame.conversation === conversation);
    this.#early = this.#early.filter((frame) => frame.conversation !== conversation);
    if (members === undefined) {
      this.#marks.delete(conversation);
      return;
    }
    const me = this.#ports.me();
    const marks = new Map<UserId, Watermarks>();
    for (const { user, delivered, read } of members) if (user !== me) marks.set(user, { delivered, read });
    this.#marks.set(conversation, marks);
    for (const frame of [{ conversation, receipts: [] }, ...early]) {
      const record = this.#ports.record(conversation);
      if (record !== undefined) this.#take(record, marks, frame);
    }
  }

  #take(record: ConversationRecord, marks: Map<UserId, Watermarks>, frame: Pick<ReceiptsFrame, "receipts">): void {
    for (const { user, ...mark } of frame.receipts) {
      const known = marks.get(user);
      if (known !== undefined) marks.set(user, highest(known, mark));
    }
    if (marks.size === 0) return;
    const lowest = { delivered: Infinity, read: Infinity };
    for (const { delivered, read } of marks.values()) {
      lowest.delivered = Math.min(lowest.delivered, delivered);
      lowest.read = Math.min(lowest.read, read);
    }
    this.#raise(record, highest(record.receipts, lowest));
  }

  #raise(record: ConversationRecord, receipts: Watermarks): void {
    const { delivered, read } = record.receipts;
    if (receipts.delivered === delivered && receipts.read === read) return;
    this.#ports.save({ ...record, receipts });
  }
}
