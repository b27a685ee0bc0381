/** Marks read what has been on screen while somebody was there to look. */
import { useEffect, useRef } from "preact/hooks";
import type { ConversationItem } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";

/** Looking takes a moment, and scrolling past is no reading. */
const LOOK_MS = 250;

/** @param lastInView the newest entry that is in view now */
export function useMarkRead(item: ConversationItem, lastInView: () => number): () => void {
  const latest = useRef({ item, lastInView });
  latest.current = { item, lastInView };
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const mark = useRef((): void => {
    if (timer.current !== undefined || !isLooking()) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      if (!isLooking()) return;
      const { item: now, lastInView: last } = latest.current;
      const seq = last();
      // A failure here is tried again by the SDK.
      if (seq > now.read) meridian.markRead(now.id, seq).catch(() => undefined);
    }, LOOK_MS);
  }).current;

  useEffect(() => {
    addEventListener("focus", mark);
    document.addEventListener("visibilitychange", mark);
    return () => {
      removeEventListener("focus", mark);
      document.removeEventListener("visibilitychange", mark);
      clearTimeout(timer.current);
    };
  }, []);
  return mark;
}

function isLooking(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}
