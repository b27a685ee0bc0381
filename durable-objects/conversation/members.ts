/**
 * Members of one conversation: roles, windows, watermarks. Held in memory as a whole (at most a group's size plus those
 * who left) and written through.
 */
import type { DeviceId, Role, UserId } from "../../protocol/index.ts";
import type { Sql } from "../shared/sql.ts";
import { closeWindow, openWindow, type Visibility, type Window } from "./visibility.ts";

export interface MemberState extends Visibility {
  readonly user: UserId;
  /** Order of joining: the smaller, the longer-standing. */
  readonly position: number;
  /** Null for somebody who left. */
  readonly role: Role | null;
  readonly delivered: number;
  readonly deliveredBy: DeviceId | null;
  readonly read: number;
}

interface MemberRow extends Record<string, SqlStorageValue> {
  user: string;
  position: number;
  role: string | null;
  windows: string;
  blocks: string;
  delivered: number;
  delivered_by: string | null;
  read: number;
}

export class Members {
  readonly #sql: Sql;
  readonly #all = new Map<UserId, MemberState>();
  #count = 0;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.reload();
  }

  /** Reads everything again: after a transaction that was undone. */
  reload(): void {
    this.#all.clear();
    for (const row of this.#sql.exec<MemberRow>("SELECT * FROM members").toArray()) {
      this.#all.set(row.user as UserId, {
        user: row.user as UserId,
        position: row.position,
        role: row.role as Role | null,
        windows: JSON.parse(row.windows) as Window[],
        blocks: JSON.parse(row.blocks) as Window[],
        delivered: row.delivered,
        deliveredBy: row.delivered_by as DeviceId | null,
        read: row.read,
      });
    }
    this.#count = this.active().length;
  }

  get count(): number {
    return this.#count;
  }

  /** Somebody who is or was a member. */
  get(user: UserId): MemberState | undefined {
    return this.#all.get(user);
  }

  /** Everybody who is or was a member. */
  all(): IterableIterator<MemberState> {
    return this.#all.values();
  }

  /** Members now, longest-standing first. */
  active(): MemberState[] {
    return [...this.#all.values()].filter(({ role }) => role !== null).toSorted((a, b) => a.position - b.position);
  }

  /** Opens a window at `from`, the seq of the joining entry [V2]. */
  join(user: UserId, role: Role, from: number): MemberState {
    const before = this.#all.get(user);
    const position = Math.max(0, ...[...this.#all.values()].map((member) => member.position)) + 1;
    return this.#write({
      user,
      position,
      role,
      windows: openWindow(before?.windows ?? [], from),
      blocks: before?.blocks ?? [],
      delivered: before?.delivered ?? from - 1,
      deliveredBy: before?.deliveredBy ?? null,
      read: before?.read ?? from - 1,
    });
  }

  /** Closes the window at `to`, the seq of the leaving entry. */
  leave(member: MemberState, to: number): MemberState {
    return this.#write({ ...member, role: null, windows: closeWindow(member.windows, to) });
  }

  setRole(member: MemberState, role: Role): MemberState {
    return this.#write({ ...member, role });
  }

  setBlocks(member: MemberState, blocks: readonly Window[]): MemberState {
    return this.#write({ ...member, blocks });
  }

  /** [R1] one row written. */
  setMarks(member: MemberState, delivered: number, deliveredBy: DeviceId | null, read: number): MemberState {
    const next = { ...member, delivered, deliveredBy, read };
    this.#sql.exec(
      "UPDATE members SET delivered = ?, delivered_by = ?, read = ? WHERE user = ?",
      delivered,
      deliveredBy,
      read,
      member.user,
    );
    this.#all.set(member.user, next);
    return next;
  }

  #write(member: MemberState): MemberState {
    this.#sql.exec(
      `INSERT INTO members (user, position, role, windows, blocks, delivered, delivered_by, read)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (user) DO UPDATE SET position = excluded.position, role = excluded.role,
         windows = excluded.windows, blocks = excluded.blocks`,
      member.user,
      member.position,
      member.role,
      JSON.stringify(member.windows),
      JSON.stringify(member.blocks),
      member.delivered,
      member.deliveredBy,
      member.read,
    );
    const was = this.#all.get(member.user)?.role ?? null;
    this.#count += Number(member.role !== null) - Number(was !== null);
    this.#all.set(member.user, member);
    return member;
  }
}
