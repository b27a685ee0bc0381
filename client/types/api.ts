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

/** What a message can hold: at least one of text and media. */
export interface MessageDraft {
  /** At most 8,192 characters. */
  readonly text?: string;
  readonly media?: readonly Media[];
  /** Id of the message that this one answers. */
  readonly replyTo?: EntryId;
  readonly mentions?: readonly UserId[];
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

/** See {@link Meridian} for the class; this is everything that it does. */
export interface MeridianApi {
  // ── state ──────────────────────────────────────────────────────────────────────────────────────────────
  readonly session: Observable<SessionState>;
  readonly connection: Observable<ConnectionState>;
  readonly conversations: Observable<ConversationListState>;
  /** What waits to be sent or failed, oldest first. */
  readonly outbox: Observable<readonly OutboxItem[]>;
  /** The same object for the same conversation, every time. */
  timeline(conversation: ConversationId): Timeline;
  /** Who is typing, without the caller. */
  typing(conversation: ConversationId): Observable<readonly UserId[]>;
  /** Watches a user's presence for as long as somebody is subscribed. */
  presence(user: UserId): Observable<PresenceState>;
  /** A user's profile: from the device at once, from the server when it is old. */
  profile(user: UserId): Observable<ProfileState>;
  on<E extends keyof MeridianEvents>(event: E, listener: (news: MeridianEvents[E]) => void): () => void;

  // ── account ────────────────────────────────────────────────────────────────────────────────────────────
  /** Resolves once it is known whether this device is signed in. Every other call waits for it by itself. */
  ready(): Promise<SessionState>;
  register(account: { handle: string; password: string; displayName?: string }): Promise<User>;
  signIn(account: { handle: string; password: string }): Promise<User>;
  /** Signs this device out and erases what it holds, even where the server cannot be reached. */
  signOut(): Promise<void>;
  /** The caller's account, fresh from the server. */
  me(): Promise<User>;
  updateMe(patch: ProfilePatch): Promise<User>;
  devices(): Promise<readonly Device[]>;
  /** Signs another device out (or this one, when it is its own id). */
  revokeDevice(device: Device["id"]): Promise<void>;
  /** @throws MeridianError `not_found` */
  userById(user: UserId): Promise<PublicProfile>;
  /** @throws MeridianError `not_found` */
  userByHandle(handle: string): Promise<PublicProfile>;
  blocks(): Promise<readonly UserId[]>;
  block(user: UserId): Promise<void>;
  unblock(user: UserId): Promise<void>;
  /** Erases the account and everything that only it owns; there is no way back. */
  deleteAccount(password: string): Promise<void>;
  /** Pushes of this device: a Web Push subscription's JSON, or a token of FCM or APNs; null ends them. */
  setPush(
    target:
      | { kind: "webpush"; endpoint: string; keys: { p256dh: string; auth: string } }
      | { kind: "fcm" | "apns"; token: string }
      | null,
  ): Promise<void>;

  // ── messages: written to the outbox, sent when the network allows, in order per conversation ────────────
  send(conversation: ConversationId, message: string | MessageDraft): Promise<Outgoing>;
  /** Own messages, within 15 minutes. */
  edit(conversation: ConversationId, message: EntryId, text: string): Promise<Outgoing>;
  /** For everyone: own messages, or any by an admin of a group. */
  delete(conversation: ConversationId, message: EntryId): Promise<Outgoing>;
  /** Adds a reaction, or takes it back with `on: false`. */
  react(conversation: ConversationId, message: EntryId, emoji: string, on?: boolean): Promise<Outgoing>;
  /** Queues a failed item again, with the same id. */
  retry(id: EntryId): Promise<void>;
  /** Forgets an item that is not sent yet. One that is already on its way may still arrive. */
  discard(id: EntryId): Promise<void>;
  /** Delete for me: gone on all of the caller's devices, kept for the others. Works offline. */
  hide(conversation: ConversationId, seq: number): Promise<void>;
  /** Marks read up to `seq`, by default everything. Works offline. */
  markRead(conversation: ConversationId, seq?: number): Promise<void>;
  /** Tells the others that the user types; call it at each key, it limits itself. Ends by itself after 5 s. */
  setTyping(conversation: ConversationId, active: boolean): void;
  /** Keeps unsent text on this device. */
  setDraft(conversation: ConversationId, text: string): Promise<void>;
  /** Mutes until a server time in ms (`Number.MAX_SAFE_INTEGER`: for good), or with null ends it. */
  mute(conversation: ConversationId, until: number | null): Promise<void>;
  receipts(conversation: ConversationId, seq: number): Promise<EntryReceipts>;
  /** Messages on this device whose text contains all words, newest first; nothing is asked of the server. */
  search(text: string, where?: { conversation?: ConversationId; limit?: number }): Promise<readonly SearchHit[]>;

  // ── conversations ──────────────────────────────────────────────────────────────────────────────────────
  /** The direct chat with a user: the existing one, or a new one. */
  createDirect(peer: { user: UserId } | { handle: string }): Promise<ConversationId>;
  createGroup(group: { title: string; members: readonly UserId[] }): Promise<ConversationId>;
  members(conversation: ConversationId): Promise<readonly Member[]>;
  addMember(conversation: ConversationId, user: UserId): Promise<Member>;
  removeMember(conversation: ConversationId, user: UserId): Promise<void>;
  setRole(conversation: ConversationId, user: UserId, role: Role): Promise<Member>;
  leave(conversation: ConversationId): Promise<void>;
  rename(conversation: ConversationId, title: string): Promise<Conversation>;
  updateConversation(
    conversation: ConversationId,
    patch: { title?: string; avatar?: string | null; retentionDays?: number | null },
  ): Promise<Conversation>;

  // ── the link ───────────────────────────────────────────────────────────────────────────────────────────
  /** Connects, or tries at once instead of waiting; also after `replaced`. */
  connect(): void;
  /** Closes the socket and stays away until `connect()`. */
  disconnect(): void;
  /** Server time in ms, as well as this device knows it. */
  serverNow(): number;
  /** Ends everything: socket, timers, listeners, tabs. What is stored stays. */
  close(): Promise<void>;
}
