/** The picture that is open over everything, if one is, and its neighbours. */
import { signal } from "@preact/signals";
import type { ConversationId, Media, MessageItem, TimelineItem } from "../../../client/index.ts";
import { kindOf } from "./words.ts";

export interface Viewed {
  readonly conversation: ConversationId;
  /** Key of the message; a forwarded file may be in two. */
  readonly message: string;
  readonly media: string;
}

export const viewed = signal<Viewed | null>(null);

export interface Picture {
  readonly message: MessageItem;
  readonly media: Media;
}

/** All pictures of what a timeline holds, oldest first. */
export function picturesOf(items: readonly TimelineItem[]): readonly Picture[] {
  return items.flatMap((message) => {
    if (message.type !== "message" || message.deleted || message.unreadable) return [];
    return message.media.filter((media) => kindOf(media) === "image").map((media) => ({ message, media }));
  });
}
