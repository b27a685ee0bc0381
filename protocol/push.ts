/**
 * Push notifications (contract, section 5): where a device wants them, and what it gets.
 */
import { z } from "zod";
import { ConversationId, Seq, UserId } from "./ids.ts";

const Key = z.string().regex(/^[A-Za-z0-9_+/-]{20,120}=*$/, "must be base64url");

/** A browser's subscription (the JSON of a `PushSubscription`). */
export const WebPushTarget = z.object({
  kind: z.literal("webpush"),
  endpoint: z.url().max(2048),
  keys: z.object({ p256dh: Key, auth: Key }),
  preview: z.boolean().optional(),
});
/**
 * A device of FCM or APNs by its token; or, with `webhook`, what the operator's own gateway gave this user for an address
 * that it has checked (e-mail, telephone).
 */
export const TokenTarget = z.object({
  kind: z.enum(["fcm", "apns", "webhook"]),
  token: z.string().min(1).max(4096),
  preview: z.boolean().optional(),
});

/** Body of `PUT /v1/me/push`. [N2] `preview`: notifications of this device may carry the text. */
export const PushTarget = z.discriminatedUnion("kind", [WebPushTarget, TokenTarget]);
export type PushTarget = z.infer<typeof PushTarget>;
export type WebPushTarget = z.infer<typeof WebPushTarget>;
export type TokenTarget = z.infer<typeof TokenTarget>;
export type PushKind = PushTarget["kind"];

/** Answer of `GET /v1/me/push`: the key to subscribe with, and what is registered for this device. */
export const PushState = z.object({
  publicKey: z.string(),
  registered: z.object({ kind: z.enum(["webpush", "fcm", "apns", "webhook"]), preview: z.boolean() }).nullable(),
});
export type PushState = z.infer<typeof PushState>;

/** What a push says: that there is something, and how much. Never what, unless the user asked for it [N2]. */
export const PushNotice = z.object({
  v: z.literal(1),
  conversation: ConversationId,
  /** Seq of the newest entry when it was sent. */
  seq: Seq,
  /** Unread messages of the conversation, and of all that notify. */
  unread: z.int(),
  badge: z.int(),
  /** One of them mentions the user. */
  mention: z.boolean().optional(),
  /** Only with `preview`: the newest message, its sender, and the group's title or the peer's name. */
  text: z.string().optional(),
  sender: UserId.optional(),
  title: z.string().optional(),
});
export type PushNotice = z.infer<typeof PushNotice>;
