/**
 * Frames that a client sends (contract, section 3).
 */
import { z } from "zod";
import { ConversationId, EntryId, Seq, UserId } from "./ids.ts";
import { MEMBER_KINDS, type MemberContent } from "./entry.ts";
import { MAX_HELLO_CURSORS, MAX_PAGE_ENTRIES, MAX_WATCHED } from "./limits.ts";

/** Where a device stands in a log, and, where it holds the entry at `seq`, that entry's chain [D7]. */
export const Cursor = z.object({ seq: Seq, chain: z.string().max(64).optional() });
export type Cursor = z.infer<typeof Cursor>;

export const HelloFrame = z.object({
  type: z.literal("hello"),
  since: z.string().max(200).nullable(),
  cursors: z
    .record(ConversationId, Cursor)
    .refine((cursors) => Object.keys(cursors).length <= MAX_HELLO_CURSORS, `at most ${MAX_HELLO_CURSORS} cursors`)
    .optional(),
});
/** The envelope of a send; the body is checked against its kind afterwards, so that its error can carry `ref`. */
export const SendFrame = z.object({
  type: z.literal("send"),
  conversation: ConversationId,
  id: EntryId,
  kind: z.enum(MEMBER_KINDS),
  body: z.record(z.string(), z.unknown()),
});
export const ReceivedFrame = z.object({ type: z.literal("received"), conversation: ConversationId, seq: Seq });
export const ReadFrame = z.object({ type: z.literal("read"), conversation: ConversationId, seq: Seq });
export const PullFrame = z
  .object({
    type: z.literal("pull"),
    ref: z.string().min(1).max(80),
    conversation: ConversationId,
    after: Seq.optional(),
    before: Seq.optional(),
    limit: z.int().min(1).max(MAX_PAGE_ENTRIES).optional(),
  })
  .refine((frame) => frame.after === undefined || frame.before === undefined, "give after or before, not both");
export const TypingFrame = z.object({ type: z.literal("typing"), conversation: ConversationId, active: z.boolean() });
export const WatchFrame = z.object({ type: z.literal("watch"), users: z.array(UserId).max(MAX_WATCHED) });
export const UnwatchFrame = z.object({ type: z.literal("unwatch"), users: z.array(UserId).max(MAX_WATCHED) });
export const AuthFrame = z.object({ type: z.literal("auth"), token: z.string().min(1).max(4096) });

export const ClientFrame = z.discriminatedUnion("type", [
  HelloFrame,
  SendFrame,
  ReceivedFrame,
  ReadFrame,
  PullFrame,
  TypingFrame,
  WatchFrame,
  UnwatchFrame,
  AuthFrame,
]);
export type ClientFrame = z.infer<typeof ClientFrame>;
export type HelloFrame = z.infer<typeof HelloFrame>;
/** A send whose body is known to fit its kind. */
export type SendFrame = { type: "send"; conversation: ConversationId; id: EntryId } & MemberContent;
export type PullFrame = z.infer<typeof PullFrame>;
