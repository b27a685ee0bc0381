/**
 * Messages that come over the page's own link while nobody looks: the server pushes only what no link took [N1], so the
 * page has to tell of them itself.
 */
import type { ConversationId, ConversationItem, MessageItem } from "../../../client/index.ts";
import type { PushNotice } from "../../../protocol/push.ts";
import { isMuted } from "../conversations.ts";
import { meridian } from "../meridian.ts";
import type { ToWorker } from "./messages.ts";
import { preview, pushState } from "./push-state.ts";

/** Messages of a burst are told of together. */
const GATHER_MS = 500;
/** What is older was pushed when it came. */
const NEWS_MS = 60_000;
const PREVIEW_CHARACTERS = 240;

const waiting = new Set<ConversationId>();

export function noteArrival(
  conversation: ConversationId,
  { at, mentionsMe }: MessageItem,
  tell: (message: ToWorker) => void,
): void {
  if (pushState.value !== "on" || document.hasFocus() || meridian.serverNow() - at > NEWS_MS) return;
  if (waiting.has(conversation)) return;
  const item = meridian.conversations.current.items.find(({ id }) => id === conversation);
  if (item === undefined || (isMuted(item) && !mentionsMe)) return;
  waiting.add(conversation);
  setTimeout(() => {
    waiting.delete(conversation);
    const now = meridian.conversations.current.items.find(({ id }) => id === conversation);
    const notice = now === undefined ? null : noticeOf(now, preview.value);
    if (notice !== null && !document.hasFocus()) tell({ type: "arrived", notice });
  }, GATHER_MS);
}

/** What a push would say; null where there is nothing to tell any more. */
function noticeOf({ id, unread, mentioned, last, title }: ConversationItem, withText: boolean): PushNotice | null {
  if (unread === 0 || last === null || last.own || last.seq === null) return null;
  return {
    v: 1,
    conversation: id,
    seq: last.seq,
    unread,
    badge: meridian.conversations.current.unread,
    ...(mentioned ? { mention: true } : {}),
    ...(withText && last.text !== ""
      ? { text: last.text.slice(0, PREVIEW_CHARACTERS), sender: last.sender, title }
      : {}),
  };
}
