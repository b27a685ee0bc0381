/**
 * [E6] how many messages a member has not read: computed from the log. What was counted once is kept in memory with the
 * place it was counted to, so that a busy conversation reads only the rows that came since.
 */
import type { UserId } from "../../protocol/index.ts";
import type { Core } from "./core.ts";
import type { MemberState } from "./members.ts";
import { within, type Window } from "./visibility.ts";

interface Counted {
  readonly after: number;
  readonly to: number;
  readonly count: number;
}

export class Unread {
  readonly #core: Core;
  readonly #counted = new Map<UserId, Counted>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** Something was erased, hidden or expired: what was counted no longer holds. */
  forget(user?: UserId): void {
    if (user === undefined) this.#counted.clear();
    else this.#counted.delete(user);
  }

  of(member: MemberState): number {
    const { head } = this.#core.log;
    const known = this.#counted.get(member.user);
    const after = member.read;
    const usable = known !== undefined && known.after === after && known.to <= head;
    const from = usable ? known.to : after;
    const count = (usable ? known.count : 0) + this.#count(member, from, head);
    this.#counted.set(member.user, { after, to: head, count });
    return count;
  }

  #count(member: MemberState, after: number, to: number): number {
    let count = 0;
    for (const part of within(member.windows, after, to)) {
      for (const [from, end] of outside(member.blocks, part)) {
        count += this.#core.sql
          .exec<{ n: number }>(
            `SELECT count(*) AS n FROM entries WHERE seq BETWEEN ?1 AND ?2 AND kind IN ('message', 'sealed')
               AND sender <> ?3 AND body IS NOT NULL
               AND seq NOT IN (SELECT seq FROM hidden WHERE user = ?3 AND seq BETWEEN ?1 AND ?2)`,
            from,
            end,
            member.user,
          )
          .one().n;
      }
    }
    return count;
  }
}

/** What is left of an inclusive stretch when the windows are taken out of it. */
export function outside(windows: readonly Window[], [from, to]: readonly [number, number]): [number, number][] {
  const left: [number, number][] = [];
  let low = from;
  for (const [start, end] of windows) {
    if (start > to || (end !== null && end < low)) continue;
    if (start > low) left.push([low, start - 1]);
    low = end === null ? to + 1 : end + 1;
  }
  if (low <= to) left.push([low, to]);
  return left;
}
