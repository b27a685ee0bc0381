/**
 * Where a timeline stands, and what follows from it: it stays at its end while it is there, opens at the unread line,
 * loads what is about to come into view, marks read what was in view, and knows the way to a message.
 */
import type { RefObject, TargetedKeyboardEvent } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { VirtualizerHandle } from "virtua";
import type { ConversationItem, Timeline, TimelineState } from "../../../client/index.ts";
import { go, route } from "../state/route.ts";
import { trying } from "../state/toasts.ts";
import { dayAtTop, lastSeqInView, rowAt } from "./in-view.ts";
import type { Change, Row } from "./rows.ts";
import { FOOT_PX, useGoal } from "./use-goal.ts";
import { useMarkRead } from "./use-mark-read.ts";
import { useRowFocus } from "./use-row-focus.ts";

/** This close to the end counts as the end. */
const END_PX = 60;
/** Further away, a button leads back. */
const AWAY_PX = 320;
/** More is loaded this long before it is seen. */
const LOAD_PX = 1_600;
const FLASH_MS = 1_600;

interface ScrollOf {
  readonly item: ConversationItem;
  readonly timeline: Timeline;
  readonly state: TimelineState;
  readonly rows: readonly Row[];
  readonly change: Change;
  /** A new number is a new list. */
  readonly generation: number;
  readonly box: RefObject<HTMLDivElement | null>;
  readonly list: RefObject<VirtualizerHandle | null>;
}

export function useScroll({ item, timeline, state, rows, change, generation, box, list }: ScrollOf) {
  /** At the end, and to stay there whatever comes. */
  const stuck = useRef(true);
  /** Somebody moved it, and nothing else has since: only then does a position say what is wanted. */
  const byUser = useRef(false);
  const opened = useRef(false);
  /** The place in a log that was asked for and is to be shown once it is loaded. */
  const target = useRef<number | null>(null);
  const [away, setAway] = useState(false);
  const [moving, setMoving] = useState(false);
  const [topDay, setTopDay] = useState<number | null>(null);
  const [flash, setFlash] = useState<string | null>(null);
  const latest = useRef({ state, rows });
  latest.current = { state, rows };

  const markRead = useMarkRead(item, () => lastSeqInView(box.current, latest.current.rows, FOOT_PX));
  const focus = useRowFocus(box, list, rows);
  const goal = useGoal(
    box,
    list,
    () => latest.current.rows,
    () => look(true),
  );

  const toLast = (): void => {
    byUser.current = false;
    goal.go({ kind: "end" });
  };

  const toRow = (key: string, align: "start" | "center"): void => {
    byUser.current = false;
    stuck.current = false;
    goal.go({ kind: "row", key, align });
  };

  /** @param rests it has come to rest: where it is now is where it stays */
  const look = (rests = false): void => {
    const { state: seen, rows: now } = latest.current;
    const handle = list.current;
    // On the way somewhere, nothing that is passed means anything.
    if (handle === null || !opened.current || goal.isOn()) return;
    // The list knows its sizes; asking the elements would make the browser lay the page out each time.
    const { scrollOffset: top, scrollSize, viewportSize } = handle;
    const left = scrollSize + FOOT_PX - viewportSize - top;
    if (top < LOAD_PX && !seen.atStart && !seen.loadingOlder && seen.error === null) void timeline.loadOlder();
    if (left < LOAD_PX && !seen.atEnd && !seen.loadingNewer && seen.error === null) void timeline.loadNewer();
    const isEnd = left <= END_PX && seen.atEnd;
    if (byUser.current || (rests && isEnd)) stuck.current = isEnd;
    setAway(left > AWAY_PX || !seen.atEnd);
    setTopDay(dayAtTop(now, handle, top));
    markRead.soon();
  };

  // Opening: at the message that the address names, at the unread line, else at the end.
  useLayoutEffect(() => {
    if (opened.current || state.status !== "ready" || rows.length === 0) return;
    opened.current = true;
    const at = route.peek();
    if (target.current !== null || (at.page === "chat" && at.at !== null)) return;
    const unread = rows.findIndex((row) => row.kind === "unread");
    if (unread > 0) toRow("unread", "start");
    else if (item.unread > 0 && !state.atStart && state.openedAtRead > 0) {
      // More is unread than was loaded.
      void jumpTo(state.openedAtRead + 1);
    } else toLast();
  }, [state.status, rows.length > 0]);

  useLayoutEffect(() => {
    if (!opened.current || change === "none") return;
    if (target.current !== null && showTarget(target.current)) target.current = null;
    else if (stuck.current && state.atEnd && target.current === null) toLast();
    look();
  }, [rows]);

  // An own message is always worth going to.
  const last = rows.at(-1);
  const lastOwn = last?.kind === "message" && last.item.own ? last.key : null;
  const knownOwn = useRef(lastOwn);
  useLayoutEffect(() => {
    const isNew = lastOwn !== knownOwn.current && lastOwn !== null && opened.current && change === "other";
    knownOwn.current = lastOwn;
    if (!isNew || stuck.current) return;
    stuck.current = true;
    toLast();
  }, [lastOwn]);

  // What is loaded next depends on what the last load found.
  useEffect(() => look(), [state.loadingOlder, state.loadingNewer]);

  useEffect(() => {
    const stop = route.subscribe((at) => {
      if (at.page !== "chat" || at.conversation !== item.id || at.at === null) return;
      const { at: seq } = at;
      // The address is an instruction: followed once, it is done.
      queueMicrotask(() => go({ ...at, at: null }, true));
      void jumpTo(seq);
    });
    return stop;
  }, []);

  /** Shows the message at a place of the log, or the next one. @returns false where that is not loaded */
  function showTarget(seq: number): boolean {
    const { state: seen, rows: now } = latest.current;
    const row = rowAt(now, seq, seen.atStart);
    if (row === null || !opened.current) return false;
    if (seq === seen.openedAtRead + 1 && now.some(({ kind }) => kind === "unread")) {
      toRow("unread", "start");
      return true;
    }
    toRow(row.key, "center");
    setFlash(row.key);
    setTimeout(() => setFlash((held) => (held === row.key ? null : held)), FLASH_MS);
    return true;
  }

  async function jumpTo(seq: number): Promise<void> {
    if (showTarget(seq)) return;
    target.current = seq;
    stuck.current = false;
    if (!(await trying(() => timeline.jumpTo(seq)))) target.current = null;
    else if (target.current === seq && showTarget(seq)) target.current = null;
  }

  const toEnd = (): void => {
    stuck.current = true;
    target.current = null;
    if (latest.current.state.atEnd) toLast();
    else void trying(() => timeline.jumpToEnd());
  };

  // Whatever grows or shrinks, a row or the list's own box: what is at the end stays there, before the next paint.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const sizes = new ResizeObserver(() => {
      if (stuck.current && opened.current && latest.current.state.atEnd && target.current === null) toLast();
    });
    for (const part of [element, ...element.children]) sizes.observe(part);
    return () => sizes.disconnect();
  }, [generation, rows.length > 0]);

  const touched = (): void => {
    byUser.current = true;
    goal.stop();
  };

  return {
    away,
    moving,
    topDay,
    flash,
    current: focus.current,
    kept: focus.kept,
    toEnd,
    onScroll: (): void => {
      setMoving(true);
      look();
    },
    onScrollEnd: (): void => {
      setMoving(false);
      look(true);
    },
    handlers: {
      onFocusIn: focus.onFocusIn,
      onKeyDown: (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
        touched();
        focus.onKeyDown(event);
      },
      onWheel: touched,
      onTouchMove: touched,
      // Also on the bar at its side.
      onPointerDown: (): void => {
        touched();
        if (opened.current) markRead.now();
      },
    },
  };
}
