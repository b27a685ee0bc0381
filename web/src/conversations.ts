/** Single conversations out of the list, and what to call them. */
import type { ConversationId, ConversationItem } from "../../client/index.ts";
import { meridian, useMe, useObservable } from "./meridian.ts";

export function useConversation(id: ConversationId): ConversationItem | null {
  const { items } = useObservable(meridian.conversations);
  return items.find((item) => item.id === id) ?? null;
}

/** True where a conversation is with oneself [V4]. */
export function useIsNotes(item: ConversationItem): boolean {
  const me = useMe();
  return item.kind === "direct" && item.peer !== null && item.peer.id === me?.id;
}

export function titleOf(item: ConversationItem, isNotes: boolean): string {
  return isNotes ? "Notes to self" : item.title;
}

/** True while it is muted, by the server's clock. */
export function isMuted(item: ConversationItem): boolean {
  return item.mutedUntil !== null && item.mutedUntil > meridian.serverNow();
}
