/**
 * From the log to the members' User objects: at least once, in order, one call in flight per member, and a failing
 * member delays nobody [D6].
 *
 * What survives a crash: every entry carries how far fan-out had come when it was appended, and an alarm is armed from
 * the first commit until everybody was handed everything. An instance that starts without an armed alarm knows that all
 * was handed; one that starts with it begins again where the newest entry says. Members that could not be reached have a
 * row of their own, so that they hold nobody else back.
 */
import { codeOf, MEMBER_KINDS, type UserId } from "../../protocol/index.ts";
import type { Delivery, NotedBatch } from "../rpc/user.ts";
import { Load } from "../shared/load.ts";
import { warn } from "../shared/log.ts";
import { metrics } from "../shared/metrics.ts";
import type { Core } from "./core.ts";
import type { MemberState } from "./members.ts";
import type { Reader } from "./reader.ts";
import { covers, joinedAfter, visibleEnd } from "./visibility.ts";

/** Entries in one call. */
const BATCH = 256;
/** Calls under way at once, over all members; the rest waits its turn. */
const MAX_IN_FLIGHT = 128;
/**
 * Calls begun per millisecond. In a large group fan-out is nearly all of the work; spread like this it leaves room for the
 * sends that come meanwhile, and those then go to each member together.
 */
const PER_MS = 8;
const RETRY_BASE_MS = 500;
const RETRY_CAP_MS = 5 * 60_000;
/** How long after a commit the alarm looks whether fan-out came to its end. */
export const CHECK_AFTER_MS = 5_000;

interface Lane {
  readonly user: UserId;
  handed: number;
  inFlight: boolean;
  attempts: number;
  due: number;
}

export interface FanOutPorts {
  readonly core: Core;
  readonly reader: Reader;
  readonly deliver: (user: UserId, delivery: Delivery) => Promise<void>;
  readonly later: (callback: () => void, ms: number) => void;
  /** Makes sure that the object wakes at `at` or earlier. */
  readonly wakeAt: (at: number) => void;
}

export class FanOut {
  readonly #ports: FanOutPorts;
  readonly #lanes = new Map<UserId, Lane>();
  readonly #waiting = new Set<Lane>();
  #inFlight = 0;
  /** Calls begun in the millisecond `#at`. */
  #begun = 0;
  #at = 0;
  #paused = false;
  #start: number;
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
      this.#lanes.set(row.user as UserId, { ...row, user: row.user as UserId, inFlight: false });
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
      if (!lane.inFlight && lane.due <= now) this.#waiting.add(lane);
    }
    if (pending) this.#ports.wakeAt(now + CHECK_AFTER_MS);
    this.#drain();
  }

  /**
   * What the sender's own User object is to be handed, for the reply of its append: saves the call to it. Null where
   * the sender is behind for another reason; fan-out then brings it.
   */
  inReply(member: MemberState, before: number): NotedBatch | null {
    const lane = this.#lane(member);
    if (lane.handed !== before || lane.inFlight || lane.attempts > 0) return null;
    const batch = this.#ports.reader.batch(member, lane.handed, BATCH);
    if (batch.to < this.#end(member)) return null;
    lane.handed = batch.to;
    return batch;
  }

  /** A member is to be told that the conversation exists, though its log is empty. */
  announce(user: UserId): void {
    this.#lanes.set(user, { user, handed: -1, inFlight: false, attempts: 0, due: 0 });
  }

  /**
   * The alarm: starts again what was left behind. @returns when to look again, or null where all is handed
   * @param inherited whether an earlier instance armed it, whose fan-out may have been cut short
   */
  onAlarm(inherited: boolean): number | null {
    if (inherited) {
      this.#start = Math.min(this.#start, this.#fannedAtStart);
      for (const lane of this.#lanes.values()) {
        if (lane.attempts === 0 && !lane.inFlight) lane.handed = Math.min(lane.handed, this.#fannedAtStart);
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
      lane = { user: member.user, handed, inFlight: false, attempts: 0, due: 0 };
      this.#lanes.set(member.user, lane);
    }
    return lane;
  }

  #end(member: MemberState): number {
    return visibleEnd(member.windows, this.#ports.core.log.head);
  }

  /** Begins calls, the longest-waiting members first, as many as may be begun now. */
  #drain(): void {
    const now = this.#ports.core.clock();
    if (now !== this.#at) {
      this.#at = now;
      this.#begun = 0;
    }
    for (const lane of this.#waiting) {
      if (this.#inFlight >= MAX_IN_FLIGHT) return;
      if (this.#begun >= PER_MS) return this.#drainLater();
      this.#waiting.delete(lane);
      this.#begun++;
      void this.#hand(lane);
    }
  }

  #drainLater(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#ports.later(() => {
      this.#paused = false;
      this.#drain();
    }, 1);
  }

  /** Hands a member what it was not handed yet, in one call; what remains then waits for its next turn. */
  async #hand(lane: Lane): Promise<void> {
    const member = this.#next(lane);
    if (lane.inFlight || member === undefined) return;
    lane.inFlight = true;
    this.#inFlight++;
    try {
      const batch = this.#ports.reader.batch(member, Math.max(lane.handed, 0), BATCH);
      // A blocked peer's entries leave nothing to tell: the blocker is not even woken [V3].
      const silent = batch.count === 0 && covers(member.blocks, batch.to);
      if (!silent) await this.#deliver(lane, this.#delivery(member, batch, lane.handed < 0));
      lane.handed = Math.max(batch.to, lane.handed < 0 ? 0 : lane.handed);
      if (lane.attempts > 0) this.#recovered(lane);
      if (this.#next(lane) !== undefined) this.#waiting.add(lane);
    } catch (error) {
      this.#failed(lane, error);
    } finally {
      lane.inFlight = false;
      this.#inFlight--;
      this.#drain();
    }
  }

  async #deliver(lane: Lane, delivery: Delivery): Promise<void> {
    const started = this.#ports.core.clock();
    await this.#ports.deliver(lane.user, delivery);
    const took = this.#ports.core.clock() - started;
    this.load.answered(took);
    metrics.observe("fanout_call_seconds", took, {});
  }

  #next(lane: Lane): MemberState | undefined {
    const member = this.#ports.core.members.get(lane.user);
    return member !== undefined && lane.handed < this.#end(member) ? member : undefined;
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
