/**
 * What User objects may ask of a Conversation object. Types only. Nobody else calls it in a user's name: the edge goes
 * through the caller's User object, which knows whether the device is still signed in.
 */
import type {
  Conversation,
  ConversationId,
  DeviceId,
  EntryId,
  ErrorCode,
  Member,
  MemberContent,
  MemberList,
  ReceiptList,
  Role,
  UpdateConversation,
  UserId,
  Watermarks,
} from "../../protocol/index.ts";
import type { MediaRpc } from "./media.ts";
import type { NotedBatch } from "./user.ts";

/** One send, checked against its schema. */
export interface AppendItem {
  readonly device: DeviceId;
  readonly id: EntryId;
  readonly content: MemberContent;
}

export type AppendOutcome =
  | { readonly ok: true; readonly seq: number; readonly at: number; readonly duplicate: boolean }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string; readonly retryAfterMs?: number };

/** Outcomes in the order of the items, and what the sender's own devices are to be shown. */
export interface AppendReply {
  readonly outcomes: readonly AppendOutcome[];
  /** The range that this call appended and the sender had not been handed before; null where it appended nothing. */
  readonly batch: NotedBatch | null;
}

/** A device's place, to be checked against the log [D7]. */
export interface Place {
  readonly seq: number;
  readonly chain?: string | undefined;
}

/** A conversation as one member sees it, without what only its User object knows. */
export interface MemberView extends Conversation {
  readonly delivered: number;
  /** The device that moved `delivered` to where it is. */
  readonly deliveredBy: DeviceId | null;
  readonly read: number;
  readonly unread: number;
  /** JSON text of the last entry that the member may see, or of null. */
  readonly lastJson: string;
  /** Lowest watermarks of the other members. */
  readonly receipts: Watermarks;
  /** The other user of a direct chat. */
  readonly peer: UserId | null;
  readonly chain: string;
  readonly joinedAfter: number;
  /** Server time of the newest entry, 0 for an empty log. */
  readonly at: number;
  /** The seq at or before which the place that was asked about is not the log's; null where all is well. */
  readonly diverged: number | null;
}

/** A page of history as {@link Batch}, with what a `Page` says beside it. */
export interface PageReply {
  readonly json: string;
}

/** Where a log is to be set back to: a time, or what an earlier restore answered as the way back. */
export type RestorePoint = { readonly at: number } | { readonly bookmark: string };

export interface Restored {
  /** Leads back to how it was before. */
  readonly undo: string;
  /** Everybody who is or was a member: each is to be told. */
  readonly members: readonly UserId[];
}

/** Asked by operators, through the edge. */
export interface ConversationForOperators {
  /** Sets the log back; `not_found` for one that never was. */
  restore(to: RestorePoint): Promise<Restored>;
}

export interface ConversationRpc extends MediaRpc {
  createDirect(
    id: ConversationId,
    creator: UserId,
    peer: UserId,
  ): Promise<{ created: boolean; conversation: Conversation }>;
  createGroup(id: ConversationId, creator: UserId, title: string, members: readonly UserId[]): Promise<Conversation>;
  append(user: UserId, items: readonly AppendItem[]): Promise<AppendReply>;
  /** The stream's way through the log: at most `limit` entries after `after`. */
  readOn(user: UserId, after: number, limit: number): Promise<NotedBatch>;
  /** A page of history, as the JSON text of a `Page`. */
  page(
    user: UserId,
    query: { after?: number | undefined; before?: number | undefined; limit: number },
  ): Promise<PageReply>;
  /**
   * One member's view, and whether its place is the log's [D7].
   * @returns null where the user is not and was not a member
   */
  view(user: UserId, place?: Place): Promise<MemberView | null>;
  conversation(user: UserId): Promise<Conversation>;
  /** [E6] 0 for somebody who is no member. */
  unread(user: UserId): Promise<number>;
  update(user: UserId, patch: UpdateConversation): Promise<Conversation>;
  members(user: UserId, limit: number, cursor: string | undefined): Promise<MemberList>;
  putMember(actor: UserId, member: UserId, role: Role | undefined): Promise<Member>;
  removeMember(actor: UserId, member: UserId): Promise<void>;
  /** [R1] raises watermarks; answers them as they now are. `unread` is counted only where something was read. */
  acknowledge(
    user: UserId,
    device: DeviceId,
    marks: { delivered?: number | undefined; read?: number | undefined },
  ): Promise<Watermarks & { readonly unread: number; readonly head: number }>;
  receiptsAt(user: UserId, seq: number): Promise<ReceiptList>;
  hide(user: UserId, seq: number): Promise<void>;
  /** [V3] starts or ends a block by this user in a direct chat. */
  setBlocked(user: UserId, blocked: boolean): Promise<void>;
  typing(user: UserId, active: boolean): Promise<void>;
  /** The user is erased: leaves for good; a conversation that nobody is left in is erased too. */
  forget(user: UserId): Promise<void>;
}
