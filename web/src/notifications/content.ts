/** What a notification says. Used by the service worker, so that pushes and news of open pages look the same. */
import type { ConversationId } from "../../../client/index.ts";
import type { PushNotice } from "../../../protocol/push.ts";

/** What this device holds beside the notice; a push without preview names nobody [N2]. */
export interface Known {
  /** What the conversation is called here. */
  readonly title?: string | undefined;
  readonly isGroup?: boolean | undefined;
  /** Who wrote the newest message. */
  readonly sender?: string | undefined;
}

/** Kept with a notification. */
export interface NotificationData {
  readonly conversation: ConversationId;
  /** The newest entry that it speaks of. */
  readonly seq: number;
  /** When it last made itself heard, in ms. */
  readonly alertedAt: number;
}

export interface NotificationAction {
  readonly action: "reply" | "read";
  readonly title: string;
  readonly type?: "button" | "text";
  readonly placeholder?: string;
}

/** What the browser can do. */
export interface Abilities {
  /** `Notification.maxActions`; 0 where it has no buttons. */
  readonly actions: number;
  /** A reply can be typed into the notification. */
  readonly inlineReply: boolean;
}

export interface Content {
  readonly title: string;
  readonly options: {
    readonly tag: string;
    readonly body: string;
    readonly icon: string;
    readonly dir: "auto";
    readonly renotify: boolean;
    readonly silent: boolean;
    readonly actions: readonly NotificationAction[];
    readonly data: NotificationData;
  };
}

/** A lively conversation does not ring more often, unless it mentions the user. */
export const QUIET_MS = 30_000;

/** One notification per conversation: a newer one takes its place. */
export function tagOf(conversation: ConversationId): string {
  return `conversation:${conversation}`;
}

/**
 * Words and behaviour of a notification.
 *
 * @param held of the one that it takes the place of
 * @param now in ms
 */
export function contentOf(
  notice: PushNotice,
  known: Known,
  held: NotificationData | undefined,
  can: Abilities,
  now: number,
): Content {
  const rings = held === undefined || notice.mention === true || now - held.alertedAt >= QUIET_MS;
  const name = known.title ?? notice.title ?? "Meridian";
  return {
    title: notice.unread > 1 ? `${name} (${notice.unread})` : name,
    options: {
      tag: tagOf(notice.conversation),
      body: bodyOf(notice, known),
      icon: "/icon-192.png",
      dir: "auto",
      // Only what takes the place of another may be told to ring again.
      renotify: held !== undefined && rings,
      silent: !rings,
      actions: actionsOf(can),
      data: {
        conversation: notice.conversation,
        seq: notice.seq,
        alertedAt: rings ? now : held.alertedAt,
      },
    },
  };
}

/** The same again, with what became of an answer: it makes no sound. */
export function failedReply(title: string, data: NotificationData): Content {
  return {
    title,
    options: {
      tag: tagOf(data.conversation),
      body: "Your reply is not sent yet. Open the conversation to see to it.",
      icon: "/icon-192.png",
      dir: "auto",
      renotify: false,
      silent: true,
      actions: [],
      data,
    },
  };
}

function bodyOf({ text, mention, unread }: PushNotice, { isGroup, sender }: Known): string {
  if (text !== undefined && text !== "") return isGroup === true && sender !== undefined ? `${sender}: ${text}` : text;
  if (mention === true) return "You were mentioned";
  return unread > 1 ? `${unread} new messages` : "New message";
}

function actionsOf({ actions, inlineReply }: Abilities): readonly NotificationAction[] {
  const all: NotificationAction[] = [
    { action: "reply", title: "Reply", ...(inlineReply ? { type: "text" as const, placeholder: "Message" } : {}) },
    { action: "read", title: "Mark as read" },
  ];
  return all.slice(0, actions);
}
