/**
 * Frames that the server sends (contract, section 3).
 */
import { z } from "zod";
import { Page, Summary } from "./conversation.ts";
import { AppendResult, Entry } from "./entry.ts";
import { ErrorCodeSchema } from "./errors.ts";
import { ConversationId, DeviceId, Ms, Seq, UserId } from "./ids.ts";

/** The opaque sync token: "everything about my conversations up to here". */
export const SyncToken = z.string().max(200);

export const ReadyFrame = z.object({
  type: z.literal("ready"),
  user: UserId,
  device: DeviceId,
  sync: SyncToken,
  conversations: z.array(Summary),
  more: z.boolean(),
  serverTime: Ms,
});
export const EntriesFrame = z.object({
  type: z.literal("entries"),
  conversation: ConversationId,
  after: Seq,
  to: Seq,
  entries: z.array(Entry),
  head: Seq,
  sync: SyncToken.optional(),
});
export const SentFrame = AppendResult.extend({ type: z.literal("sent") });
export const PageFrame = Page.extend({ type: z.literal("page"), ref: z.string(), conversation: ConversationId });
export const Receipt = z.object({ user: UserId, delivered: Seq, read: Seq });
export type Receipt = z.infer<typeof Receipt>;
export const ReceiptsFrame = z.object({
  type: z.literal("receipts"),
  conversation: ConversationId,
  receipts: z.array(Receipt),
});
export const ReadMarkFrame = z.object({
  type: z.literal("read"),
  conversation: ConversationId,
  seq: Seq,
  unread: z.int().min(0),
});
export const HiddenFrame = z.object({ type: z.literal("hidden"), conversation: ConversationId, seq: Seq });
export const ConversationFrame = z.object({ type: z.literal("conversation"), conversation: Summary });
export const TypingNoticeFrame = z.object({
  type: z.literal("typing"),
  conversation: ConversationId,
  user: UserId,
  active: z.boolean(),
});
export const PresenceFrame = z.object({
  type: z.literal("presence"),
  user: UserId,
  state: z.enum(["online", "offline"]),
  lastSeen: Ms.nullable(),
});
export const DivergedFrame = z.object({ type: z.literal("diverged"), conversation: ConversationId, seq: Seq });
export const ErrorFrame = z.object({
  type: z.literal("error"),
  ref: z.string().optional(),
  code: ErrorCodeSchema,
  message: z.string(),
  retryAfterMs: z.int().min(0).optional(),
});
export const GoodbyeFrame = z.object({
  type: z.literal("goodbye"),
  reason: z.string(),
  reconnectAfterMs: z.int().min(0),
});

export const ServerFrame = z.discriminatedUnion("type", [
  ReadyFrame,
  EntriesFrame,
  SentFrame,
  PageFrame,
  ReceiptsFrame,
  ReadMarkFrame,
  HiddenFrame,
  ConversationFrame,
  TypingNoticeFrame,
  PresenceFrame,
  DivergedFrame,
  ErrorFrame,
  GoodbyeFrame,
]);
export type ServerFrame = z.infer<typeof ServerFrame>;
export type ReadyFrame = z.infer<typeof ReadyFrame>;
export type EntriesFrame = z.infer<typeof EntriesFrame>;
export type SentFrame = z.infer<typeof SentFrame>;
export type PageFrame = z.infer<typeof PageFrame>;
export type ReceiptsFrame = z.infer<typeof ReceiptsFrame>;
export type ErrorFrame = z.infer<typeof ErrorFrame>;
export type PresenceFrame = z.infer<typeof PresenceFrame>;
