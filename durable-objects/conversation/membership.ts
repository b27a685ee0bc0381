/**
 * Who belongs to a conversation and in which role [V1, V2, V4]: decided here and nowhere else. Everything that members
 * can see of a change is an entry [E2], appended in the transaction that makes the change.
 */
import {
  MeridianError,
  type ConversationId,
  type Member,
  type MemberList,
  type Role,
  type UpdateConversation,
  type UserId,
} from "../../protocol/index.ts";
import { notFound, type Core } from "./core.ts";
import type { MemberState } from "./members.ts";
import type { Sequencer } from "./sequencer.ts";
import type { Window } from "./visibility.ts";

const BLOCKED = "blocked:";

export class Membership {
  readonly #core: Core;
  readonly #sequencer: Sequencer;

  constructor(core: Core, sequencer: Sequencer) {
    this.#core = core;
    this.#sequencer = sequencer;
  }

  /** @returns false where the direct chat was there already */
  createDirect(id: ConversationId, creator: UserId, peer: UserId): boolean {
    const core = this.#core;
    if (core.exists) return false;
    core.transact(() => {
      core.setInfo({ id, kind: "direct" });
      for (const user of new Set([creator, peer])) {
        const member = core.members.join(user, "member", 1);
        if (core.meta(BLOCKED + user) === "1") core.members.setBlocks(member, [[1, null]]);
      }
    });
    return true;
  }

  createGroup(id: ConversationId, creator: UserId, title: string, members: readonly UserId[]): void {
    const core = this.#core;
    if (core.exists) return;
    const users = [...new Set([creator, ...members])];
    this.#checkSize(users.length);
    core.transact(() => {
      core.setInfo({ id, kind: "group", title });
      const { seq } = this.#sequencer.appendSystem(creator, { kind: "group_created", body: { title, members: users } });
      for (const user of users) core.members.join(user, user === creator ? "admin" : "member", seq);
    });
  }

  update(user: UserId, patch: UpdateConversation): void {
    const core = this.#core;
    const member = core.member(user);
    const { title, avatar, retentionDays } = patch;
    if (core.info.kind === "direct" && (title !== undefined || avatar !== undefined)) {
      throw new MeridianError("forbidden", "A direct chat has no title and no avatar of its own.");
    }
    if (core.info.kind === "group") this.#mustBeAdmin(member);
    const body = {
      ...(title === undefined || title === core.info.title ? {} : { title }),
      ...(avatar === undefined || avatar === core.info.avatar ? {} : { avatar }),
      ...(retentionDays === undefined || retentionDays === core.info.retentionDays ? {} : { retentionDays }),
    };
    if (Object.keys(body).length === 0) return;
    core.transact(() => {
      core.setInfo({ ...core.info, ...body });
      this.#sequencer.appendSystem(user, { kind: "conversation_updated", body });
    });
  }

  list(user: UserId, limit: number, cursor: string | undefined): MemberList {
    this.#core.member(user);
    const after = Number(cursor ?? 0);
    if (!Number.isSafeInteger(after)) throw new MeridianError("invalid_request", "The cursor is none of this list.");
    const rest = this.#core.members.active().filter(({ position }) => position > after);
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    return {
      members: page.map(toMember),
      ...(last !== undefined && rest.length > page.length ? { cursor: String(last.position) } : {}),
    };
  }

  /** Adds a member, or changes the role of one. */
  put(actor: UserId, user: UserId, role: Role | undefined): Member {
    const core = this.#core;
    const acting = core.member(actor);
    this.#mustBeGroup();
    this.#mustBeAdmin(acting);
    const present = core.members.get(user);
    if (present !== undefined && present.role !== null) {
      if (role === undefined || role === present.role) return toMember(present);
      if (role === "member" && this.#admins().length === 1) {
        throw new MeridianError("forbidden", "A group needs an admin: name another one first.");
      }
      return core.transact(() => {
        this.#sequencer.appendSystem(actor, { kind: "member_role", body: { user, role } });
        return toMember(core.members.setRole(present, role));
      });
    }
    this.#checkSize(core.members.count + 1);
    return core.transact(() => {
      const body = { user, role: role ?? "member" };
      const { seq } = this.#sequencer.appendSystem(actor, { kind: "member_added", body });
      return toMember(core.members.join(user, body.role, seq));
    });
  }

  /** Removes a member, or lets the actor leave; the last admin hands the role to the longest-standing member. */
  remove(actor: UserId, user: UserId): void {
    const core = this.#core;
    const acting = core.member(actor);
    this.#mustBeGroup();
    if (actor !== user) this.#mustBeAdmin(acting);
    const member = core.members.get(user);
    if (member === undefined || member.role === null) throw new MeridianError("not_found", "No such member.");
    core.transact(() => {
      const { seq } = this.#sequencer.appendSystem(actor, { kind: "member_removed", body: { user } });
      core.members.leave(member, seq);
      const [heir] = core.members.active();
      if (heir === undefined || this.#admins().length > 0) return;
      this.#sequencer.appendSystem(actor, { kind: "member_role", body: { user: heir.user, role: "admin" } });
      core.members.setRole(heir, "admin");
    });
  }

  /** A user is erased: leaves, whatever the kind. @returns whether nobody is left */
  forget(user: UserId): boolean {
    const core = this.#core;
    const member = core.exists ? core.members.get(user) : undefined;
    if (member !== undefined && member.role !== null) {
      if (core.info.kind === "group") this.remove(user, user);
      else core.transact(() => core.members.leave(member, core.log.head));
    }
    return core.members.count === 0;
  }

  /** [V3] before a direct chat exists, the block waits for it. */
  setBlocked(user: UserId, blocked: boolean): void {
    const core = this.#core;
    core.transact(() => {
      core.setMeta(BLOCKED + user, blocked ? "1" : "0");
      const member = core.exists ? core.members.get(user) : undefined;
      if (member === undefined) return;
      const open = member.blocks.at(-1);
      const isOpen = open !== undefined && open[1] === null;
      if (blocked === isOpen) return;
      const { head } = core.log;
      const blocks: Window[] = blocked ? [...member.blocks, [head + 1, null]] : member.blocks.slice(0, -1);
      if (!blocked && open !== undefined && open[0] <= head) blocks.push([open[0], head]);
      core.members.setBlocks(member, blocks);
    });
  }

  #admins(): MemberState[] {
    return this.#core.members.active().filter(({ role }) => role === "admin");
  }

  #mustBeAdmin(member: MemberState): void {
    if (member.role !== "admin") throw new MeridianError("forbidden", "Only an admin of the group may do this.");
  }

  #mustBeGroup(): void {
    if (this.#core.info.kind !== "group") throw new MeridianError("forbidden", "A direct chat has exactly two users.");
  }

  #checkSize(size: number): void {
    const { maxGroupSize } = this.#core.settings;
    if (size > maxGroupSize) throw new MeridianError("group_full", `A group has at most ${maxGroupSize} members.`);
  }
}

function toMember(member: MemberState): Member {
  if (member.role === null) throw notFound();
  return { user: member.user, role: member.role, delivered: member.delivered, read: member.read };
}
