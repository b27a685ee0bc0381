/**
 * Watermarks of members [R1], and telling the senders whose entries they cover, coalesced [R2].
 */
import {
  RECEIPT_INTERVAL_MS,
  type DeviceId,
  type Receipt,
  type ReceiptList,
  type UserId,
} from "../../protocol/index.ts";
import type { Core } from "./core.ts";
import type { MemberState } from "./members.ts";
import { covers, visibleEnd } from "./visibility.ts";

/** After a crash the newest entries' senders are told again: more than a crash can have swallowed. */
const RETELL = 64;

export interface ReceiptPorts {
  readonly core: Core;
  /** Best effort: a lost notice is healed by the next one and by the next summary. */
  readonly notify: (user: UserId, receipts: readonly Receipt[]) => Promise<void>;
  readonly later: (callback: () => void, ms: number) => void;
}

export class Receipts {
  readonly #ports: ReceiptPorts;
  /** By receiver, then by the member whose marks moved: at most group size squared, and only for one interval. */
  readonly #pending = new Map<UserId, Map<UserId, Receipt>>();
  #flushedAt = 0;
  #scheduled = false;

  constructor(ports: ReceiptPorts) {
    this.#ports = ports;
  }

  /** Raises a member's marks; they never sink and never pass what the member may see. One row, if anything moved. */
  acknowledge(
    member: MemberState,
    device: DeviceId,
    marks: { delivered?: number | undefined; read?: number | undefined },
  ): MemberState {
    const { core } = this.#ports;
    const cap = this.#cap(member);
    const read = Math.max(member.read, Math.min(marks.read ?? 0, cap));
    const delivered = Math.max(member.delivered, read, Math.min(marks.delivered ?? 0, cap));
    if (delivered === member.delivered && read === member.read) return member;
    const by = delivered === member.delivered ? member.deliveredBy : device;
    const next = core.members.setMarks(member, delivered, by, read);
    this.#note(next, Math.min(member.delivered, member.read), member, next);
    return next;
  }

  /** [R3] exact for one entry. */
  at(member: MemberState, seq: number): ReceiptList {
    const { core } = this.#ports;
    const sender = core.log.get(seq)?.sender;
    const others = [...core.members.all()].filter(
      (other) =>
        other.user !== sender &&
        covers(other.windows, seq) &&
        !covers(other.blocks, seq) &&
        (other.role !== null || other.user === member.user || core.info.kind === "direct"),
    );
    return {
      seq,
      delivered: others.filter(({ delivered }) => delivered >= seq).map(({ user }) => user),
      read: others.filter(({ read }) => read >= seq).map(({ user }) => user),
    };
  }

  /** After a restart that may have swallowed notices. */
  retell(): void {
    for (const member of this.#ports.core.members.active()) {
      const after = Math.max(0, this.#ports.core.log.head - RETELL);
      if (member.delivered > after) this.#note(member, after, { delivered: after, read: after }, member);
    }
  }

  #cap(member: MemberState): number {
    const end = visibleEnd(member.windows, this.#ports.core.log.head);
    const open = member.blocks.find(([, to]) => to === null);
    // [V3] the sender must not see its entries delivered to somebody who blocked it.
    return open === undefined ? end : Math.min(end, open[0] - 1);
  }

  #note(
    member: MemberState,
    after: number,
    from: { delivered: number; read: number },
    to: { delivered: number; read: number },
  ): void {
    const { core } = this.#ports;
    const top = Math.max(to.delivered > from.delivered ? to.delivered : 0, to.read > from.read ? to.read : 0);
    for (const sender of core.log.senders(Math.max(after + 1, core.log.floor), top)) {
      if (sender === member.user || (core.members.get(sender)?.role ?? null) === null) continue;
      let receipts = this.#pending.get(sender);
      if (receipts === undefined) this.#pending.set(sender, (receipts = new Map()));
      receipts.set(member.user, { user: member.user, delivered: member.delivered, read: member.read });
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#pending.size === 0) return;
    this.#scheduled = true;
    const { core, later } = this.#ports;
    later(() => this.#flush(), Math.max(0, this.#flushedAt + RECEIPT_INTERVAL_MS - core.clock()));
  }

  #flush(): void {
    this.#scheduled = false;
    this.#flushedAt = this.#ports.core.clock();
    for (const [user, receipts] of this.#pending) {
      this.#ports.notify(user, [...receipts.values()]).catch(() => {
        // The marks are durable: the next notice, or the next summary, says the same and more.
      });
    }
    this.#pending.clear();
  }
}
