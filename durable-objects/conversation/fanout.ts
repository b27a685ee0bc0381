/**
 * From the log to the members' User objects: at least once, in order, one call in flight per member, or a few deliveries
 * over its link, and a failing member delays nobody [D6].
 *
 * What survives a crash: every entry carries how far fan-out had come when it was appended, and an alarm is armed from
 * the first commit until everybody was handed everything. An instance that starts without an armed alarm knows that all
 * was handed; one that starts with it begins again where the newest entry says. Members that could not be reached have a
 * row of their own, so that they hold nobody else back.
 */
import { codeOf, MEMBER_KINDS, type UserId } from "../../protocol/index.ts";
import { encodeDelivery } from "../rpc/link.ts";
import type { Delivery, NotedBatch } from "../rpc/user.ts";
import { LinkBroken, type Link } from "../shared/link.ts";
import { Load } from "../shared/load.ts";
import { warn } from "../shared/log.ts";
import { metrics } from "../shared/metrics.ts";
import type { Core } from "./core.ts";
import type { MemberState } from "./members.ts";
import type { Reader } from "./reader.ts";
import { covers, joinedAfter, visibleEnd } from "./visibility.ts";

/** Entries in one call. */
const BATCH = 256;
/** Deliveries under way at once, over all members; the rest waits its turn. */
const MAX_IN_FLIGHT = 512;
/** Deliveries under way over one link, which confirms them some at a time. What comes while so many are gathers. */
const WINDOW = 24;
/**
 * A member with a link is handed the next entries no sooner than this after the last, nor sooner than twice the time that
 * members lately took: under load entries go together, and fan-out leaves room for sends.
 */
const PACE_MS = 25;
const SLOWEST_PACE_MS = 200;
const PACE_FACTOR = 2;
/**
 * What may begin per millisecond. In a large group fan-out is nearly all of the work; spread like this it leaves room for
 * the sends that come meanwhile, and those then go to each member together.
 */
const PER_MS = 32;
const COST_OF_CALL = 4;
const RETRY_BASE_MS = 500;
const RETRY_CAP_MS = 5 * 60_000;
/** How long after a commit the alarm looks whether fan-out came to its end. */
export const CHECK_AFTER_MS = 5_000;

interface Lane {
  readonly user: UserId;
  /** Up to where the member confirmed. */
  handed: number;
  /** Up to where it is confirmed or under way. */
  sent: number;
  /** Deliveries under way. */
  open: number;
  /** The link that those go over; undefined for a call. */
  link: Link | undefined;
  /** One of those under way failed: once all are answered, it goes on from what was confirmed. */
  failed: boolean;
  /** Nothing goes over the link before this time. */
  paced: number;
  attempts: number;
  due: number;
}

export interface FanOutPorts {
  readonly core: Core;
  readonly reader: Reader;
  /** Delivers by a call. */
  readonly deliver: (user: UserId, delivery: Delivery) => Promise<void>;
  readonly links: { get(user: UserId): Link | undefined; called(user: UserId): void };
  readonly later: (callback: () => void, ms: number) => void;
  /** Makes sure that the object wakes at `at` or earlier. */
  readonly wakeAt: (at: number) => void;
}

export class FanOut {
  readonly #ports: FanOutPorts;
  readonly #lanes = new Map<UserId, Lane>();
  readonly #waiting = new Set<Lane>();
  #inFlight = 0;
  /** What was begun in the millisecond `#at`, in units of a delivery over a link. */
  #begun = 0;
  #at = 0;
  /** When {@link FanOut.#drain} runs next; Infinity where nothing waits for a time. */
  #drainAt = Infinity;
  #start: number;
  /** The last delivery that went over a link, as it went: in a group the same goes to all. */
  #encoded: { batch: NotedBatch; joinedAfter: number; changed: boolean; member: boolean; text: string } | undefined;
  /** Fixed when the instance started: where fan-out must begin again if an alarm was armed by an earlier one. */
  readonly #fannedAtStart: number;
  readonly #headAtStart: number;
  /** How long members take to answer. */
  readonly load: Load;

  /**
   * @param unfinished whether an earlier instance left an alarm armed, so that its fan-out may be incomplete
   */
  constructor(ports: FanOutPorts, unfinished: boolean) {
    this.#ports = ports;
    const { log } = ports.core;
    this.#fannedAtStart = log.fanned;
    this.#headAtStart = log.head;
    this.load = new Load(ports.core.clock);
    this.#start = unfinished ? log.fanned : log.head;
    const lagging = ports.core.sql.exec<{ user: string; handed: number; attempts: number; due: number }>(
      "SELECT user, handed, attempts, due FROM lagging",
    );
    for (const row of lagging.toArray()) {
      const lane = newLane(row.user as UserId, row.handed);
      this.#lanes.set(lane.user, { ...lane, attempts: row.attempts, due: row.due });
    }
  }

  /** Whether an earlier instance's fan-out may have been cut short. */
  get resumed(): boolean {
    return this.#fannedAtStart < this.#headAtStart;
  }

  /** How far everybody was handed the log, but for those who lag: what an appended entry records. */
  fanned(): number {
    let least = this.#ports.core.log.head;
    for (const member of this.#ports.core.members.all()) {
      const lane = this.#lane(member);
      if (lane.attempts === 0 && lane.handed < this.#end(member)) least = Math.min(least, lane.handed);
    }
    return least;
  }

  /** Starts what is to be done; waits for nothing. Called after every commit that members should hear of. */
  kick(): void {
    const now = this.#ports.core.clock();
    let pending = false;
    for (const member of this.#ports.core.members.all()) {
      const lane = this.#lane(member);
      if (lane.handed >= this.#end(member)) continue;
      pending = true;
      if (lane.sent < this.#end(member) && this.#free(lane)) this.#waiting.add(lane);
    }
    if (pending) this.#ports.wakeAt(now + CHECK_AFTER_MS);
    this.#drain();
  }

  /**
   * What the sender's own User object is to be handed, for the reply of its append: saves the call to it. Null where
   * the sender is behind for another reason; fan-out then brings it.
   *
   * @param via the link that the reply goes over, behind all that was sent over it; undefined for a call
   */
  inReply(member: MemberState, before: number, via: Link | undefined): NotedBatch | null {
    const lane = this.#lane(member);
    const inOrder = lane.open === 0 || (via !== undefined && lane.link === via);
    if (lane.sent !== before || !inOrder || lane.failed || lane.attempts > 0) return null;
    const now = this.#ports.core.clock();
    if (via !== undefined && lane.paced > now) return null;
    const batch = this.#ports.reader.batch(member, lane.sent, BATCH);
    if (batch.to < this.#end(member)) return null;
    lane.sent = batch.to;
    lane.paced = now + this.#paceMs;
    if (lane.open === 0) lane.handed = batch.to;
    return batch;
  }

  /** A member is to be told that the conversation exists, though its log is empty. */
  announce(user: UserId): void {
    this.#lanes.set(user, newLane(user, -1));
  }

  /**
   * The alarm: starts again what was left behind. @returns when to look again, or null where all is handed
   * @param inherited whether an earlier instance armed it, whose fan-out may have been cut short
   */
  onAlarm(inherited: boolean): number | null {
    if (inherited) {
      this.#start = Math.min(this.#start, this.#fannedAtStart);
      for (const lane of this.#lanes.values()) {
        if (lane.attempts > 0 || lane.open > 0) continue;
        lane.handed = Math.min(lane.handed, this.#fannedAtStart);
        lane.sent = lane.handed;
      }
    }
    this.kick();
    return this.nextDue();
  }

  /** When the next check is due; null where everybody has everything. */
  nextDue(): number | null {
    const now = this.#ports.core.clock();
    let due: number | null = null;
    for (const member of this.#ports.core.members.all()) {
      const lane = this.#lane(member);
      if (lane.handed >= this.#end(member)) continue;
      const at = Math.max(lane.due, now + CHECK_AFTER_MS);
      due = due === null ? at : Math.min(due, at);
    }
    return due;
  }

  /** Entries not yet handed to a member, and members that cannot be reached: for metrics. */
  backlog(): { members: number; lagging: number } {
    let members = 0;
    let lagging = 0;
    for (const member of this.#ports.core.members.all()) {
      const lane = this.#lane(member);
      if (lane.handed < this.#end(member)) members++;
      if (lane.attempts > 0) lagging++;
    }
    return { members, lagging };
  }

  #lane(member: MemberState): Lane {
    let lane = this.#lanes.get(member.user);
    if (lane === undefined) {
      const handed = this.#start < 0 ? -1 : Math.max(this.#start, joinedAfter(member.windows));
      lane = newLane(member.user, handed);
      this.#lanes.set(member.user, lane);
    }
    return lane;
  }

  #end(member: MemberState): number {
    return visibleEnd(member.windows, this.#ports.core.log.head);
  }

  /** Begins deliveries, the longest-waiting members first, as many as may be begun now. */
  #drain(): void {
    const now = this.#ports.core.clock();
    if (now !== this.#at) {
      this.#at = now;
      this.#begun = 0;
    }
    let next = Infinity;
    for (const lane of this.#waiting) {
      const link = this.#ports.links.get(lane.user);
      if (link !== undefined && lane.paced > now) {
        next = Math.min(next, lane.paced);
        continue;
      }
      if (this.#inFlight >= MAX_IN_FLIGHT) break;
      if (this.#begun >= PER_MS) {
        next = now + 1;
        break;
      }
      this.#waiting.delete(lane);
      this.#begun += link === undefined ? COST_OF_CALL : 1;
      void this.#hand(lane, link, now);
    }
    this.#drainLater(next, now);
  }

  #drainLater(at: number, now: number): void {
    if (at >= this.#drainAt) return;
    this.#drainAt = at;
    this.#ports.later(() => {
      // An earlier one was asked for meanwhile: it sees to what is left.
      if (this.#drainAt !== at) return;
      this.#drainAt = Infinity;
      this.#drain();
    }, at - now);
  }

  /** Whether a delivery may begin: one after the other by calls, a few at a time over a link. */
  #free(lane: Lane): boolean {
    if (lane.failed || lane.due > this.#ports.core.clock()) return false;
    if (lane.open === 0) return true;
    return lane.link?.open === true && lane.open < WINDOW;
  }

  /** Hands a member what it was not handed yet, at once; what remains then waits for its next turn. */
  async #hand(lane: Lane, link: Link | undefined, now: number): Promise<void> {
    const member = this.#next(lane);
    if (member === undefined || !this.#free(lane)) return;
    const batch = this.#ports.reader.batch(member, Math.max(lane.sent, 0), BATCH);
    // A blocked peer's entries leave nothing to tell: the blocker is not even woken [V3].
    const silent = batch.count === 0 && covers(member.blocks, batch.to);
    const delivery = this.#delivery(member, batch, lane.sent < 0);
    lane.sent = Math.max(batch.to, 0);
    // A link that was opened meanwhile waits until the call has its answer: one must not overtake the other.
    if (lane.open === 0) lane.link = link;
    if (lane.link !== undefined) lane.paced = now + this.#paceMs;
    lane.open++;
    this.#inFlight++;
    try {
      if (!silent) await this.#deliver(lane, delivery, batch);
      // Answers come in order: everything before this one is confirmed too, unless one of them failed.
      if (!lane.failed && (!silent || lane.open === 1)) lane.handed = Math.max(batch.to, 0);
      if (!lane.failed && lane.attempts > 0) this.#recovered(lane);
    } catch (error) {
      if (!(error instanceof LinkBroken) && !lane.failed) this.#failed(lane, error);
      lane.failed = true;
    } finally {
      lane.open--;
      this.#inFlight--;
      if (lane.open === 0) settle(lane);
      if (this.#next(lane) !== undefined && this.#free(lane)) this.#waiting.add(lane);
      this.#drain();
    }
  }

  async #deliver(lane: Lane, delivery: Delivery, batch: NotedBatch): Promise<void> {
    const { core, deliver, links } = this.#ports;
    const started = core.clock();
    let keptMs = 0;
    if (lane.link !== undefined) ({ keptMs } = await lane.link.request(this.#encode(delivery, batch)));
    else {
      links.called(lane.user);
      await deliver(lane.user, delivery);
    }
    const took = Math.max(0, core.clock() - started - keptMs);
    this.load.answered(took);
    metrics.observe("fanout_call_seconds", took, {});
  }

  #encode(delivery: Delivery, batch: NotedBatch): string {
    const { joinedAfter, changed, member } = delivery;
    const last = this.#encoded;
    if (
      last?.batch === batch &&
      last.joinedAfter === joinedAfter &&
      last.changed === changed &&
      last.member === member
    ) {
      return last.text;
    }
    const text = encodeDelivery(delivery);
    this.#encoded = { batch, joinedAfter, changed, member, text };
    return text;
  }

  #next(lane: Lane): MemberState | undefined {
    const member = this.#ports.core.members.get(lane.user);
    return member !== undefined && lane.sent < this.#end(member) ? member : undefined;
  }

  get #paceMs(): number {
    return Math.min(SLOWEST_PACE_MS, Math.max(PACE_MS, PACE_FACTOR * this.load.lagMs));
  }

  #delivery(member: MemberState, batch: NotedBatch, announced: boolean): Delivery {
    const kinds: readonly string[] = MEMBER_KINDS;
    return {
      ...batch,
      conversation: this.#ports.core.info.id,
      joinedAfter: joinedAfter(member.windows),
      changed: announced || batch.notes.some(({ kind }) => !kinds.includes(kind)),
      member: member.role !== null || batch.to < this.#end(member),
    };
  }

  #failed(lane: Lane, error: unknown): void {
    const { core, wakeAt } = this.#ports;
    lane.attempts++;
    metrics.count("retries", { what: "fanout" });
    metrics.count("errors", { where: "fanout", code: codeOf(error) });
    warn("fanout_retry", {
      conversation: core.info.id,
      user: lane.user,
      attempts: lane.attempts,
      code: codeOf(error),
    });
    const ceiling = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(lane.attempts, 16));
    lane.due = core.clock() + ceiling / 2 + Math.random() * (ceiling / 2);
    core.sql.exec(
      `INSERT INTO lagging (user, handed, attempts, due) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET handed = excluded.handed, attempts = excluded.attempts, due = excluded.due`,
      lane.user,
      lane.handed,
      lane.attempts,
      lane.due,
    );
    wakeAt(lane.due);
  }

  #recovered(lane: Lane): void {
    lane.attempts = 0;
    lane.due = 0;
    this.#ports.core.sql.exec("DELETE FROM lagging WHERE user = ?", lane.user);
  }
}

function newLane(user: UserId, handed: number): Lane {
  return { user, handed, sent: handed, open: 0, link: undefined, failed: false, paced: 0, attempts: 0, due: 0 };
}

/** Nothing of a lane is under way any more: what was sent is confirmed, or else it is to be sent again. */
function settle(lane: Lane): void {
  if (lane.failed) lane.sent = lane.handed;
  else lane.handed = lane.sent;
  lane.failed = false;
  lane.link = undefined;
}
