/**
 * What the edge and the Conversation object may ask of a User object. Types only.
 *
 * Every method may throw a `MeridianError`; its `code` survives the RPC boundary, its class does not
 * (read it with `codeOf`).
 */
import type {
  AppendRequest,
  AppendResult,
  Conversation,
  ConversationId,
  ConversationList,
  CreateConversation,
  Device,
  DeviceId,
  DeviceInfo,
  EntryId,
  Member,
  MemberList,
  PublicProfile,
  Receipt,
  ReceiptList,
  Role,
  UpdateConversation,
  User,
  UserId,
} from "../../protocol/index.ts";
import type { MediaCalls, MediaOp } from "./media.ts";
import type { PushRpc } from "./push.ts";

/** What a sign-in or a refresh leaves at the edge: the edge adds the access token. */
export interface SessionGrant {
  readonly user: User;
  readonly device: Device;
  readonly refreshToken: string;
}

/** Asked by the edge, for the user whose access token it verified. */
export interface UserForEdge {
  /** Registration and sign-in: makes this user's object if needed and adds a device. */
  signIn(user: User, device: DeviceInfo): Promise<SessionGrant>;
  /** [A3] rotates a refresh token. `token_reused`, `invalid_token`, `device_revoked`. */
  refresh(refreshToken: string): Promise<SessionGrant>;
  /** [A5] throws `device_revoked` unless the device is signed in. */
  authorize(device: DeviceId): Promise<void>;
  devices(current: DeviceId): Promise<Device[]>;
  /** Signs a device out; its socket closes with 4403. `not_found` for an unknown device. */
  revokeDevice(device: DeviceId): Promise<void>;
  /** The profile that this object holds a copy of; null where there is no such user. */
  profile(): Promise<PublicProfile | null>;
  /** After the accounts database took a change. */
  profileChanged(user: User): Promise<void>;
  /** Erases this user: leaves every group, closes sockets, forgets everything. Goes on by itself after a crash. */
  erase(): Promise<void>;

  /**
   * A planned stop: tells every socket when to come back, spread over `withinMs`, and closes it with 1012.
   * @returns how many sockets there were
   */
  goodbye(reason: string, withinMs: number): Promise<number>;

  /** A conversation's log was set back: its devices begin anew with what it is now. Nothing happens to who is gone. */
  rewound(conversation: ConversationId): Promise<void>;

  blocks(): Promise<UserId[]>;
  block(user: UserId): Promise<void>;
  unblock(user: UserId): Promise<void>;

  createConversation(request: CreateConversation): Promise<{ created: boolean; conversation: Conversation }>;
  /** `cursor` is what an earlier page answered. */
  conversations(device: DeviceId, limit: number, cursor: string | undefined): Promise<ConversationList>;
  conversation(id: ConversationId): Promise<Conversation>;
  updateConversation(id: ConversationId, patch: UpdateConversation): Promise<Conversation>;
  members(id: ConversationId, limit: number, cursor: string | undefined): Promise<MemberList>;
  putMember(id: ConversationId, member: UserId, role: Role | undefined): Promise<Member>;
  removeMember(id: ConversationId, member: UserId): Promise<void>;
  append(device: DeviceId, id: ConversationId, request: AppendRequest): Promise<AppendResult>;
  /** The JSON text of a `Page`. */
  entries(
    id: ConversationId,
    query: { after?: number | undefined; before?: number | undefined; limit: number },
  ): Promise<string>;
  markRead(device: DeviceId, id: ConversationId, seq: number): Promise<void>;
  mute(id: ConversationId, until: number | null): Promise<void>;
  receiptsAt(id: ConversationId, seq: number): Promise<ReceiptList>;
  hide(device: DeviceId, id: ConversationId, seq: number): Promise<void>;
  /** Asks the Conversation object about a file, in this user's name; `device_revoked` unless the device is signed in. */
  media<Op extends MediaOp>(
    device: DeviceId,
    id: ConversationId,
    op: Op,
    ask: MediaCalls[Op]["ask"],
  ): Promise<MediaCalls[Op]["answer"]>;
}

/** An entry in outline: what push and unread need without parsing bodies. */
export interface EntryNote {
  readonly seq: number;
  readonly id: EntryId;
  readonly sender: UserId;
  readonly kind: string;
  readonly mentions: readonly UserId[];
}

/**
 * Everything that one member may see of the range (after, to]. `json` is the JSON text of the `Entry` array, made
 * once and passed on as it is.
 */
export interface Batch {
  readonly after: number;
  readonly to: number;
  readonly count: number;
  readonly json: string;
  readonly head: number;
  /** Chain of the head, for [D7] checks without a call. */
  readonly chain: string;
  /** Server time of the newest entry in the log. */
  readonly at: number;
}

/** A batch with the outlines of its entries. */
export interface NotedBatch extends Batch {
  readonly notes: readonly EntryNote[];
}

/** A batch that comes by fan-out. */
export interface Delivery extends NotedBatch {
  readonly conversation: ConversationId;
  /** The first seq of the member's newest window minus one: where a device without a cursor starts. */
  readonly joinedAfter: number;
  /** Membership, title or role changed in this range: the summary is to be read again. */
  readonly changed: boolean;
  /** False once the member has left: nothing follows until it joins again. */
  readonly member: boolean;
}

/** Asked by Conversation objects. */
export interface UserForConversation {
  /** At least once, in order per conversation. Throws when it could not be recorded. */
  deliver(delivery: Delivery): Promise<void>;
  receipts(conversation: ConversationId, receipts: readonly Receipt[]): Promise<void>;
  typing(conversation: ConversationId, user: UserId, active: boolean): Promise<void>;
}

/** Asked by other User objects. */
export interface UserForUser {
  profile(): Promise<PublicProfile | null>;
  /**
   * Registers a watcher of this user's presence [P2].
   * @param shared conversations of the watcher, to find out whether the two share one
   * @returns the presence now, or null where the watcher may not see it
   */
  watch(watcher: UserId, shared: readonly ConversationId[]): Promise<PresenceNow | null>;
  unwatch(watcher: UserId): Promise<void>;
  /** Tells a watcher; answers whether it still watches. */
  presenceOf(user: UserId, now: PresenceNow): Promise<boolean>;
  /** The other side of a direct chat changed its profile. Best effort. */
  peerChanged(profile: PublicProfile): Promise<void>;
}

export interface PresenceNow {
  readonly state: "online" | "offline";
  readonly lastSeen: number | null;
}

export interface UserRpc extends UserForEdge, UserForConversation, UserForUser, PushRpc {}

/** Headers that the edge sets on the upgrade that it hands to a User object; never taken from the client. */
export const SOCKET_HEADERS = {
  user: "x-meridian-user",
  device: "x-meridian-device",
  expiresAt: "x-meridian-expires-at",
} as const;
