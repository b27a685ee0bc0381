/**
 * From folded messages, entries and outbox items to what a user interface shows. Pure.
 */
import { fold, type FoldedMessage } from "../../protocol/fold.ts";
import type { Entry } from "../../protocol/entry.ts";
import type { DeviceId, UserId } from "../../protocol/ids.ts";
import { fromData, type MeridianError } from "../errors.ts";
import type { ConversationRecord, OutboxRecord, StoredEntry } from "../storage/storage.ts";
import { readable } from "../sync/content.ts";
import type { LastMessage, MessageItem, MessageStatus, ReplyPreview, SystemEvent, SystemItem } from "../types/state.ts";

/** How far an own message at `seq` has come. */
export function statusOf(seq: number, receipts: ConversationRecord["receipts"]): MessageStatus {
  if (seq <= receipts.read) return "read";
  return seq <= receipts.delivered ? "delivered" : "sent";
}

export interface MessageContext {
  readonly me: UserId;
  readonly seq: number | null;
  readonly status: MessageStatus | null;
  readonly error: MeridianError | null;
  readonly replyTo: ReplyPreview | null;
}

export function messageItem(message: FoldedMessage, { me, seq, status, error, replyTo }: MessageContext): MessageItem {
  return {
    type: "message",
    key: `${message.sender}:${message.id}`,
    id: message.id,
    seq,
    sender: message.sender,
    own: message.sender === me,
    at: message.at,
    text: message.text ?? "",
    media: message.media,
    mentions: message.mentions,
    mentionsMe: message.mentions.includes(me),
    replyTo,
    editedAt: message.editedAt,
    deleted: message.deleted,
    unreadable: message.kind === "sealed" && !message.deleted,
    reactions: message.reactions.map(({ emoji, users }) => ({ emoji, users, own: users.includes(me) })),
    status,
    error,
  };
}

/** An entry that just arrived, as an item, without what later entries may do to it. */
export function arrivedItem(stored: StoredEntry, me: UserId): MessageItem | undefined {
  const [message] = fold([readable(stored)]).messages.values();
  if (message === undefined) return undefined;
  const replyTo = message.replyTo === null ? null : missingReply(message.replyTo);
  return messageItem(message, { me, seq: message.seq, status: null, error: null, replyTo });
}

/** What an outbox item will be in the log, for folding it in before it is there. */
export function pendingEntry(item: OutboxRecord, seq: number, me: UserId, device: DeviceId): Entry {
  const { id, at, createdAt, content } = item;
  return { seq, id, sender: { user: me, device }, at: at ?? createdAt, chain: "", ...content };
}

export function pendingStatus(item: OutboxRecord, receipts: ConversationRecord["receipts"]): MessageStatus {
  return item.status === "sent" && item.seq !== undefined ? statusOf(item.seq, receipts) : item.status;
}

export function errorOfItem({ error }: OutboxRecord): MeridianError | null {
  return error === undefined ? null : fromData(error);
}

/** A line that no member wrote; undefined for what shows in other lines. */
export function systemItem(entry: Entry): SystemItem | undefined {
  const event = systemEvent(entry);
  if (event === undefined) return undefined;
  const { seq, id, at, sender } = entry;
  return { type: "system", key: `${sender.user}:${id}`, id, seq, at, actor: sender.user, event };
}

function systemEvent(entry: Entry): SystemEvent | undefined {
  if (entry.deleted) return undefined;
  switch (entry.kind) {
    case "group_created":
    case "member_added":
    case "member_removed":
    case "member_role":
    case "conversation_updated":
      return { kind: entry.kind, ...entry.body } as SystemEvent;
    default:
      return undefined;
  }
}

export function replyPreview(message: FoldedMessage, seq: number | null): ReplyPreview {
  const { id, sender, text, media, deleted } = message;
  return { id, seq, sender, text: text ?? "", media, deleted, missing: false };
}

export function missingReply(id: ReplyPreview["id"]): ReplyPreview {
  return { id, seq: null, sender: null, text: "", media: [], deleted: false, missing: true };
}

/** The newest message of a list line: from the log, or from the outbox where something waits. */
export function lastMessage(
  record: ConversationRecord,
  pending: OutboxRecord | undefined,
  me: UserId,
): LastMessage | null {
  // What waits will come last; what failed stays where it was.
  const overtaken = pending?.status === "failed" && (record.last?.entry.at ?? 0) > pending.createdAt;
  if (pending !== undefined && !overtaken && pending.content.kind === "message") {
    const { text, media } = pending.content.body;
    return {
      id: pending.id,
      seq: pending.seq ?? null,
      sender: me,
      own: true,
      at: pending.at ?? pending.createdAt,
      text: text ?? "",
      media: media ?? [],
      deleted: false,
      edited: false,
      unreadable: false,
      status: pendingStatus(pending, record.receipts),
    };
  }
  if (record.last === null) return null;
  const entry = readable(record.last);
  const own = entry.sender.user === me;
  const body = entry.kind === "message" && !entry.deleted ? entry.body : undefined;
  return {
    id: entry.id,
    seq: entry.seq,
    sender: entry.sender.user,
    own,
    at: entry.at,
    text: body?.text ?? "",
    media: body?.media ?? [],
    deleted: entry.deleted === true,
    edited: record.lastEdited,
    unreadable: body === undefined && entry.deleted !== true,
    status: own ? statusOf(entry.seq, record.receipts) : null,
  };
}
