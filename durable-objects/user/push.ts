/**
 * Who is pushed to, and when [N1, N2]: decided here, for this object alone knows what each device has acknowledged.
 *
 * One row per device and conversation, and only for devices that are registered: a user without pushes costs nothing. A
 * row is at rest (`due` is NULL), waits for the device to acknowledge (no `ticket`), or has a job in the queue (`ticket`
 * names it). So there is at most one push on its way per device and conversation, however much comes; the job asks again
 * when it is about to be sent, and then covers everything up to that moment. The alarm looks at what is due; a job that
 * was lost with its queue is due again when its lease ends.
 */
import {
  isCountable,
  PUSH_AFTER_MS,
  PUSH_TTL_MS,
  type ConversationId,
  type DeviceId,
  type EntryKind,
  type PushTarget,
} from "../../protocol/index.ts";
import type { PushJob, PushOutcome } from "../rpc/push.ts";
import type { EntryNote } from "../rpc/user.ts";
import type { Core } from "./core.ts";
import type { Inbox } from "./inbox.ts";

/** How long a job may go without a sign of life. */
export const LEASE_MS = 60_000;
/** Jobs that were lost, one after the other, before it is left at that. */
const MAX_LOST = 10;
/** Jobs handed to the queue at once: what it takes in one call. */
const BATCH = 100;
const QUEUE_RETRY_MS = 5_000;
const QUEUE_TIMEOUT_MS = 10_000;
/** Conversations whose newest entry is remembered. */
const REMEMBERED = 1_024;

export interface PushRow extends Record<string, SqlStorageValue> {
  device: string;
  conversation: string;
  pushed: number;
  first: number;
  since: number;
  mention: number;
  due: number | null;
  ticket: string | null;
  covered: number;
  again: number;
  lost: number;
}

export interface PushPorts {
  readonly core: Core;
  readonly inbox: Inbox;
  /** Up to where a device has acknowledged a conversation. */
  readonly acked: (device: DeviceId, conversation: ConversationId) => number;
  readonly enqueue: (jobs: readonly PushJob[]) => Promise<void>;
}

export class Pushes {
  readonly #ports: PushPorts;
  readonly #targets: Map<DeviceId, PushTarget>;
  /** The newest entry that is worth a push, per conversation; where it was forgotten, the head is taken for it. */
  readonly #newest = new Map<ConversationId, { readonly seq: number; readonly at: number }>();

  constructor(ports: PushPorts) {
    this.#ports = ports;
    const rows = ports.core.sql
      .exec<{ device: string; target: string }>("SELECT device, target FROM push_targets")
      .toArray();
    this.#targets = new Map(rows.map(({ device, target }) => [device as DeviceId, JSON.parse(target) as PushTarget]));
  }

  target(device: DeviceId): PushTarget | undefined {
    return this.#targets.get(device);
  }

  /** Registers a device. An address belongs to the device that named it last: a browser that signs in anew has one. */
  register(device: DeviceId, target: PushTarget): void {
    const { core } = this.#ports;
    const text = JSON.stringify(target);
    core.transact(() => {
      for (const [other, known] of this.#targets) {
        if (other !== device && addressOf(known) === addressOf(target)) this.forget(other);
      }
      core.sql.exec(
        "INSERT INTO push_targets (device, target) VALUES (?, ?) ON CONFLICT DO UPDATE SET target = excluded.target",
        device,
        text,
      );
      // What is on its way to an older address goes to this one instead.
      core.sql.exec(
        "UPDATE pushes SET ticket = NULL, due = ? WHERE device = ? AND ticket IS NOT NULL",
        core.clock(),
        device,
      );
    });
    this.#targets.set(device, target);
    this.#wake();
  }

  /** A device that is not pushed to any more. */
  forget(device: DeviceId): void {
    const { sql } = this.#ports.core;
    if (!this.#targets.delete(device)) return;
    sql.exec("DELETE FROM push_targets WHERE device = ?", device);
    sql.exec("DELETE FROM pushes WHERE device = ?", device);
  }

  /** Entries were delivered to this object. No row is read or written for a user without registered devices. */
  noted(conversation: ConversationId, notes: readonly EntryNote[]): void {
    if (this.#targets.size === 0) return;
    const { core } = this.#ports;
    const me = core.id;
    const muted = this.#isMuted(conversation);
    const worth = notes.filter(
      ({ sender, kind, mentions }) =>
        sender !== me && isCountable(kind as EntryKind) && (!muted || mentions.includes(me)),
    );
    const [oldest, newest] = [worth[0], worth.at(-1)];
    if (oldest === undefined || newest === undefined) return;
    const mention = worth.some(({ mentions }) => mentions.includes(me));
    if (this.#newest.size >= REMEMBERED) this.#newest.clear();
    this.#newest.set(conversation, { seq: newest.seq, at: core.clock() });
    for (const device of this.#targets.keys()) this.#note(device, conversation, oldest.seq, newest.seq, mention);
  }

  #note(device: DeviceId, conversation: ConversationId, first: number, newest: number, mention: boolean): void {
    const { core, acked } = this.#ports;
    if (acked(device, conversation) >= newest) return;
    const row = this.row(device, conversation);
    if (row !== undefined && row.due !== null) {
      // It waits already; only what a job does not cover yet, or a mention, is news.
      const again = Number(row.again === 1 || row.ticket !== null);
      const mentioned = Number(row.mention === 1 || mention);
      if (again !== row.again || mentioned !== row.mention) {
        core.sql.exec(
          "UPDATE pushes SET again = ?, mention = ? WHERE device = ? AND conversation = ?",
          again,
          mentioned,
          device,
          conversation,
        );
      }
      return;
    }
    // Deliveries may repeat; pushes do not.
    if (row !== undefined && row.pushed >= newest) return;
    const now = core.clock();
    core.sql.exec(
      `INSERT INTO pushes (device, conversation, pushed, first, since, mention, due, ticket, covered, again, lost)
       VALUES (?, ?, 0, ?, ?, ?, ?, NULL, 0, 0, 0)
       ON CONFLICT DO UPDATE SET first = excluded.first, since = excluded.since, mention = excluded.mention,
         due = excluded.due, ticket = NULL, again = 0, lost = 0`,
      device,
      conversation,
      first,
      now,
      Number(mention),
      now + PUSH_AFTER_MS,
    );
    core.wakeAt(now + PUSH_AFTER_MS);
  }

  /** [N1] the user has read up to `seq` somewhere: what waits for that needs no push. */
  read(conversation: ConversationId, seq: number): void {
    if (this.#targets.size === 0) return;
    for (const device of this.#targets.keys()) {
      const row = this.row(device, conversation);
      if (row === undefined || row.ticket !== null || this.newest(row) > seq) continue;
      this.#ports.core.sql.exec("DELETE FROM pushes WHERE device = ? AND conversation = ?", device, conversation);
    }
  }

  /** The alarm: hands what is due to the queue. @returns when to look again, or null where nothing waits */
  async run(): Promise<number | null> {
    if (this.#targets.size === 0) return null;
    const { core, enqueue } = this.#ports;
    const now = core.clock();
    const due = core.sql
      .exec<PushRow>("SELECT * FROM pushes WHERE due <= ? ORDER BY due LIMIT ?", now, BATCH)
      .toArray();
    const jobs = due.flatMap((row) => this.#job(row, now) ?? []);
    if (jobs.length > 0) {
      try {
        await withTimeout(enqueue(jobs), QUEUE_TIMEOUT_MS);
      } catch {
        for (const { device, conversation, ticket } of jobs) {
          core.sql.exec(
            "UPDATE pushes SET ticket = NULL, due = ?, lost = lost - 1 WHERE device = ? AND conversation = ? AND ticket = ?",
            core.clock() + QUEUE_RETRY_MS,
            device,
            conversation,
            ticket,
          );
        }
      }
    }
    return this.#nextDue();
  }

  /** Makes a job of a row that is due, in the row first: a crash before it is queued only makes it due again. */
  #job(row: PushRow, now: number): PushJob | undefined {
    const { core, acked } = this.#ports;
    const device = row.device as DeviceId;
    const conversation = row.conversation as ConversationId;
    const kind = this.#targets.get(device)?.kind;
    if (kind === undefined || this.isOver(row, now)) {
      this.rest(row);
      return undefined;
    }
    const newest = this.#newest.get(conversation);
    const held = acked(device, conversation);
    if (held >= row.first && newest !== undefined && newest.at + PUSH_AFTER_MS > now) {
      // What it waited for was acknowledged; what came since still has time.
      core.sql.exec(
        "UPDATE pushes SET first = ?, since = ?, due = ?, ticket = NULL WHERE device = ? AND conversation = ?",
        held + 1,
        newest.at,
        newest.at + PUSH_AFTER_MS,
        device,
        conversation,
      );
      return undefined;
    }
    const ticket = crypto.randomUUID();
    core.sql.exec(
      "UPDATE pushes SET ticket = ?, due = ?, covered = ?, again = 0, lost = lost + 1 WHERE device = ? AND conversation = ?",
      ticket,
      now + LEASE_MS,
      this.newest(row),
      device,
      conversation,
    );
    return { v: 1, user: core.id, device, conversation, kind, ticket };
  }

  /** Whether nothing is left to push: acknowledged [N1], too old [N2], muted since, left, or lost too often. */
  isOver(row: PushRow, now: number): boolean {
    const { acked, inbox } = this.#ports;
    const conversation = row.conversation as ConversationId;
    return (
      acked(row.device as DeviceId, conversation) >= this.newest(row) ||
      row.since + PUSH_TTL_MS <= now ||
      row.lost > MAX_LOST ||
      (row.mention === 0 && this.#isMuted(conversation)) ||
      inbox.get(conversation)?.gone === true
    );
  }

  /** Seq of the newest entry that is worth a push, as far as this object knows. */
  newest({ conversation, first }: PushRow): number {
    const id = conversation as ConversationId;
    return this.#newest.get(id)?.seq ?? Math.max(first, this.#ports.inbox.get(id)?.head ?? 0);
  }

  row(device: DeviceId, conversation: ConversationId): PushRow | undefined {
    return this.#ports.core.sql
      .exec<PushRow>("SELECT * FROM pushes WHERE device = ? AND conversation = ?", device, conversation)
      .toArray()[0];
  }

  /** The row of a job that is not out of date. */
  rowOf({ device, conversation, ticket }: PushJob): PushRow | undefined {
    const row = this.row(device, conversation);
    return row?.ticket === ticket ? row : undefined;
  }

  /** Nothing waits any more. */
  rest({ device, conversation }: PushRow): void {
    this.#ports.core.sql.exec(
      "UPDATE pushes SET due = NULL, ticket = NULL, again = 0, lost = 0 WHERE device = ? AND conversation = ?",
      device,
      conversation,
    );
  }

  /** A job is about to be sent: it covers everything up to `covered`. */
  cover({ device, conversation }: PushRow, covered: number): void {
    const { core } = this.#ports;
    core.sql.exec(
      "UPDATE pushes SET covered = max(covered, ?), again = 0, due = ? WHERE device = ? AND conversation = ?",
      covered,
      core.clock() + LEASE_MS,
      device,
      conversation,
    );
    this.#wake();
  }

  /** How a job went. */
  settle(job: PushJob, outcome: PushOutcome): void {
    const { core } = this.#ports;
    const row = this.rowOf(job);
    if (row === undefined) return;
    const { device, conversation } = job;
    if (outcome.kind === "gone") {
      this.forget(device);
    } else if (outcome.kind === "retry") {
      const due = core.clock() + outcome.delayMs + LEASE_MS;
      core.sql.exec("UPDATE pushes SET due = ? WHERE device = ? AND conversation = ?", due, device, conversation);
    } else {
      this.rest(row);
      core.sql.exec("UPDATE pushes SET pushed = covered WHERE device = ? AND conversation = ?", device, conversation);
      if (row.again === 1) this.#note(device, conversation, row.covered + 1, this.newest(row), row.mention === 1);
    }
    this.#wake();
  }

  #isMuted(conversation: ConversationId): boolean {
    const { core, inbox } = this.#ports;
    return (inbox.get(conversation)?.mutedUntil ?? 0) > core.clock();
  }

  #nextDue(): number | null {
    return this.#ports.core.sql
      .exec<{ due: number | null }>("SELECT min(due) AS due FROM pushes WHERE due IS NOT NULL")
      .one().due;
  }

  #wake(): void {
    const due = this.#nextDue();
    if (due !== null) this.#ports.core.wakeAt(due);
  }
}

/** Where a target leads, whatever else it says. */
function addressOf(target: PushTarget): string {
  return target.kind === "webpush" ? target.endpoint : `${target.kind} ${target.token}`;
}

/** The queue must not keep the alarm from everything else it has to do. */
async function withTimeout(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("the queue did not answer")), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
