/**
 * From folded messages and entries to the items of a timeline. Pure.
 */
import type { FoldedMessage } from "../../protocol/fold.ts";
import type { Entry } from "../../protocol/entry.ts";
import type { DeviceId, UserId } from "../../protocol/ids.ts";
import type { MeridianError } from "../errors.ts";
import type { OutboxRecord } from "../storage/storage.ts";
import type { MessageItem, MessageStatus, ReplyPreview, SystemEvent, SystemItem } from "../types/state.ts";

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

/** What an outbox item will be in the log, for folding it in before it is there. */
export function pendingEntry(item: OutboxRecord, seq: number, me: UserId, device: DeviceId): Entry {
  const { id, at, createdAt, content } = item;
  return { seq, id, sender: { user: me, device }, at: at ?? createdAt, chain: "", ...content };
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
