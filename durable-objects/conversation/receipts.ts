/**
 * Watermarks of members [R1], and telling the senders whose entries they cover, coalesced [R2].
 */
import {
  RECEIPT_INTERVAL_MS,
  type DeviceId,
  type Receipt,
  type ReceiptList,
  type UserId,
  type Watermarks,
} from "../../protocol/index.ts";
import { metrics } from "../shared/metrics.ts";
import type { Core } from "./core.ts";
import type { MemberState } from "./members.ts";
import { covers, visibleEnd } from "./visibility.ts";

/** Under load notices gather for this many times the time that members take to answer, and for this long at most. */
const STRETCH = 4;
const LONGEST_MS = 5_000;
/** After a crash the newest entries' senders are told again: more than a crash can have swallowed. */
const RETELL = 64;
/** Marks of members that only say "delivered" are written together: in a large group there would else be a commit for each. */
const GATHER_MS = 200;
/** How often a member that cannot be reached is told again, an interval apart. */
const MAX_TRIES = 10;

export interface ReceiptPorts {
  readonly core: Core;
  /** One attempt; rejects where it is not known to have arrived. */
  readonly notify: (user: UserId, receipts: readonly Receipt[]) => Promise<void>;
  readonly later: (callback: () => void, ms: number) => void;
  /** How long members lately took to answer, in milliseconds. */
  readonly lagMs: () => number;
}

interface Waiting {
  readonly user: UserId;
  readonly device: DeviceId;
  readonly delivered: number;
  readonly resolve: (member: MemberState) => void;
  readonly reject: (error: unknown) => void;
}

export class Receipts {
  readonly #ports: ReceiptPorts;
  /** Marks that are not written yet: one for each call that is open. */
  readonly #waiting: Waiting[] = [];
  #writtenAt = 0;
  /** By receiver, the members whose marks moved: at most group size squared, and only for one interval. */
  readonly #pending = new Map<UserId, Set<UserId>>();
  /** Receivers that are being told, and how often in a row that failed. One call at a time each: marks must not overtake. */
  readonly #underWay = new Set<UserId>();
  readonly #failures = new Map<UserId, number>();
  #flushedAt = 0;
  #scheduled = false;

  constructor(ports: ReceiptPorts) {
    this.#ports = ports;
  }

  /**
   * Raises a member's marks; they never sink and never pass what the member may see. One row, if anything moved. Resolves
   * once it is written: at once for what was read, and for what was delivered where nothing was written lately.
   */
  acknowledge(
    member: MemberState,
    device: DeviceId,
    { delivered = 0, read = 0 }: { delivered?: number | undefined; read?: number | undefined },
  ): Promise<MemberState> {
    const { clock } = this.#ports.core;
    const wait = this.#writtenAt + GATHER_MS - clock();
    if (read > 0 || wait <= 0) {
      this.#writtenAt = clock();
      return Promise.resolve(this.#raise(member, device, delivered, read));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ user: member.user, device, delivered, resolve, reject });
      if (this.#waiting.length === 1) this.#ports.later(() => this.write(), wait);
    });
  }

  /** Writes down what waits, in one commit. */
  write(): void {
    const { core } = this.#ports;
    this.#writtenAt = core.clock();
    for (const { user, device, delivered, resolve, reject } of this.#waiting.splice(0)) {
      try {
        resolve(this.#raise(core.member(user), device, delivered, 0));
      } catch (error) {
        reject(error);
      }
    }
  }

  #raise(member: MemberState, device: DeviceId, toDelivered: number, toRead: number): MemberState {
    const { core } = this.#ports;
    const cap = this.#cap(member);
    const read = Math.max(member.read, Math.min(toRead, cap));
    const delivered = Math.max(member.delivered, read, Math.min(toDelivered, cap));
    if (delivered === member.delivered && read === member.read) return member;
    const by = delivered === member.delivered ? member.deliveredBy : device;
    const next = core.members.setMarks(member, delivered, by, read);
    this.#note(next, member, next);
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
      if (member.delivered > after) this.#note(member, { delivered: after, read: after }, member);
    }
  }

  #cap(member: MemberState): number {
    const end = visibleEnd(member.windows, this.#ports.core.log.head);
    const open = member.blocks.find(([, to]) => to === null);
    // [V3] the sender must not see its entries delivered to somebody who blocked it.
    return open === undefined ? end : Math.min(end, open[0] - 1);
  }

  /**
   * Only senders of what a mark newly covers are told: of the rest they know, and an entry that was never read must not
   * have the whole log looked through each time that one more is delivered.
   */
  #note(member: MemberState, from: Watermarks, to: Watermarks): void {
    const { core } = this.#ports;
    const { delivered, read } = from;
    const ranges = to.read > read && (read !== delivered || to.read !== to.delivered) ? [[read, to.read]] : [];
    if (to.delivered > delivered) ranges.push([delivered, to.delivered]);
    for (const [after = 0, end = 0] of ranges) {
      for (const sender of core.log.senders(Math.max(after + 1, core.log.floor), end)) {
        if (sender === member.user || (core.members.get(sender)?.role ?? null) === null) continue;
        this.#add(sender, [member.user]);
      }
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#pending.size === 0) return;
    this.#scheduled = true;
    const { core, later, lagMs } = this.#ports;
    // What is put off is not lost: marks only rise, and the notice that goes later says the same and more.
    const interval = Math.min(LONGEST_MS, Math.max(RECEIPT_INTERVAL_MS, STRETCH * lagMs()));
    if (interval > RECEIPT_INTERVAL_MS) metrics.count("shed", { what: "receipts" });
    later(() => this.#flush(), Math.max(0, this.#flushedAt + interval - core.clock()));
  }

  #flush(): void {
    this.#scheduled = false;
    this.#flushedAt = this.#ports.core.clock();
    for (const [user, moved] of this.#pending) {
      if (this.#underWay.has(user)) continue;
      this.#pending.delete(user);
      void this.#tell(user, moved);
    }
  }

  /** Tells one member the marks as they are now: a call that is tried again must not say what is no longer so. */
  async #tell(user: UserId, moved: ReadonlySet<UserId>): Promise<void> {
    const { core, notify } = this.#ports;
    const receipts = [...moved].flatMap((id): Receipt[] => {
      const member = core.members.get(id);
      return member === undefined ? [] : [{ user: id, delivered: member.delivered, read: member.read }];
    });
    this.#underWay.add(user);
    try {
      await notify(user, receipts);
      this.#failures.delete(user);
    } catch {
      const failures = (this.#failures.get(user) ?? 0) + 1;
      this.#failures.set(user, failures);
      // Given up, it is healed by the next mark, or by the next summary: the marks themselves are durable.
      if (failures <= MAX_TRIES) this.#add(user, moved);
      else this.#failures.delete(user);
    } finally {
      this.#underWay.delete(user);
      this.#schedule();
    }
  }

  #add(receiver: UserId, moved: Iterable<UserId>): void {
    let members = this.#pending.get(receiver);
    if (members === undefined) this.#pending.set(receiver, (members = new Set()));
    for (const member of moved) members.add(member);
  }
}
