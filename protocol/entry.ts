/**
 * Entries: the records of a conversation's append-only log (contract, section 2).
 */
import { z } from "zod";
import { ConversationId, DeviceId, EntryId, Id, Ms, Seq, UserId } from "./ids.ts";
import {
  MAX_AVATAR_CHARS,
  MAX_EMOJI_CHARS,
  MAX_MEDIA_PER_MESSAGE,
  MAX_MENTIONS,
  MAX_TEXT_CHARS,
  MAX_THUMBNAIL_CHARS,
  MAX_TITLE_CHARS,
} from "./limits.ts";

export const Role = z.enum(["admin", "member"]);
export type Role = z.infer<typeof Role>;

/** A file in a message; the bytes are elsewhere (contract, section 4). */
export const Media = z.object({
  id: Id,
  name: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  size: z.int().min(0),
  sha256: z.string().min(1).max(128),
  width: z.int().min(1).optional(),
  height: z.int().min(1).optional(),
  durationMs: z.int().min(0).optional(),
  thumbnail: z.string().startsWith("data:image/").max(MAX_THUMBNAIL_CHARS).optional(),
});
export type Media = z.infer<typeof Media>;

export const MessageBody = z
  .object({
    text: z.string().max(MAX_TEXT_CHARS).optional(),
    media: z.array(Media).max(MAX_MEDIA_PER_MESSAGE).optional(),
    replyTo: EntryId.optional(),
    mentions: z.array(UserId).max(MAX_MENTIONS).optional(),
  })
  .refine((body) => (body.text ?? "") !== "" || (body.media ?? []).length > 0, "needs text or media");
export const SealedBody = z.object({ ciphertext: z.string().regex(/^[A-Za-z0-9_-]+$/, "must be base64url") });
export const EditBody = z.object({ target: EntryId, text: z.string().min(1).max(MAX_TEXT_CHARS) });
export const DeleteBody = z.object({ target: EntryId });
export const ReactionBody = z.object({
  target: EntryId,
  emoji: z.string().min(1).max(MAX_EMOJI_CHARS),
  remove: z.literal(true).optional(),
});

export type MessageBody = z.infer<typeof MessageBody>;
export type SealedBody = z.infer<typeof SealedBody>;
export type EditBody = z.infer<typeof EditBody>;
export type DeleteBody = z.infer<typeof DeleteBody>;
export type ReactionBody = z.infer<typeof ReactionBody>;

/** What a member may append: the kind and its body. */
export const MemberContent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("message"), body: MessageBody }),
  z.object({ kind: z.literal("sealed"), body: SealedBody }),
  z.object({ kind: z.literal("edit"), body: EditBody }),
  z.object({ kind: z.literal("delete"), body: DeleteBody }),
  z.object({ kind: z.literal("reaction"), body: ReactionBody }),
]);
export type MemberContent = z.infer<typeof MemberContent>;
export type MemberKind = MemberContent["kind"];
export const MEMBER_KINDS = [
  "message",
  "sealed",
  "edit",
  "delete",
  "reaction",
] as const satisfies readonly MemberKind[];

export const GroupCreatedBody = z.object({ title: z.string(), members: z.array(UserId) });
export const MemberAddedBody = z.object({ user: UserId, role: Role });
export const MemberRemovedBody = z.object({ user: UserId });
export const MemberRoleBody = z.object({ user: UserId, role: Role });
export const ConversationUpdatedBody = z.object({
  title: z.string().min(1).max(MAX_TITLE_CHARS).optional(),
  avatar: z.string().max(MAX_AVATAR_CHARS).nullable().optional(),
  retentionDays: z.int().min(1).max(3650).nullable().optional(),
});

/** What only the server appends. */
export const SystemContent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("group_created"), body: GroupCreatedBody }),
  z.object({ kind: z.literal("member_added"), body: MemberAddedBody }),
  z.object({ kind: z.literal("member_removed"), body: MemberRemovedBody }),
  z.object({ kind: z.literal("member_role"), body: MemberRoleBody }),
  z.object({ kind: z.literal("conversation_updated"), body: ConversationUpdatedBody }),
]);
export type SystemContent = z.infer<typeof SystemContent>;
export type EntryKind = MemberKind | SystemContent["kind"];
export const ENTRY_KINDS = [
  ...MEMBER_KINDS,
  "group_created",
  "member_added",
  "member_removed",
  "member_role",
  "conversation_updated",
] as const satisfies readonly EntryKind[];

/** Who made an entry; `device` is null for the server's own. */
export const Sender = z.object({ user: UserId, device: DeviceId.nullable() });
export type Sender = z.infer<typeof Sender>;

const entryBase = {
  seq: Seq,
  id: EntryId,
  sender: Sender,
  at: Ms,
  chain: z.string(),
};

/** [E3] what is left of an entry whose body was erased. */
export const ErasedEntry = z.object({
  ...entryBase,
  kind: z.enum(ENTRY_KINDS),
  body: z.null(),
  deleted: z.literal(true),
  digest: z.string(),
});

const live = { deleted: z.undefined().optional(), digest: z.string().optional() };
export const LiveEntry = z.discriminatedUnion("kind", [
  z.object({ ...entryBase, ...live, kind: z.literal("message"), body: MessageBody }),
  z.object({ ...entryBase, ...live, kind: z.literal("sealed"), body: SealedBody }),
  z.object({ ...entryBase, ...live, kind: z.literal("edit"), body: EditBody }),
  z.object({ ...entryBase, ...live, kind: z.literal("delete"), body: DeleteBody }),
  z.object({ ...entryBase, ...live, kind: z.literal("reaction"), body: ReactionBody }),
  z.object({ ...entryBase, ...live, kind: z.literal("group_created"), body: GroupCreatedBody }),
  z.object({ ...entryBase, ...live, kind: z.literal("member_added"), body: MemberAddedBody }),
  z.object({ ...entryBase, ...live, kind: z.literal("member_removed"), body: MemberRemovedBody }),
  z.object({ ...entryBase, ...live, kind: z.literal("member_role"), body: MemberRoleBody }),
  z.object({ ...entryBase, ...live, kind: z.literal("conversation_updated"), body: ConversationUpdatedBody }),
]);

/** One record of the log, as every reader sees it. `body` is null exactly where `deleted` is true. */
export const Entry = z.union([LiveEntry, ErasedEntry]);
export type Entry = z.infer<typeof Entry>;
export type LiveEntry = z.infer<typeof LiveEntry>;
export type ErasedEntry = z.infer<typeof ErasedEntry>;

/** [E6] the kinds that count as unread and that show as the last entry of a conversation. */
export function isCountable(kind: EntryKind): kind is "message" | "sealed" {
  return kind === "message" || kind === "sealed";
}

/** Body of `POST /v1/conversations/{id}/entries`: the socket's `send` without its envelope. */
export const AppendRequest = z.intersection(z.object({ id: EntryId }), MemberContent);
export type AppendRequest = z.infer<typeof AppendRequest>;

/** What a durable append is answered with. */
export const AppendResult = z.object({
  conversation: ConversationId,
  id: EntryId,
  seq: Seq,
  at: Ms,
  duplicate: z.boolean().optional(),
});
export type AppendResult = z.infer<typeof AppendResult>;
