/**
 * Conversations as members see them, and the requests that change them (contract, section 1).
 */
import { z } from "zod";
import { ConversationId, Id, Ms, Seq, UserId } from "./ids.ts";
import { Entry, Role } from "./entry.ts";
import { DEFAULT_PAGE_ENTRIES, MAX_AVATAR_CHARS, MAX_PAGE_ENTRIES, MAX_TITLE_CHARS } from "./limits.ts";

export const ConversationKind = z.enum(["direct", "group"]);
export type ConversationKind = z.infer<typeof ConversationKind>;

/** A conversation as one member sees it. `role` is null for somebody who left it. */
export const Conversation = z.object({
  id: ConversationId,
  kind: ConversationKind,
  title: z.string().optional(),
  avatar: z.string().nullable().optional(),
  memberCount: z.int().min(0),
  head: Seq,
  floor: Seq,
  role: Role.nullable(),
  retentionDays: z.int().min(1).nullable().optional(),
});
export type Conversation = z.infer<typeof Conversation>;

/** Two watermarks: everything up to and including these seqs. */
export const Watermarks = z.object({ delivered: Seq, read: Seq });
export type Watermarks = z.infer<typeof Watermarks>;

/** The other side of a direct chat. */
export const Peer = z.object({
  id: UserId,
  handle: z.string(),
  displayName: z.string(),
  avatar: z.string().nullable(),
});
export type Peer = z.infer<typeof Peer>;

/** A line of the conversation list, for one user and one device. */
export const Summary = Conversation.extend({
  cursor: Seq,
  read: Seq,
  unread: z.int().min(0),
  mutedUntil: Ms.nullable(),
  last: Entry.nullable(),
  receipts: Watermarks,
  peer: Peer.optional(),
});
export type Summary = z.infer<typeof Summary>;

export const Member = z.object({ user: UserId, role: Role, delivered: Seq, read: Seq });
export type Member = z.infer<typeof Member>;

/** Everything that one user may see of the range (after, to]. */
export const Page = z.object({
  after: Seq,
  to: Seq,
  entries: z.array(Entry),
  head: Seq,
  floor: Seq,
  more: z.boolean(),
});
export type Page = z.infer<typeof Page>;

export const Title = z
  .string()
  .trim()
  .min(1, "must have 1 to 100 characters")
  .max(MAX_TITLE_CHARS, "must have 1 to 100 characters");
export const Avatar = z.string().max(MAX_AVATAR_CHARS).nullable();

export const CreateConversation = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("direct"), user: UserId }),
  z.object({ kind: z.literal("group"), title: Title, members: z.array(UserId).max(100_000) }),
]);
export type CreateConversation = z.infer<typeof CreateConversation>;

export const UpdateConversation = z
  .object({
    title: Title.optional(),
    avatar: Avatar.optional(),
    retentionDays: z.int().min(1).max(3650).nullable().optional(),
  })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), "needs something to change");
export type UpdateConversation = z.infer<typeof UpdateConversation>;

export const PutMember = z.object({ role: Role.optional() });
export type PutMember = z.infer<typeof PutMember>;
export const MarkRead = z.object({ seq: Seq });
export const Mute = z.object({ until: Ms.nullable() });

export const ConversationList = z.object({ conversations: z.array(Summary), cursor: z.string().optional() });
export type ConversationList = z.infer<typeof ConversationList>;
export const MemberList = z.object({ members: z.array(Member), cursor: z.string().optional() });
export type MemberList = z.infer<typeof MemberList>;
export const ReceiptList = z.object({ seq: Seq, delivered: z.array(UserId), read: z.array(UserId) });
export type ReceiptList = z.infer<typeof ReceiptList>;

const count = (max: number, fallback: number) => z.coerce.number().int().min(1).max(max).default(fallback);
export const ListQuery = z.object({ limit: count(200, 50), cursor: Id.optional() });
export const EntriesQuery = z
  .object({
    after: z.coerce.number().int().min(0).optional(),
    before: z.coerce.number().int().min(0).optional(),
    limit: count(MAX_PAGE_ENTRIES, DEFAULT_PAGE_ENTRIES),
  })
  .refine((query) => query.after === undefined || query.before === undefined, "give after or before, not both");
