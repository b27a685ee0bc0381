/** Marks read what has been on screen while somebody was there to look. */
import { useEffect, useRef } from "preact/hooks";
import type { ConversationItem } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";

/** Looking takes a moment, and scrolling past is no reading. */
const LOOK_MS = 250;

interface MarkRead {
  /** What is in view a moment from now. */
  readonly soon: () => void;
  /** What is in view now: a hand on the list is somebody who looks at it, and may be about to move it. */
  readonly now: () => void;
}

/** @param lastInView the newest entry that is in view now */
export function useMarkRead(item: ConversationItem, lastInView: () => number): MarkRead {
  const latest = useRef({ item, lastInView });
  latest.current = { item, lastInView };
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const marks = useRef<MarkRead>({
    soon() {
      if (timer.current !== undefined || !isLooking()) return;
      timer.current = setTimeout(() => {
        timer.current = undefined;
        marks.now();
      }, LOOK_MS);
    },
    now() {
      if (!isLooking()) return;
      const { item: held, lastInView: last } = latest.current;
      const seq = last();
      // A failure here is tried again by the SDK.
      if (seq > held.read) meridian.markRead(held.id, seq).catch(() => undefined);
    },
  }).current;

  useEffect(() => {
    addEventListener("focus", marks.soon);
    document.addEventListener("visibilitychange", marks.soon);
    return () => {
      removeEventListener("focus", marks.soon);
      document.removeEventListener("visibilitychange", marks.soon);
      clearTimeout(timer.current);
    };
  }, []);
  return marks;
}

function isLooking(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}
