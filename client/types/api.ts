/**
 * The public face of the SDK.
 */
import type {
  Conversation,
  ConversationId,
  ConversationListState,
  ConnectionState,
  Device,
  EntryId,
  Media,
  Member,
  OutboxItem,
  PresenceState,
  ProfileState,
  PublicProfile,
  Role,
  SearchHit,
  SessionState,
  TimelineState,
  User,
  UserId,
} from "./state.ts";
import type { Observable } from "./observable.ts";
import type { MeridianEvents } from "./events.ts";
import type { Visibility } from "../../protocol/accounts.ts";
import type { PushTarget } from "../../protocol/push.ts";

/** What a message can hold: at least one of text and media. */
export interface MessageDraft {
  /** Its idempotency key [E1]; default a new one. For those who must not send twice what they cannot know was sent. */
  readonly id?: EntryId;
  /** At most 8,192 characters. */
  readonly text?: string;
  readonly media?: readonly Media[];
  /** Id of the message that this one answers. */
  readonly replyTo?: EntryId;
  readonly mentions?: readonly UserId[];
  /**
   * What the conversation's draft becomes, stored in one transaction with the message: whenever the process ends, the
   * text is either still a draft or on its way, never both and never neither. Default: the draft stays as it is.
   */
  readonly draft?: string;
}

/** An entry on its way: it is in the outbox and survives a restart of the process (with storage that does). */
export interface Outgoing {
  readonly id: EntryId;
  readonly conversation: ConversationId;
  /**
   * Resolves when the server has it durably, however long that takes.
   * @throws MeridianError the final error, or `discarded`
   */
  sent(): Promise<{ readonly seq: number; readonly at: number }>;
}

export interface ProfilePatch {
  readonly displayName?: string;
  readonly about?: string;
  /** A data URL of at most 16,384 characters, or null. */
  readonly avatar?: string | null;
  readonly privacy?: { readonly lastSeen?: Visibility };
}

/** Who has got and who has read an entry. */
export interface EntryReceipts {
  readonly seq: number;
  readonly delivered: readonly UserId[];
  readonly read: readonly UserId[];
}

/** A conversation as a window over its log. Works while somebody is subscribed; costs nothing otherwise. */
export interface Timeline extends Observable<TimelineState> {
  readonly conversation: ConversationId;
  /** Adds older items in front, from the device or the server. At the start it does nothing. */
  loadOlder(): Promise<void>;
  /** Adds newer items after a jump into the past. At the end it does nothing. */
  loadNewer(): Promise<void>;
  /**
   * Moves the window to where `seq` is, unless it is in it already.
   * @throws MeridianError `offline` where the stretch is not held and there is no network
   */
  jumpTo(seq: number): Promise<void>;
  /** Moves the window to the newest items. */
  jumpToEnd(): Promise<void>;
}

/**
 * Everything that {@link Meridian} does. In the examples `meridian` is signed in, and ids come from what other calls and
 * observables answered. Every promise can be rejected with a `MeridianError`; codes worth expecting are named.
 */
export interface MeridianApi {
  // ── state ──────────────────────────────────────────────────────────────────────────────────────────────
  /** @example meridian.session.subscribe((session) => show(session.status === "signedIn" ? "chats" : "sign in")); */
  readonly session: Observable<SessionState>;
  /** @example meridian.connection.subscribe(({ status, retryAt }) => banner(status, retryAt)); */
  readonly connection: Observable<ConnectionState>;
  /** @example for (const { title, unread, last } of meridian.conversations.current.items) row(title, unread, last?.text); */
  readonly conversations: Observable<ConversationListState>;
  /**
   * What waits to be sent or failed, oldest first.
   * @example const failed = meridian.outbox.current.filter(({ status }) => status === "failed");
   */
  readonly outbox: Observable<readonly OutboxItem[]>;
  /**
   * The same object for the same conversation, every time.
   * @example
   * const timeline = meridian.timeline(conversation);
   * const stop = timeline.subscribe(({ items, atStart }) => render(items, atStart));
   */
  timeline(conversation: ConversationId): Timeline;
  /**
   * Who is typing, without the caller.
   * @example meridian.typing(conversation).subscribe((users) => hint(users.length > 0 ? "typing…" : ""));
   */
  typing(conversation: ConversationId): Observable<readonly UserId[]>;
  /**
   * Watches a user's presence for as long as somebody is subscribed [P2].
   * @example const stop = meridian.presence(user).subscribe(({ state, lastSeen }) => dot(state, lastSeen));
   */
  presence(user: UserId): Observable<PresenceState>;
  /**
   * A user's profile: from the device at once, from the server when it is old.
   * @example meridian.profile(user).subscribe(({ profile }) => label(profile?.displayName ?? "…"));
   */
  profile(user: UserId): Observable<ProfileState>;
  /**
   * News that is no state.
   * @returns ends the subscription
   * @example meridian.on("message", ({ conversation, message }) => notify(conversation, message.text));
   */
  on<E extends keyof MeridianEvents>(event: E, listener: (news: MeridianEvents[E]) => void): () => void;

  // ── account ────────────────────────────────────────────────────────────────────────────────────────────
  /**
   * Resolves once it is known whether this device is signed in. Every other call waits for it by itself.
   * @example if ((await meridian.ready()).status === "signedOut") showSignIn();
   */
  ready(): Promise<SessionState>;
  /**
   * Makes an account and signs in on this device.
   * @param account handle of 3 to 32 of `a-z 0-9 _ .`, password of 8 to 256 characters [A1]
   * @throws MeridianError `handle_taken`, `invalid_request`, `signed_in`, `accounts_unavailable`
   * @example const user = await meridian.register({ handle: "ada", password, displayName: "Ada" });
   */
  register(account: { handle: string; password: string; displayName?: string }): Promise<User>;
  /**
   * Signs in: this installation becomes a new device.
   * @throws MeridianError `invalid_credentials`, `rate_limited`, `signed_in`, `accounts_unavailable`
   * @example await meridian.signIn({ handle: "ada", password });
   */
  signIn(account: { handle: string; password: string }): Promise<User>;
  /**
   * Signs this device out and erases what it holds, even where the server cannot be reached.
   * @example await meridian.signOut();
   */
  signOut(): Promise<void>;
  /**
   * The caller's account, fresh from the server.
   * @example const { handle, privacy } = await meridian.me();
   */
  me(): Promise<User>;
  /** @example await meridian.updateMe({ about: "Computing", privacy: { lastSeen: "contacts" } }); */
  updateMe(patch: ProfilePatch): Promise<User>;
  /** @example for (const { name, lastSeenAt, current } of await meridian.devices()) row(name, lastSeenAt, current); */
  devices(): Promise<readonly Device[]>;
  /**
   * Signs another device out (or this one, when it is its own id).
   * @example await meridian.revokeDevice(device.id);
   */
  revokeDevice(device: Device["id"]): Promise<void>;
  /**
   * @throws MeridianError `not_found`
   * @example const { displayName } = await meridian.userById(user);
   */
  userById(user: UserId): Promise<PublicProfile>;
  /**
   * @throws MeridianError `not_found`
   * @example const { id } = await meridian.userByHandle("grace");
   */
  userByHandle(handle: string): Promise<PublicProfile>;
  /** @example const blocked = await meridian.blocks(); */
  blocks(): Promise<readonly UserId[]>;
  /**
   * What this user sends in direct chats is no longer shown to the caller [V3].
   * @example await meridian.block(user);
   */
  block(user: UserId): Promise<void>;
  /** @example await meridian.unblock(user); */
  unblock(user: UserId): Promise<void>;
  /**
   * Erases the account and everything that only it owns; there is no way back.
   * @throws MeridianError `forbidden` for a wrong password
   * @example await meridian.deleteAccount(password);
   */
  deleteAccount(password: string): Promise<void>;
  /**
   * Pushes of this device: a Web Push subscription's JSON, or a token of FCM or APNs; null ends them. Browsers are
   * subscribed by `client/push.ts`.
   * @example await meridian.setPush({ kind: "fcm", token });
   */
  setPush(target: PushTarget | null): Promise<void>;

  // ── messages: written to the outbox, sent when the network allows, in order per conversation ────────────
  /**
   * Sends a message. Resolves as soon as it is in the outbox; `sent()` of the answer waits for the server.
   * @throws MeridianError `invalid_request`, `payload_too_large` [E5], `outbox_full`, `storage`
   * @example
   * const message = await meridian.send(conversation, { text: "Tea?", replyTo: other.id });
   * const { seq } = await message.sent();
   * @example
   * await meridian.send(conversation, { text: input.value, draft: "" });
   */
  send(conversation: ConversationId, message: string | MessageDraft): Promise<Outgoing>;
  /**
   * Changes the text of an own message, within 15 minutes.
   * @example await meridian.edit(conversation, message.id, "Tea at four?");
   */
  edit(conversation: ConversationId, message: EntryId, text: string): Promise<Outgoing>;
  /**
   * Deletes for everyone: own messages, or any by an admin of a group. The body is erased from the server [E3].
   * @example await meridian.delete(conversation, message.id);
   */
  delete(conversation: ConversationId, message: EntryId): Promise<Outgoing>;
  /**
   * Adds a reaction, or takes it back with `on: false`.
   * @example await meridian.react(conversation, message.id, "👍");
   */
  react(conversation: ConversationId, message: EntryId, emoji: string, on?: boolean): Promise<Outgoing>;
  /**
   * Queues a failed item again, with the same id.
   * @example for (const { id } of failed) await meridian.retry(id);
   */
  retry(id: EntryId): Promise<void>;
  /**
   * Forgets an item that is not sent yet. One that is already on its way may still arrive.
   * @example await meridian.discard(item.id);
   */
  discard(id: EntryId): Promise<void>;
  /**
   * Deletes for the caller only: gone on all of its devices, kept for the others. Works offline.
   * @example await meridian.hide(conversation, message.seq);
   */
  hide(conversation: ConversationId, seq: number): Promise<void>;
  /**
   * Marks read up to `seq`, by default everything. Works offline.
   * @example await meridian.markRead(conversation);
   */
  markRead(conversation: ConversationId, seq?: number): Promise<void>;
  /**
   * Tells the others that the user types; call it at each key, it limits itself. Ends by itself after 5 s.
   * @example input.addEventListener("input", () => meridian.setTyping(conversation, input.value !== ""));
   */
  setTyping(conversation: ConversationId, active: boolean): void;
  /**
   * Keeps unsent text on this device.
   * @example await meridian.setDraft(conversation, input.value);
   */
  setDraft(conversation: ConversationId, text: string): Promise<void>;
  /**
   * Mutes until a server time in ms, for good with a time far away; null ends it.
   * @example await meridian.mute(conversation, meridian.serverNow() + 8 * 3_600_000);
   */
  mute(conversation: ConversationId, until: number | null): Promise<void>;
  /**
   * Who has got and who has read an entry, exact for every size of group [R3].
   * @example const { read } = await meridian.receipts(conversation, message.seq);
   */
  receipts(conversation: ConversationId, seq: number): Promise<EntryReceipts>;
  /**
   * Messages on this device whose text contains all words, newest first; nothing is asked of the server.
   * @example const hits = await meridian.search("four tea", { limit: 20 });
   */
  search(text: string, where?: { conversation?: ConversationId; limit?: number }): Promise<readonly SearchHit[]>;

  // ── conversations ──────────────────────────────────────────────────────────────────────────────────────
  /**
   * The direct chat with a user, oneself included: the existing one, or a new one.
   * @throws MeridianError `not_found`
   * @example const conversation = await meridian.createDirect({ handle: "grace" });
   */
  createDirect(peer: { user: UserId } | { handle: string }): Promise<ConversationId>;
  /**
   * Makes a group with the caller as its admin.
   * @throws MeridianError `group_full`, `not_found`
   * @example const group = await meridian.createGroup({ title: "Tea", members: [grace.id] });
   */
  createGroup(group: { title: string; members: readonly UserId[] }): Promise<ConversationId>;
  /** @example const admins = (await meridian.members(group)).filter(({ role }) => role === "admin"); */
  members(conversation: ConversationId): Promise<readonly Member[]>;
  /**
   * @throws MeridianError `forbidden` where the caller is no admin, `group_full`
   * @example await meridian.addMember(group, user);
   */
  addMember(conversation: ConversationId, user: UserId): Promise<Member>;
  /** @example await meridian.removeMember(group, user); */
  removeMember(conversation: ConversationId, user: UserId): Promise<void>;
  /** @example await meridian.setRole(group, user, "admin"); */
  setRole(conversation: ConversationId, user: UserId, role: Role): Promise<Member>;
  /**
   * Leaves a group; what this device holds of it stays readable.
   * @example await meridian.leave(group);
   */
  leave(conversation: ConversationId): Promise<void>;
  /** @example await meridian.rename(group, "Tea and cake"); */
  rename(conversation: ConversationId, title: string): Promise<Conversation>;
  /**
   * Changes title, avatar (a data URL of at most 16,384 characters) or how many days entries are kept [E7].
   * @example await meridian.updateConversation(group, { retentionDays: 30 });
   */
  updateConversation(
    conversation: ConversationId,
    patch: { title?: string; avatar?: string | null; retentionDays?: number | null },
  ): Promise<Conversation>;

  // ── the link ───────────────────────────────────────────────────────────────────────────────────────────
  /**
   * Connects, or tries at once instead of waiting; also after `replaced`. A failure is an event `error`.
   * @example button.onclick = () => meridian.connect();
   */
  connect(): void;
  /**
   * Closes the socket and stays away until `connect()`. Sends wait in the outbox.
   * @example meridian.disconnect();
   */
  disconnect(): void;
  /**
   * Server time in ms, as well as this device knows it.
   * @example const canEdit = meridian.serverNow() - message.at < 15 * 60_000;
   */
  serverNow(): number;
  /**
   * A call of the HTTP API in the user's name, for what has no method here; files and pushes are built on it.
   * @param path from `/v1` on
   * @returns the parsed answer; undefined where it has no body
   * @throws MeridianError what the server answered
   * @example const { publicKey } = (await meridian.request("GET", "/v1/me/push")) as { publicKey: string };
   */
  request(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<unknown>;
  /**
   * Ends everything: socket, timers, listeners, tabs. What is stored stays.
   * @example await meridian.close();
   */
  close(): Promise<void>;
}
