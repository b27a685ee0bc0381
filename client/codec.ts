/**
 * The seam between the log and what people see. The server stores `{kind, body}`; views see `Content`. Today the
 * two are the same; an end-to-end encrypting codec turns content into `sealed` bodies and back, and nothing else
 * in the SDK or in an app has to change.
 */
import type { ConversationId, EntryId } from "../protocol/ids.ts";
import type { LiveEntry, MemberContent } from "../protocol/entry.ts";

/** What a member says, readable. */
export type Content = Exclude<MemberContent, { kind: "sealed" }>;

/** Where a content belongs, for codecs that bind it to its place. */
export interface CodecContext {
  readonly conversation: ConversationId;
  readonly id: EntryId;
}

/**
 * Turns content into what is stored and back. Both may be asynchronous. `encode` is called once per message,
 * before it enters the outbox; `decode` once per entry, when it arrives: its answer is kept on the device, so a
 * ratchet that forgets its keys is fine.
 */
export interface Codec {
  encode(content: Content, context: CodecContext): MemberContent | Promise<MemberContent>;
  /** @returns null where the entry cannot be read: it is shown as unreadable */
  decode(
    entry: Extract<LiveEntry, { kind: MemberContent["kind"] }>,
    context: CodecContext,
  ): Content | null | Promise<Content | null>;
}

/** Bodies as they are; `sealed` entries stay unreadable. */
export const identityCodec: Codec = {
  encode: (content) => content,
  decode: (entry) => (entry.kind === "sealed" ? null : entry),
};
