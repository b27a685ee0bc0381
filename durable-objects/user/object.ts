/**
 * The User object: one per user. Holds the sockets of all devices with the hibernation API, so that an idle connection
 * costs nothing; everything that must outlive hibernation is in SQLite or in a socket's attachment. This class owns the
 * platform's surface (RPC, socket events, alarm) and hands the work to the modules beside it.
 */
import { DurableObject } from "cloudflare:workers";
import {
  HELLO_TIMEOUT_MS,
  MeridianError,
  SUBPROTOCOL,
  type AppendRequest,
  type AppendResult,
  type Conversation,
  type ConversationId,
  type ConversationList,
  type CreateConversation,
  type Device,
  type DeviceId,
  type DeviceInfo,
  type Member,
  type MemberList,
  type PublicProfile,
  type Receipt,
  type ReceiptList,
  type Role,
  type UpdateConversation,
  type User as Profile,
  type UserId,
} from "../../protocol/index.ts";
import { linkedConversation } from "../rpc/link.ts";
import type { MediaCalls, MediaOp } from "../rpc/media.ts";
import type { PushCalls, PushOp } from "../rpc/push.ts";
import { SOCKET_HEADERS, type Delivery, type PresenceNow, type SessionGrant, type UserRpc } from "../rpc/user.ts";
import { isInitialised } from "../shared/migrate.ts";
import { shipMetrics } from "../shared/metrics-points.ts";
import { cutSlow, lookAgain } from "./chores.ts";
import { Connection } from "./connection.ts";
import { sayGoodbye } from "./goodbye.ts";
import { answerClose, socketClosed, socketOpened } from "./live.ts";
import { peerChanged, profileChanged } from "./profile.ts";
import { rewound } from "./rewind.ts";
import { wire, type Parts, type UserEnv } from "./parts.ts";

export type { UserEnv } from "./parts.ts";

export class User extends DurableObject<UserEnv> implements UserRpc {
  #parts: Parts | undefined;
  #armed: number | null = null;

  constructor(ctx: DurableObjectState, env: UserEnv) {
    super(ctx, env);
    // [W3] per instance, not stored: set again at every start.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    void ctx.blockConcurrencyWhile(async () => {
      this.#armed = await ctx.storage.getAlarm();
    });
  }

  // Accounts and sessions

  async signIn(user: Profile, device: DeviceInfo): Promise<SessionGrant> {
    const { core, sessions, cursors, inbox } = this.#wired();
    if (core.erasing) throw new MeridianError("unavailable", "This account is being erased.", { retryAfterMs: 2_000 });
    return core.transact(() => {
      core.setProfile(user);
      cursors.uncover();
      return { user, ...sessions.add(user.id, device, inbox.epoch - 1) };
    });
  }

  async refresh(refreshToken: string): Promise<SessionGrant> {
    const { core, sessions } = this.#existing();
    return { user: core.profile, ...sessions.rotate(core.id, refreshToken) };
  }

  async authorize(device: DeviceId): Promise<void> {
    this.#existing().sessions.authorize(device);
  }

  async devices(current: DeviceId): Promise<Device[]> {
    return this.#existing().sessions.list(current);
  }

  async revokeDevice(device: DeviceId): Promise<void> {
    if (!this.#existing().sessions.revoke(device)) throw new MeridianError("not_found", "No such device.");
  }

  async profile(): Promise<PublicProfile | null> {
    if (this.#parts === undefined && !isInitialised(this.ctx.storage.sql)) return null;
    const { core } = this.#wired();
    if (!core.exists) return null;
    const { id, handle, displayName, about, avatar } = core.profile;
    return { id, handle, displayName, about, avatar };
  }

  async profileChanged(user: Profile): Promise<void> {
    profileChanged(this.#existing(), user);
  }

  async erase(): Promise<void> {
    const { core, sessions, erasure } = this.#existing();
    core.transact(() => {
      for (const device of sessions.ids()) sessions.revoke(device);
      erasure.begin();
    });
    await this.#erase();
  }

  async goodbye(reason: string, withinMs: number): Promise<number> {
    return sayGoodbye(this.#living(), reason, withinMs);
  }

  async rewound(conversation: ConversationId): Promise<void> {
    await rewound(this.#living(), conversation);
  }

  async blocks(): Promise<UserId[]> {
    return this.#existing().blocks.list();
  }

  async block(user: UserId): Promise<void> {
    await this.#existing().blocks.set(user, true);
  }

  async unblock(user: UserId): Promise<void> {
    await this.#existing().blocks.set(user, false);
  }

  // Conversations

  async createConversation(request: CreateConversation): Promise<{ created: boolean; conversation: Conversation }> {
    return this.#existing().conversations.create(request);
  }

  async conversations(device: DeviceId, limit: number, cursor: string | undefined): Promise<ConversationList> {
    return this.#existing().conversations.list(device, limit, cursor);
  }

  async conversation(id: ConversationId): Promise<Conversation> {
    const { core } = this.#existing();
    const me = core.id;
    return core.ask(id, (stub) => stub.conversation(me));
  }

  async updateConversation(id: ConversationId, patch: UpdateConversation): Promise<Conversation> {
    const { core } = this.#existing();
    const me = core.id;
    return core.ask(id, (stub) => stub.update(me, patch));
  }

  async members(id: ConversationId, limit: number, cursor: string | undefined): Promise<MemberList> {
    const { core } = this.#existing();
    const me = core.id;
    return core.ask(id, (stub) => stub.members(me, limit, cursor));
  }

  async putMember(id: ConversationId, member: UserId, role: Role | undefined): Promise<Member> {
    const { core, conversations } = this.#existing();
    const me = core.id;
    // Who may not know of the conversation learns nothing about the user either [H4].
    await core.ask(id, (stub) => stub.conversation(me));
    await conversations.mustExist(member);
    return core.ask(id, (stub) => stub.putMember(me, member, role));
  }

  async removeMember(id: ConversationId, member: UserId): Promise<void> {
    const { core } = this.#existing();
    const me = core.id;
    await core.ask(id, (stub) => stub.removeMember(me, member));
  }

  async append(device: DeviceId, id: ConversationId, request: AppendRequest): Promise<AppendResult> {
    const { sessions, sending } = this.#existing();
    sessions.authorize(device);
    return sending.send(device, id, request);
  }

  async entries(
    id: ConversationId,
    query: { after?: number | undefined; before?: number | undefined; limit: number },
  ): Promise<string> {
    const { core } = this.#existing();
    const me = core.id;
    return (await core.ask(id, (stub) => stub.page(me, query))).json;
  }

  async markRead(device: DeviceId, id: ConversationId, seq: number): Promise<void> {
    await this.#existing().acknowledgements.readNow(id, device, seq);
  }

  async mute(id: ConversationId, until: number | null): Promise<void> {
    await this.#existing().conversations.mute(id, until);
  }

  async receiptsAt(id: ConversationId, seq: number): Promise<ReceiptList> {
    const { core } = this.#existing();
    const me = core.id;
    return core.ask(id, (stub) => stub.receiptsAt(me, seq));
  }

  async hide(device: DeviceId, id: ConversationId, seq: number): Promise<void> {
    await this.#existing().conversations.hide(device, id, seq);
  }

  async media<Op extends MediaOp>(
    device: DeviceId,
    id: ConversationId,
    op: Op,
    ask: MediaCalls[Op]["ask"],
  ): Promise<MediaCalls[Op]["answer"]> {
    const { core, sessions } = this.#existing();
    sessions.authorize(device);
    const me = core.id;
    return core.ask(id, (stub) => stub.media(me, op, ask));
  }

  async push<Op extends PushOp>(op: Op, ask: PushCalls[Op]["ask"]): Promise<PushCalls[Op]["answer"]> {
    return this.#existing().pushOrders.handle(op, ask);
  }

  // What conversations say

  async deliver(delivery: Delivery): Promise<void> {
    const parts = this.#living();
    if (parts === undefined) return;
    parts.deliveries.take(delivery);
    parts.pushes.noted(delivery.conversation, delivery.notes);
    parts.connections.saveAll();
  }

  async receipts(conversation: ConversationId, receipts: readonly Receipt[]): Promise<void> {
    const parts = this.#living();
    if (parts === undefined) return;
    // A device that is away must see the marks when it resumes.
    parts.inbox.touch(conversation);
    parts.connections.broadcast({ type: "receipts", conversation, receipts });
  }

  async typing(conversation: ConversationId, user: UserId, active: boolean): Promise<void> {
    const notice = JSON.stringify({ type: "typing", conversation, user, active });
    for (const connection of this.#living()?.connections.ready() ?? []) connection.whisper(notice, "typing");
  }

  // What other users say

  async watch(watcher: UserId, shared: readonly ConversationId[]): Promise<PresenceNow | null> {
    return this.#living()?.presence.watch(watcher, shared) ?? null;
  }

  async unwatch(watcher: UserId): Promise<void> {
    this.#living()?.presence.unwatch(watcher);
  }

  async presenceOf(user: UserId, now: PresenceNow): Promise<boolean> {
    return this.#living()?.watching.presenceOf(user, now) ?? false;
  }

  async peerChanged(profile: PublicProfile): Promise<void> {
    const parts = this.#living();
    if (parts !== undefined) peerChanged(parts, profile);
  }

  // Sockets

  override async fetch(request: Request): Promise<Response> {
    const conversation = linkedConversation(request.url);
    if (conversation !== undefined) {
      return this.#living()?.links.accept(conversation as ConversationId) ?? new Response(null, { status: 503 });
    }
    try {
      return this.#accept(request);
    } catch (error) {
      // Thrown during an upgrade it would hang the client instead.
      const { code, message } = error as MeridianError;
      return Response.json({ code, message }, { status: 401 });
    }
  }

  #accept(request: Request): Response {
    const { core, sessions, connections, cursors } = this.#existing();
    const device = request.headers.get(SOCKET_HEADERS.device) as DeviceId;
    const expiresAt = Number(request.headers.get(SOCKET_HEADERS.expiresAt));
    sessions.authorize(device);
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [device]);
    const connection = new Connection(server, device, core.clock(), expiresAt);
    connections.add(connection);
    connection.save(cursors);
    socketOpened(core.id);
    this.#wakeAt(core.clock() + HELLO_TIMEOUT_MS);
    return new Response(null, { status: 101, webSocket: client, headers: { "Sec-WebSocket-Protocol": SUBPROTOCOL } });
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const { connections, frames, cursors } = this.#wired();
    const connection = connections.get(socket);
    if (connection === undefined) return;
    await frames.take(connection, message);
    connection.save(cursors);
    shipMetrics(this.env);
  }

  override async webSocketClose(socket: WebSocket, code: number, reason: string): Promise<void> {
    answerClose(socket, code, reason);
    this.#gone(socket, code);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#gone(socket, 1006);
  }

  #gone(socket: WebSocket, code: number): void {
    const { core, connections, drop } = this.#wired(socket);
    const connection = connections.get(socket);
    if (connection !== undefined) drop(connection);
    socketClosed(core.exists ? core.id : undefined, code, connections.all().length);
  }

  override async alarm(): Promise<void> {
    this.#armed = null;
    if (this.#parts === undefined && !isInitialised(this.ctx.storage.sql)) return;
    const parts = this.#wired();
    const { core, connections, presence, blocks, rechecks, drop } = parts;
    if (core.erasing) {
      await this.#erase();
      return;
    }
    if (!core.exists) return;
    cutSlow(parts);
    shipMetrics(this.env);
    const dues = [
      connections.expire(),
      presence.check((connection) => drop(connection, 1001, "no ping for too long")),
      await blocks.catchUp(),
      await lookAgain(parts),
      rechecks.next(),
      await parts.pushes.run(),
    ].filter((due) => due !== null);
    if (dues.length > 0) this.#wakeAt(Math.max(core.clock() + 1, Math.min(...dues)));
    connections.saveAll();
  }

  /**
   * Drops everything that is not stored, as hibernation does, which waits until no timer runs. For tests, which cannot age
   * a running instance.
   */
  protected forgetMemory(): void {
    this.#drop();
  }

  /** Ends what keeps this object from hibernating, as the links do by themselves when they are idle. For tests. */
  protected endLinks(): void {
    this.#parts?.links.close();
  }

  #drop(): void {
    this.endLinks();
    this.#parts?.inbox.write();
    this.#parts = undefined;
  }

  async #erase(): Promise<void> {
    if (!(await this.#wired().erasure.step())) return;
    this.#drop();
    await this.ctx.storage.deleteAll();
    this.#armed = null;
  }

  /** Parts of a user that exists; everything else is told that its device is signed out. */
  #existing(): Parts {
    const parts = this.#living();
    if (parts === undefined) throw new MeridianError("device_revoked", "This account is signed out: sign in again.");
    return parts;
  }

  /** Parts of a user that exists; a probe of an unknown id leaves no database behind. */
  #living(): Parts | undefined {
    if (this.#parts === undefined && !isInitialised(this.ctx.storage.sql)) return undefined;
    const parts = this.#wired();
    return parts.core.exists ? parts : undefined;
  }

  #wired(ended?: WebSocket): Parts {
    return (this.#parts ??= wire(this.ctx, this.env, (at) => this.#wakeAt(at), ended));
  }

  /** One row, and only where the alarm is not armed for that time or an earlier one. */
  #wakeAt(at: number): void {
    if (this.#armed !== null && this.#armed <= at) return;
    this.#armed = at;
    void this.ctx.storage.setAlarm(at);
  }
}
