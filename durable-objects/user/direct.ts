import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { base64url, type ConversationId, type UserId } from "../../protocol/index.ts";

/** The one id of the direct chat of two users, in either order: both sides find it without asking anybody. */
export function directId(a: UserId, b: UserId): ConversationId {
  const [first, second] = a < b ? [a, b] : [b, a];
  return `d_${base64url(sha256(utf8ToBytes(`${first}|${second}`)).subarray(0, 16))}` as ConversationId;
}

/** A new id for a group. */
export function newGroupId(): ConversationId {
  return `g_${base64url(crypto.getRandomValues(new Uint8Array(16)))}` as ConversationId;
}
