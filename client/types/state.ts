/**
 * The snapshots that observables of the SDK carry.
 */
import type { ErrorCode } from "../../protocol/errors.ts";
import type { ConversationId, DeviceId, EntryId, UserId } from "../../protocol/ids.ts";
import type { Conversation, ConversationKind, Member, Peer } from "../../protocol/conversation.ts";
import type { Media, Role } from "../../protocol/entry.ts";
import type { Device, PublicProfile, User } from "../../protocol/accounts.ts";
import type { MeridianError } from "../errors.ts";

export type {
  Conversation,
  ConversationId,
  ConversationKind,
  Device,
  DeviceId,
  EntryId,
  ErrorCode,
  Media,
  Member,
  Peer,
  PublicProfile,
  Role,
  User,
  UserId,
};

/** Whether this installation is signed in, and as whom. */
export type SessionState =
  | { readonly status: "loading" }
  | {
      readonly status: "signedOut";
      /** Why the session ended: by `signOut()`, by another device or the server, or because there was none. */
      readonly reason: "none" | "signedOut" | "revoked" | "expired";
    }
  | { readonly status: "signedIn"; readonly user: User; readonly device: Device };

/**
 * The link to the server. `offline` is the platform saying that there is no network; `waiting` is the pause before
 * the next try; `replaced` is another process using the same device (ask again with `connect()`).
 */
export interface ConnectionState {
  readonly status: "idle" | "connecting" | "online" | "waiting" | "offline" | "replaced";
  /** Local time, in ms, of the next try; only while `waiting`. */
  readonly retryAt?: number | undefined;
  /** Code of the last failure while not `online`; undefined where there was none. */
  readonly error?: MeridianError | undefined;
  /** The region in use, as given in `url`. */
  readonly url: string;
}

/** Queued → sent → delivered → read, or failed for good until `retry()`. */
export type MessageStatus = "queued" | "sent" | "delivered" | "read" | "failed";

/** One emoji under a message. `users` in the order in which they reacted. */
export interface Reaction {
  readonly emoji: string;
  readonly users: readonly UserId[];
  readonly own: boolean;
}

/** The message that a reply quotes. `missing`: neither held nor to be had (yet). */
export interface ReplyPreview {
  readonly id: EntryId;
  readonly seq: number | null;
  readonly sender: UserId | null;
  readonly text: string;
  readonly media: readonly Media[];
  readonly deleted: boolean;
  readonly missing: boolean;
}

/** A message of a timeline, with everything that later entries did to it. */
export interface MessageItem {
  readonly type: "message";
  /** Stable from queued to read: use it as the key of a list. */
  readonly key: string;
  readonly id: EntryId;
  /** Null until it is sent. */
  readonly seq: number | null;
  readonly sender: UserId;
  readonly own: boolean;
  /** Server time in ms; local time until it is sent. */
  readonly at: number;
  /** Empty where deleted, without text, or where the codec cannot read it (see `unreadable`). */
  readonly text: string;
  readonly media: readonly Media[];
  readonly mentions: readonly UserId[];
  readonly mentionsMe: boolean;
  readonly replyTo: ReplyPreview | null;
  /** Server time of the newest edit, or null. */
  readonly editedAt: number | null;
  readonly deleted: boolean;
  readonly unreadable: boolean;
  readonly reactions: readonly Reaction[];
  /** Null for messages of others. */
  readonly status: MessageStatus | null;
  /** Why it failed; only with status `failed`. */
  readonly error: MeridianError | null;
}

/** What happened to the conversation itself. */
export type SystemEvent =
  | { readonly kind: "group_created"; readonly title: string; readonly members: readonly UserId[] }
  | { readonly kind: "member_added"; readonly user: UserId; readonly role: Role }
  | { readonly kind: "member_removed"; readonly user: UserId }
  | { readonly kind: "member_role"; readonly user: UserId; readonly role: Role }
  | {
      readonly kind: "conversation_updated";
      readonly title?: string | undefined;
      readonly avatar?: string | null | undefined;
      readonly retentionDays?: number | null | undefined;
    };

/** A line of the timeline that no member wrote. `actor` is who caused it. */
export interface SystemItem {
  readonly type: "system";
  readonly key: string;
  readonly id: EntryId;
  readonly seq: number;
  readonly at: number;
  readonly actor: UserId;
  readonly event: SystemEvent;
}

export type TimelineItem = MessageItem | SystemItem;

/** A gapless stretch of a conversation, oldest first, and where its ends are. */
export interface TimelineState {
  readonly conversation: ConversationId;
  /** `loading` until the first items are there; `failed` while they cannot be had (see `error`): only the outbox is shown. */
  readonly status: "loading" | "ready" | "failed";
  readonly items: readonly TimelineItem[];
  /** Nothing older exists that this user may see. */
  readonly atStart: boolean;
  /** The stretch reaches the newest entry; false after a jump into the past. */
  readonly atEnd: boolean;
  readonly loadingOlder: boolean;
  readonly loadingNewer: boolean;
  /** What the user had read when the timeline was opened: where an unread line belongs. */
  readonly openedAtRead: number;
  /** Own read watermark now. */
  readonly read: number;
  /** Why the last load failed; cleared by the next. */
  readonly error: MeridianError | null;
}

/** The newest message of a conversation, as a list shows it; made on the device from what it holds. */
export interface LastMessage {
  readonly id: EntryId;
  readonly seq: number | null;
  readonly sender: UserId;
  readonly own: boolean;
  readonly at: number;
  readonly text: string;
  readonly media: readonly Media[];
  readonly deleted: boolean;
  readonly edited: boolean;
  readonly unreadable: boolean;
  readonly status: MessageStatus | null;
}

/** A line of the conversation list. */
export interface ConversationItem {
  readonly id: ConversationId;
  readonly kind: ConversationKind;
  /** A group's title, a direct chat's peer's name. */
  readonly title: string;
  readonly avatar: string | null;
  /** The other side of a direct chat; the user itself in notes to self. */
  readonly peer: Peer | null;
  readonly memberCount: number;
  /** Null after leaving. */
  readonly role: Role | null;
  readonly retentionDays: number | null;
  readonly head: number;
  readonly read: number;
  readonly unread: number;
  /** One of the unread messages that this device holds mentions this user. */
  readonly mentioned: boolean;
  /** Server time in ms until which it is muted; null where it is not. */
  readonly mutedUntil: number | null;
  readonly last: LastMessage | null;
  /** What the list is ordered by, in ms. */
  readonly activityAt: number;
  readonly typing: readonly UserId[];
  /** Text typed here and not sent, kept over restarts of this device. */
  readonly draft: string;
}

/** All conversations, newest activity first. */
export interface ConversationListState {
  readonly status: "loading" | "ready";
  readonly items: readonly ConversationItem[];
  /** Sum of the unread of conversations that are not muted. */
  readonly unread: number;
}

/** Who is online. `unknown` before the first news, and where the other side does not show it [P2]. */
export interface PresenceState {
  readonly user: UserId;
  readonly state: "online" | "offline" | "unknown";
  /** Server time in ms; null while online or where it is not shown. */
  readonly lastSeen: number | null;
}

/** A profile that the SDK fetches and keeps; `loading` until something is known. */
export interface ProfileState {
  readonly status: "loading" | "ready" | "missing";
  readonly profile: PublicProfile | null;
}

/** Something that waits to be sent, or that failed. */
export interface OutboxItem {
  readonly id: EntryId;
  readonly conversation: ConversationId;
  readonly kind: "message" | "edit" | "delete" | "reaction";
  readonly createdAt: number;
  readonly status: "queued" | "sent" | "failed";
  readonly error: MeridianError | null;
}

/** A message on this device that fits a search. */
export interface SearchHit {
  readonly conversation: ConversationId;
  readonly seq: number;
  readonly id: EntryId;
  readonly sender: UserId;
  readonly at: number;
  readonly text: string;
}
