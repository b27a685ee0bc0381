/**
 * Identifiers of the wire contract. All are opaque to clients; the prefixes only help people who read logs.
 */
import { z } from "zod";

/** What every id on the wire matches (contract, section 0). */
export const ID_PATTERN = /^[A-Za-z0-9_-]{1,80}$/;
/** What a handle matches after lower-casing [A1]. */
export const HANDLE_PATTERN = /^[a-z0-9_.]{3,32}$/;

export const Id = z.string().regex(ID_PATTERN, "must match ^[A-Za-z0-9_-]{1,80}$");
export const UserId = Id.brand<"UserId">();
export const DeviceId = Id.brand<"DeviceId">();
export const ConversationId = Id.brand<"ConversationId">();
export const EntryId = Id.brand<"EntryId">();

export type UserId = z.infer<typeof UserId>;
export type DeviceId = z.infer<typeof DeviceId>;
export type ConversationId = z.infer<typeof ConversationId>;
export type EntryId = z.infer<typeof EntryId>;

/** A position in a log: 1, 2, 3 …; 0 is "before the first entry". */
export const Seq = z.int().min(0);
/** Milliseconds since the epoch, by the server's clock unless said otherwise. */
export const Ms = z.int().min(0);

/** True where the string can be an id of the contract. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && ID_PATTERN.test(value);
}

/** True where the conversation is a direct chat, by its prefix. */
export function isDirect(conversation: string): boolean {
  return conversation.startsWith("d_");
}
