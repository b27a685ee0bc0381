/**
 * From entries and outbox items to what a list shows and what events tell. Pure.
 */
import type { UserId } from "../../protocol/ids.ts";
import { fromData, type MeridianError } from "../errors.ts";
import type { ConversationRecord, OutboxRecord, StoredEntry } from "../storage/storage.ts";
import { readable } from "../sync/content.ts";
import type { LastMessage, MessageItem, MessageStatus, ReplyPreview } from "../types/state.ts";

/** How far an own message at `seq` has come. */
export function statusOf(seq: number, receipts: ConversationRecord["receipts"]): MessageStatus {
  if (seq <= receipts.read) return "read";
  return seq <= receipts.delivered ? "delivered" : "sent";
}

/** An entry that just arrived, as an item, without what later entries may do to it. */
export function arrivedItem(stored: StoredEntry, me: UserId): MessageItem | undefined {
  const entry = readable(stored);
  if ((entry.kind !== "message" && entry.kind !== "sealed") || entry.deleted) return undefined;
  const body = entry.kind === "message" ? entry.body : undefined;
  const { user } = entry.sender;
  const mentions = body?.mentions ?? [];
  const quoted = body?.replyTo;
  return {
    type: "message",
    key: `${user}:${entry.id}`,
    id: entry.id,
    seq: entry.seq,
    sender: user,
    own: user === me,
    at: entry.at,
    text: body?.text ?? "",
    media: body?.media ?? [],
    mentions,
    mentionsMe: mentions.includes(me),
    replyTo: quoted === undefined ? null : missingReply(quoted),
    editedAt: null,
    deleted: false,
    unreadable: body === undefined,
    reactions: [],
    status: null,
    error: null,
  };
}

/** A quote of which nothing is known but its id. */
export function missingReply(id: ReplyPreview["id"]): ReplyPreview {
  return { id, seq: null, sender: null, text: "", media: [], deleted: false, missing: true };
}

export function pendingStatus(item: OutboxRecord, receipts: ConversationRecord["receipts"]): MessageStatus {
  return item.status === "sent" && item.seq !== undefined ? statusOf(item.seq, receipts) : item.status;
}

export function errorOfItem({ error }: OutboxRecord): MeridianError | null {
  return error === undefined ? null : fromData(error);
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
