/**
 * Who is typing: best effort, never stored, and the first thing dropped [P3].
 */
import type { UserId } from "../../protocol/index.ts";
import { metrics } from "../shared/metrics.ts";
import type { Core } from "./core.ts";
import type { MemberState } from "./members.ts";

/** Above this size nobody is told: in a crowd somebody always types. */
const MAX_MEMBERS = 256;
/** The same state of the same user is passed on at most this often. */
const INTERVAL_MS = 1_000;

export class Typing {
  readonly #core: Core;
  readonly #tell: (to: UserId, from: UserId, active: boolean) => Promise<void>;
  readonly #busy: () => boolean;
  readonly #told = new Map<UserId, { active: boolean; at: number }>();

  /** @param busy whether members are slow to take what they must have: then they get nothing that they could do without */
  constructor(
    core: Core,
    tell: (to: UserId, from: UserId, active: boolean) => Promise<void>,
    busy: () => boolean = () => false,
  ) {
    this.#core = core;
    this.#busy = busy;
    this.#tell = tell;
  }

  tell(member: MemberState, active: boolean): void {
    if (this.#core.members.count > MAX_MEMBERS) return;
    const now = this.#core.clock();
    const last = this.#told.get(member.user);
    if (last !== undefined && last.active === active && now - last.at < INTERVAL_MS) return;
    if (this.#told.size > MAX_MEMBERS) this.#told.clear();
    this.#told.set(member.user, { active, at: now });
    if (this.#busy()) {
      metrics.count("shed", { what: "typing" });
      return;
    }
    for (const other of this.#core.members.active()) {
      const blocks = other.blocks.some(([, to]) => to === null);
      if (other.user === member.user || blocks) continue;
      // A member whose object cannot be reached misses a notice that would have expired in seconds.
      this.#tell(other.user, member.user, active).catch(() => undefined);
    }
  }
}
