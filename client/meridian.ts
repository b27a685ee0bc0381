/**
 * The client: the public face of everything else in this folder.
 */
import type { Conversation, Member, ReceiptList } from "../protocol/conversation.ts";
import type { ConversationId, EntryId, UserId } from "../protocol/ids.ts";
import { MAX_TEXT_CHARS } from "../protocol/limits.ts";
import { systemClock } from "./clock.ts";
import type { Content } from "./codec.ts";
import type { Engine } from "./engine/api.ts";
import type { Method } from "./engine/http.ts";
import { allMembers } from "./engine/members.ts";
import { asError, errorOf } from "./errors.ts";
import { type Derived, Emitter } from "./observable.ts";
import { newEntryId, randomHex } from "./ids.ts";
import { publishNews } from "./news.ts";
import { OutgoingEntries } from "./outgoing.ts";
import { firstUrl, startEngine } from "./setup.ts";
import type { EntryReceipts, MeridianApi, MessageDraft, Outgoing, ProfilePatch, Timeline } from "./types/api.ts";
import type { MeridianEvents } from "./types/events.ts";
import type { Observable } from "./types/observable.ts";
import type { MeridianOptions } from "./types/options.ts";
import type {
  ConnectionState,
  ConversationListState,
  Device,
  OutboxItem,
  PresenceState,
  ProfileState,
  PublicProfile,
  Role,
  SearchHit,
  SessionState,
  User,
} from "./types/state.ts";
import { conversationList } from "./views/list.ts";
import { Mirror } from "./views/mirror.ts";
import { PresenceViews, profileView, typingView } from "./views/people.ts";
import { connectionView, outboxView, sessionView } from "./views/plain.ts";
import { TimelineView } from "./views/timeline.ts";

const SEARCH_LIMIT = 50;

/**
 * A device's client of a Meridian server: one per signed-in user and process, or per browser.
 *
 * @example
 * const meridian = new Meridian({ url: "https://chat.example.com" });
 * await meridian.signIn({ handle: "ada", password: "correct horse battery" });
 * meridian.on("message", ({ message }) => console.log(message.text));
 */
export class Meridian implements MeridianApi {
  readonly session: Observable<SessionState>;
  readonly connection: Observable<ConnectionState>;
  readonly conversations: Observable<ConversationListState>;
  readonly outbox: Observable<readonly OutboxItem[]>;
  readonly #options: MeridianOptions;
  readonly #mirror: Mirror;
  readonly #engine: Promise<Engine>;
  readonly #loaded: Promise<void>;
  readonly #outgoing: OutgoingEntries;
  readonly #events = new Emitter<MeridianEvents>();
  readonly #presences: PresenceViews;
  readonly #timelines = new Map<ConversationId, TimelineView>();
  readonly #typing = new Map<ConversationId, Derived<readonly UserId[]>>();
  readonly #presence = new Map<UserId, Derived<PresenceState>>();
  readonly #profiles = new Map<UserId, Observable<ProfileState>>();

  constructor(options: MeridianOptions) {
    this.#options = options;
    this.#mirror = new Mirror(firstUrl(options));
    this.#engine = startEngine(options);
    this.session = sessionView(this.#mirror);
    this.connection = connectionView(this.#mirror);
    this.outbox = outboxView(this.#mirror);
    this.conversations = conversationList(this.#mirror, () => this.serverNow());
    this.#outgoing = new OutgoingEntries(this.#engine, this.#mirror);
    this.#presences = new PresenceViews(this.#engine, this.#mirror, randomHex(8));
    publishNews(this.#mirror, this.#events);
    this.#loaded = this.#engine.then((engine) => this.#mirror.attach(engine));
    // Every call waits for it and says what went wrong.
    this.#loaded.catch(() => {});
  }

  timeline(conversation: ConversationId): Timeline {
    return remembered(this.#timelines, conversation, () => new TimelineView(conversation, this.#engine, this.#mirror));
  }

  typing(conversation: ConversationId): Observable<readonly UserId[]> {
    return remembered(this.#typing, conversation, () => typingView(conversation, this.#mirror));
  }

  presence(user: UserId): Observable<PresenceState> {
    return remembered(this.#presence, user, () => this.#presences.view(user));
  }

  profile(user: UserId): Observable<ProfileState> {
    return remembered(this.#profiles, user, () => profileView(user, this.#engine, this.#mirror));
  }

  on<E extends keyof MeridianEvents>(event: E, listener: (news: MeridianEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }

  // ── account ──

  async ready(): Promise<SessionState> {
    await this.#loaded;
    return this.session.current;
  }

  register(account: { handle: string; password: string; displayName?: string }): Promise<User> {
    return this.#authenticate("/v1/accounts", account);
  }

  signIn(account: { handle: string; password: string }): Promise<User> {
    return this.#authenticate("/v1/sessions", account);
  }

  async signOut(): Promise<void> {
    const engine = await this.#engine;
    await engine.signOut(false);
  }

  async me(): Promise<User> {
    return this.#own(await this.#request("GET", "/v1/me"));
  }

  async updateMe(patch: ProfilePatch): Promise<User> {
    return this.#own(await this.#request("PATCH", "/v1/me", patch));
  }

  async devices(): Promise<readonly Device[]> {
    const { devices } = (await this.#request("GET", "/v1/me/devices")) as { devices: readonly Device[] };
    return devices;
  }

  async revokeDevice(device: Device["id"]): Promise<void> {
    const { current } = this.session;
    if (current.status === "signedIn" && current.device.id === device) await this.signOut();
    else await this.#request("DELETE", `/v1/me/devices/${device}`);
  }

  async userById(user: UserId): Promise<PublicProfile> {
    return (await this.#request("GET", `/v1/users/${user}`)) as PublicProfile;
  }

  async userByHandle(handle: string): Promise<PublicProfile> {
    const wanted = handle.trim().replace(/^@/, "").toLowerCase();
    return (await this.#request("GET", `/v1/users?handle=${encodeURIComponent(wanted)}`)) as PublicProfile;
  }

  async blocks(): Promise<readonly UserId[]> {
    const { users } = (await this.#request("GET", "/v1/me/blocks")) as { users: readonly UserId[] };
    return users;
  }

  async block(user: UserId): Promise<void> {
    await this.#request("PUT", `/v1/me/blocks/${user}`);
  }

  async unblock(user: UserId): Promise<void> {
    await this.#request("DELETE", `/v1/me/blocks/${user}`);
  }

  async deleteAccount(password: string): Promise<void> {
    await this.#request("DELETE", "/v1/me", { password });
    const engine = await this.#engine;
    await engine.signOut(true);
  }

  async setPush(target: Parameters<MeridianApi["setPush"]>[0]): Promise<void> {
    await this.#request(target === null ? "DELETE" : "PUT", "/v1/me/push", target ?? undefined);
  }

  // ── messages ──

  async send(conversation: ConversationId, message: string | MessageDraft): Promise<Outgoing> {
    const { id, text, media, replyTo, mentions, draft } = typeof message === "string" ? { text: message } : message;
    if ((text ?? "") === "" && (media ?? []).length === 0) {
      throw errorOf("invalid_request", "A message needs text or media.");
    }
    const body = {
      ...(text === undefined || text === "" ? {} : { text: short(text) }),
      ...(media === undefined ? {} : { media: [...media] }),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(mentions === undefined ? {} : { mentions: [...mentions] }),
    };
    return this.#enqueue(conversation, { kind: "message", body }, id, draft);
  }

  async edit(conversation: ConversationId, target: EntryId, text: string): Promise<Outgoing> {
    if (text === "") throw errorOf("invalid_request", "An edited message needs text.");
    return this.#enqueue(conversation, { kind: "edit", body: { target, text: short(text) } });
  }

  delete(conversation: ConversationId, target: EntryId): Promise<Outgoing> {
    return this.#enqueue(conversation, { kind: "delete", body: { target } });
  }

  react(conversation: ConversationId, target: EntryId, emoji: string, on = true): Promise<Outgoing> {
    return this.#enqueue(conversation, { kind: "reaction", body: { target, emoji, ...(on ? {} : { remove: true }) } });
  }

  async retry(id: EntryId): Promise<void> {
    await (await this.#engine).retry(id);
  }

  async discard(id: EntryId): Promise<void> {
    await (await this.#engine).discard(id);
  }

  async hide(conversation: ConversationId, seq: number): Promise<void> {
    await (await this.#engine).hide(conversation, seq);
  }

  async markRead(conversation: ConversationId, seq?: number): Promise<void> {
    await (await this.#engine).markRead(conversation, seq ?? null);
  }

  setTyping(conversation: ConversationId, active: boolean): void {
    // Best effort [P3].
    this.#engine.then((engine) => engine.setTyping(conversation, active)).catch(() => {});
  }

  async setDraft(conversation: ConversationId, text: string): Promise<void> {
    await (await this.#engine).setDraft(conversation, text);
  }

  async mute(conversation: ConversationId, until: number | null): Promise<void> {
    await this.#request("PUT", `/v1/conversations/${conversation}/mute`, { until });
    await (await this.#engine).setMuted(conversation, until);
  }

  async receipts(conversation: ConversationId, seq: number): Promise<EntryReceipts> {
    return (await this.#request("GET", `/v1/conversations/${conversation}/receipts?seq=${seq}`)) as ReceiptList;
  }

  async search(
    text: string,
    where: { conversation?: ConversationId; limit?: number } = {},
  ): Promise<readonly SearchHit[]> {
    return (await this.#engine).search(text, { limit: SEARCH_LIMIT, ...where });
  }

  // ── conversations ──

  async createDirect(peer: { user: UserId } | { handle: string }): Promise<ConversationId> {
    const user = "user" in peer ? peer.user : (await this.userByHandle(peer.handle)).id;
    return this.#learn(await this.#request("POST", "/v1/conversations", { kind: "direct", user }));
  }

  async createGroup({ title, members }: { title: string; members: readonly UserId[] }): Promise<ConversationId> {
    return this.#learn(await this.#request("POST", "/v1/conversations", { kind: "group", title, members }));
  }

  members(conversation: ConversationId): Promise<readonly Member[]> {
    return allMembers((method, path) => this.#request(method, path), conversation);
  }

  addMember(conversation: ConversationId, user: UserId): Promise<Member> {
    return this.#putMember(conversation, user, {});
  }

  async removeMember(conversation: ConversationId, user: UserId): Promise<void> {
    await this.#request("DELETE", `/v1/conversations/${conversation}/members/${user}`);
  }

  setRole(conversation: ConversationId, user: UserId, role: Role): Promise<Member> {
    return this.#putMember(conversation, user, { role });
  }

  async leave(conversation: ConversationId): Promise<void> {
    const session = await this.ready();
    if (session.status !== "signedIn") throw errorOf("signed_out", "This device is not signed in.");
    await this.removeMember(conversation, session.user.id);
  }

  rename(conversation: ConversationId, title: string): Promise<Conversation> {
    return this.updateConversation(conversation, { title });
  }

  async updateConversation(
    conversation: ConversationId,
    patch: { title?: string; avatar?: string | null; retentionDays?: number | null },
  ): Promise<Conversation> {
    const answer = (await this.#request("PATCH", `/v1/conversations/${conversation}`, patch)) as Conversation;
    await this.#learn(answer);
    return answer;
  }

  // ── the link ──

  connect(): void {
    this.#engine.then((engine) => engine.connect()).catch((error: unknown) => this.#report(error));
  }

  disconnect(): void {
    this.#engine.then((engine) => engine.disconnect()).catch((error: unknown) => this.#report(error));
  }

  serverNow(): number {
    return (this.#options.clock ?? systemClock).now() + this.#mirror.clockOffset;
  }

  request(method: Method, path: string, body?: unknown): Promise<unknown> {
    return this.#request(method, path, body);
  }

  async close(): Promise<void> {
    this.#mirror.detach();
    this.#events.clear();
    for (const view of this.#timelines.values()) view.clear();
    this.#outgoing.close(errorOf("closed", "This instance was closed."));
    const engine = await this.#engine;
    await engine.close();
  }

  // ── inside ──

  async #authenticate(path: "/v1/accounts" | "/v1/sessions", account: object): Promise<User> {
    const engine = await this.#engine;
    const device = this.#options.device ?? (await import("./device.ts")).guessDevice();
    const { user } = await engine.authenticate(path, { ...account, device });
    return user;
  }

  async #request(method: Method, path: string, body?: unknown): Promise<unknown> {
    return (await this.#engine).request(method, path, body);
  }

  async #own(answer: unknown): Promise<User> {
    const user = answer as User;
    await (await this.#engine).setUser(user);
    return user;
  }

  async #learn(answer: unknown): Promise<ConversationId> {
    const conversation = answer as Conversation;
    await (await this.#engine).learn(conversation);
    return conversation.id;
  }

  async #putMember(conversation: ConversationId, user: UserId, body: { role?: Role }): Promise<Member> {
    return (await this.#request("PUT", `/v1/conversations/${conversation}/members/${user}`, body)) as Member;
  }

  async #enqueue(conversation: ConversationId, content: Content, given?: EntryId, draft?: string): Promise<Outgoing> {
    await this.#loaded;
    const id = given ?? newEntryId(this.serverNow());
    const outgoing = this.#outgoing.follow(conversation, id);
    try {
      await (await this.#engine).enqueue({ id, conversation, content, draft });
    } catch (error) {
      this.#outgoing.drop(id);
      throw error;
    }
    return outgoing;
  }

  #report(thrown: unknown): void {
    this.#events.emit("error", { error: asError(thrown) });
  }
}

function remembered<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const held = map.get(key);
  if (held !== undefined) return held;
  const made = make();
  map.set(key, made);
  return made;
}

/** [E5] refused here already, so that it does not even enter the outbox. */
function short(text: string): string {
  if (text.length > MAX_TEXT_CHARS)
    throw errorOf("payload_too_large", `A text has at most ${MAX_TEXT_CHARS} characters.`);
  return text;
}
