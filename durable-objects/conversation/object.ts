/**
 * The Conversation object: one per conversation, the only place where order is made. This class owns the platform's
 * surface (RPC, alarm) and hands the work to the modules beside it.
 */
import { DurableObject } from "cloudflare:workers";
import {
  type Conversation as ConversationView,
  type ConversationId,
  type DeviceId,
  type Member,
  type MemberList,
  type ReceiptList,
  type Role,
  type UpdateConversation,
  type UserId,
  type Watermarks,
} from "../../protocol/index.ts";
import type {
  AppendItem,
  AppendReply,
  ConversationForOperators,
  ConversationRpc,
  MemberView,
  PageReply,
  Place,
  RestorePoint,
  Restored,
} from "../rpc/conversation.ts";
import type { MediaCalls, MediaOp } from "../rpc/media.ts";
import type { NotedBatch } from "../rpc/user.ts";
import type { Link } from "../shared/link.ts";
import { isInitialised } from "../shared/migrate.ts";
import { shipMetrics } from "../shared/metrics-points.ts";
import { notFound } from "./core.ts";
import type { MemberState } from "./members.ts";
import { wire, type ConversationEnv, type Parts } from "./parts.ts";
import { restore } from "./restore.ts";
import { visibleEnd } from "./visibility.ts";

export type { ConversationEnv } from "./parts.ts";

export class Conversation extends DurableObject<ConversationEnv> implements ConversationRpc, ConversationForOperators {
  #parts: Parts | undefined;
  /** When the alarm is armed for; null where it is not. */
  #armed: number | null = null;
  /** Whether this instance armed it: one that an earlier instance left may stand for work cut short. */
  #armedHere = false;

  constructor(ctx: DurableObjectState, env: ConversationEnv) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      this.#armed = await ctx.storage.getAlarm();
    });
  }

  async createDirect(
    id: ConversationId,
    creator: UserId,
    peer: UserId,
  ): Promise<{ created: boolean; conversation: ConversationView }> {
    const { core, membership, fanOut, reader } = this.#wired();
    const created = membership.createDirect(id, creator, peer);
    if (created) {
      for (const { user, blocks } of core.members.active()) if (blocks.length === 0) fanOut.announce(user);
      fanOut.kick();
    }
    return { created, conversation: reader.conversation(core.member(creator)) };
  }

  async createGroup(
    id: ConversationId,
    creator: UserId,
    title: string,
    members: readonly UserId[],
  ): Promise<ConversationView> {
    const { core, membership, fanOut, reader } = this.#wired();
    membership.createGroup(id, creator, title, members);
    fanOut.kick();
    return reader.conversation(core.member(creator));
  }

  async append(user: UserId, items: readonly AppendItem[]): Promise<AppendReply> {
    return this.#append(user, items, undefined);
  }

  /** @param via the link that the reply goes over; undefined for a call */
  #append(user: UserId, items: readonly AppendItem[], via: Link | undefined): AppendReply {
    const { core, sequencer, fanOut, links } = this.#existing();
    const member = core.member(user);
    if (via === undefined) links.called(user);
    const before = core.log.head;
    const outcomes = sequencer.append(user, items);
    this.#sweepLater();
    if (core.log.head === before) return { outcomes, batch: null };
    const batch = fanOut.inReply(member, before, via);
    fanOut.kick();
    return { outcomes, batch };
  }

  async readOn(user: UserId, after: number, limit: number): Promise<NotedBatch> {
    const { core, reader } = this.#existing();
    const member = core.members.get(user);
    if (member === undefined) throw notFound();
    return reader.batch(member, after, limit);
  }

  async page(
    user: UserId,
    query: { after?: number | undefined; before?: number | undefined; limit: number },
  ): Promise<PageReply> {
    const { core, reader } = this.#existing();
    return reader.page(core.member(user), query);
  }

  async view(user: UserId, place?: Place): Promise<MemberView | null> {
    const { core, reader, unread } = this.#existing();
    const member = core.members.get(user);
    return member === undefined ? null : reader.view(member, unread.of(member), this.#diverged(member, place));
  }

  async conversation(user: UserId): Promise<ConversationView> {
    const { core, reader } = this.#existing();
    return reader.conversation(core.member(user));
  }

  async unread(user: UserId): Promise<number> {
    const { core, unread } = this.#existing();
    const member = core.members.get(user);
    return member === undefined || member.role === null ? 0 : unread.of(member);
  }

  async update(user: UserId, patch: UpdateConversation): Promise<ConversationView> {
    const { core, membership, fanOut, reader, retention } = this.#existing();
    membership.update(user, patch);
    fanOut.kick();
    const due = retention.nextDue();
    if (due !== null) this.#wakeAt(due);
    return reader.conversation(core.member(user));
  }

  async members(user: UserId, limit: number, cursor: string | undefined): Promise<MemberList> {
    return this.#existing().membership.list(user, limit, cursor);
  }

  async putMember(actor: UserId, user: UserId, role: Role | undefined): Promise<Member> {
    const { membership, fanOut, unread } = this.#existing();
    const member = membership.put(actor, user, role);
    unread.forget(user);
    fanOut.kick();
    return member;
  }

  async removeMember(actor: UserId, user: UserId): Promise<void> {
    const { membership, fanOut, unread } = this.#existing();
    membership.remove(actor, user);
    unread.forget(user);
    fanOut.kick();
  }

  async acknowledge(
    user: UserId,
    device: DeviceId,
    marks: { delivered?: number | undefined; read?: number | undefined },
  ): Promise<Watermarks & { readonly unread: number; readonly head: number }> {
    const { core, receipts, unread } = this.#existing();
    const member = await receipts.acknowledge(core.member(user), device, marks);
    const { delivered, read } = member;
    return { delivered, read, unread: marks.read === undefined ? 0 : unread.of(member), head: core.log.head };
  }

  async receiptsAt(user: UserId, seq: number): Promise<ReceiptList> {
    const { core, receipts, reader } = this.#existing();
    const member = core.member(user);
    if (!reader.shows(member, seq)) throw notFound();
    return receipts.at(member, seq);
  }

  async hide(user: UserId, seq: number): Promise<void> {
    const { core, reader, unread } = this.#existing();
    const member = core.member(user);
    if (!reader.shows(member, seq)) {
      // Hidden twice is hidden; what the member never saw is not there [H4].
      const hidden = core.sql.exec("SELECT 1 FROM hidden WHERE user = ? AND seq = ?", user, seq).toArray().length > 0;
      if (!hidden) throw notFound();
      return;
    }
    core.sql.exec("INSERT OR IGNORE INTO hidden (user, seq) VALUES (?, ?)", user, seq);
    core.hiders.add(user);
    unread.forget(user);
    reader.forget();
  }

  async setBlocked(user: UserId, blocked: boolean): Promise<void> {
    const { membership, unread, reader, fanOut } = this.#wired();
    membership.setBlocked(user, blocked);
    unread.forget(user);
    reader.forget();
    fanOut.kick();
  }

  async typing(user: UserId, active: boolean): Promise<void> {
    const { core, typing } = this.#existing();
    typing.tell(core.member(user), active);
  }

  /** A user is erased: what nobody is left to read goes too. */
  async forget(user: UserId): Promise<void> {
    if (!this.#wired().membership.forget(user)) {
      this.#wired().fanOut.kick();
      return;
    }
    this.#wired().core.setMeta("ending", "1");
    await this.#end();
  }

  /** Files first: once the rows are gone nobody knows of them. Taken up again by the alarm where the store fails. */
  async #end(): Promise<void> {
    const { core, media } = this.#wired();
    media.releaseAll();
    for (let due = await media.sweep(); due !== null; due = await media.sweep()) {
      if (due > core.clock()) return this.#wakeAt(due);
    }
    this.#drop();
    await this.ctx.storage.deleteAll();
    this.#armed = null;
  }

  async media<Op extends MediaOp>(user: UserId, op: Op, ask: MediaCalls[Op]["ask"]): Promise<MediaCalls[Op]["answer"]> {
    const answer = this.#existing().media.handle(user, op, ask);
    this.#sweepLater();
    return answer;
  }

  async restore(to: RestorePoint): Promise<Restored> {
    return restore(this.ctx, this.#existing().core, to);
  }

  async unknownMedia(ids: readonly string[]): Promise<string[]> {
    if (this.#parts === undefined && !isInitialised(this.ctx.storage.sql)) return [...ids];
    return this.#wired().media.unknown(ids);
  }

  override async alarm(): Promise<void> {
    this.#armed = null;
    const { core, fanOut, receipts, retention, reader, unread, media, heat } = this.#wired();
    if (!core.exists) return;
    if (core.meta("ending") !== undefined) return this.#end();
    heat.look();
    shipMetrics(this.env);
    const inherited = !this.#armedHere;
    this.#armedHere = false;
    if (inherited && fanOut.resumed) receipts.retell();
    if (retention.sweep() > 0) {
      reader.forget();
      unread.forget();
      media.releaseBelow(core.log.floor);
    }
    const dues = [fanOut.onAlarm(inherited), retention.nextDue(), await media.sweep()].filter((due) => due !== null);
    if (dues.length > 0) this.#wakeAt(Math.max(core.clock() + 1, Math.min(...dues)));
  }

  /** Arms the alarm for files that are to go, where that is news. */
  #sweepLater(): void {
    const due = this.#existing().media.takeNewDue();
    if (due !== null) this.#wakeAt(due);
  }

  /** [D7] */
  #diverged(member: MemberState, place: Place | undefined): number | null {
    if (place === undefined) return null;
    const { log } = this.#existing().core;
    const end = visibleEnd(member.windows, log.head);
    if (place.seq > end) return end;
    const held = place.chain === undefined ? undefined : log.get(place.seq);
    return held !== undefined && held.chain !== place.chain ? place.seq : null;
  }

  /** Drops everything that is not stored, as eviction does. For tests, which cannot replace a running instance's ports. */
  protected forgetMemory(): void {
    this.#drop();
  }

  /** Ends what keeps this object from hibernating, as the links do by themselves when they are idle. For tests. */
  protected endLinks(): void {
    this.#parts?.links.close();
  }

  #drop(): void {
    this.endLinks();
    this.#parts?.receipts.write();
    this.#parts = undefined;
  }

  #existing(): Parts {
    // A probe of an id that was never used leaves no database behind.
    if (this.#parts === undefined && !isInitialised(this.ctx.storage.sql)) throw notFound();
    const parts = this.#wired();
    if (!parts.core.exists) throw notFound();
    return parts;
  }

  #wired(): Parts {
    return (this.#parts ??= wire(this.ctx, this.env, {
      armed: this.#armed !== null,
      wakeAt: (at) => this.#wakeAt(at),
      append: (user, items, via) => this.#append(user, items, via),
    }));
  }

  /** One row, and only where the alarm is not armed for that time or an earlier one. */
  #wakeAt(at: number): void {
    if (this.#armed !== null && this.#armed <= at) return;
    this.#armed = at;
    this.#armedHere = true;
    void this.ctx.storage.setAlarm(at);
  }
}
