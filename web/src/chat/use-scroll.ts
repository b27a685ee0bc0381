/**
 * Where a timeline stands, and what follows from it: it stays at its end while it is there, opens at the unread line,
 * loads what is about to come into view, marks read what was in view, and knows the way to a message.
 */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { VirtualizerHandle } from "virtua";
import type { ConversationItem, Timeline, TimelineState } from "../../../client/index.ts";
import { go, route } from "../state/route.ts";
import { trying } from "../state/toasts.ts";
import type { Change, Row } from "./rows.ts";
import { useMarkRead } from "./use-mark-read.ts";
import { useRowFocus } from "./use-row-focus.ts";

/** This close to the end counts as the end. */
const END_PX = 60;
/** Further away, a button leads back. */
const AWAY_PX = 320;
/** More is loaded this long before it is seen. */
const LOAD_PX = 1_600;
const FLASH_MS = 1_600;
/** No movement that was asked for takes longer. */
const DRIVE_MS = 800;
/** Space below the last row (timeline.css). */
const FOOT_PX = 12;
/** Height of what the day over the list covers. */
const PILL_PX = 48;
/** Space above the unread line when a timeline opens there. */
const HEAD_PX = 72;

interface ScrollOf {
  readonly item: ConversationItem;
  readonly timeline: Timeline;
  readonly state: TimelineState;
  readonly rows: readonly Row[];
  readonly change: Change;
  readonly box: RefObject<HTMLDivElement | null>;
  readonly list: RefObject<VirtualizerHandle | null>;
}

export function useScroll({ item, timeline, state, rows, change, box, list }: ScrollOf) {
  /** At the end, and to stay there whatever comes. */
  const stuck = useRef(true);
  /** Until then it moves by itself: what the positions say meanwhile is not the user's wish. */
  const drivenUntil = useRef(0);
  const lastTop = useRef(0);
  const opened = useRef(false);
  /** The place in a log that was asked for and is to be shown once it is loaded. */
  const target = useRef<number | null>(null);
  const [away, setAway] = useState(false);
  const [moving, setMoving] = useState(false);
  const [topDay, setTopDay] = useState<number | null>(null);
  const [flash, setFlash] = useState<string | null>(null);
  const latest = useRef({ state, rows });
  latest.current = { state, rows };

  const markRead = useMarkRead(item, () => lastSeqInView(box.current, list.current, latest.current.rows));
  const focus = useRowFocus(box, list, rows);

  const drive = (): void => void (drivenUntil.current = performance.now() + DRIVE_MS);
  const release = (): void => void (drivenUntil.current = 0);

  const toLast = (): void => {
    const { rows: now } = latest.current;
    if (now.length === 0) return;
    drive();
    list.current?.scrollToIndex(now.length - 1, { align: "end", offset: FOOT_PX });
  };

  const look = (): void => {
    const { state: seen, rows: now } = latest.current;
    const element = box.current;
    const handle = list.current;
    if (element === null || handle === null || !opened.current) return;
    const top = element.scrollTop;
    const left = element.scrollHeight - element.clientHeight - top;
    if (top < LOAD_PX && !seen.atStart && !seen.loadingOlder && seen.error === null) void timeline.loadOlder();
    if (left < LOAD_PX && !seen.atEnd && !seen.loadingNewer && seen.error === null) void timeline.loadNewer();
    if (performance.now() > drivenUntil.current) {
      if (left <= END_PX && seen.atEnd) stuck.current = true;
      else if (top < lastTop.current) stuck.current = false;
    }
    lastTop.current = top;
    setAway(left > AWAY_PX || !seen.atEnd);
    setTopDay(dayAtTop(now, handle, top));
    markRead();
  };

  // Opening: at the unread line, at the message that the address names, else at the end.
  useLayoutEffect(() => {
    if (opened.current || state.status !== "ready" || rows.length === 0) return;
    opened.current = true;
    const at = route.peek();
    if (target.current !== null || (at.page === "chat" && at.at !== null)) return;
    // A short list never scrolls, so nothing else would make it look.
    requestAnimationFrame(() => requestAnimationFrame(look));
    const unread = rows.findIndex((row) => row.kind === "unread");
    if (unread > 0) {
      stuck.current = false;
      drive();
      list.current?.scrollToIndex(unread, { align: "start", offset: -HEAD_PX });
    } else if (item.unread > 0 && !state.atStart && state.openedAtRead > 0) {
      // More is unread than was loaded.
      stuck.current = false;
      target.current = state.openedAtRead + 1;
      void trying(() => timeline.jumpTo(state.openedAtRead + 1));
    } else toLast();
  }, [state.status, rows.length > 0]);

  useLayoutEffect(() => {
    if (!opened.current || change === "none") return;
    if (target.current !== null && showTarget(target.current)) target.current = null;
    else if (stuck.current && state.atEnd) toLast();
    if (change !== "new") look();
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
  useEffect(look, [state.loadingOlder, state.loadingNewer]);

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

  function showTarget(seq: number): boolean {
    const { rows: now } = latest.current;
    const index = now.findIndex(
      (row) => (row.kind === "message" || row.kind === "system") && (row.item.seq ?? 0) >= seq,
    );
    const row = now[index];
    if (row === undefined || !("item" in row)) return false;
    stuck.current = false;
    drive();
    // The row may be new in this very render: the list measures it first.
    queueMicrotask(() => list.current?.scrollToIndex(index, { align: "center" }));
    setFlash(row.key);
    setTimeout(() => setFlash((held) => (held === row.key ? null : held)), FLASH_MS);
    return true;
  }

  async function jumpTo(seq: number): Promise<void> {
    const { rows: now } = latest.current;
    const held = now.some((row) => row.kind === "message" && row.item.seq === seq);
    if (held) {
      showTarget(seq);
      return;
    }
    target.current = seq;
    stuck.current = false;
    if (!(await trying(() => timeline.jumpTo(seq)))) target.current = null;
    else if (target.current === seq && showTarget(seq)) target.current = null;
  }

  const toEnd = (): void => {
    stuck.current = true;
    if (latest.current.state.atEnd) toLast();
    else void trying(() => timeline.jumpToEnd());
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
      release();
      setMoving(false);
      look();
    },
    onResize: (): void => {
      if (stuck.current && latest.current.state.atEnd) toLast();
    },
    handlers: {
      ...focus.handlers,
      // Whoever touches the list drives it.
      onWheel: release,
      onTouchMove: release,
      onPointerDown: release,
    },
  };
}

/** The day of the topmost message, or null where a line of the list itself says it. */
function dayAtTop(rows: readonly Row[], list: VirtualizerHandle, top: number): number | null {
  const from = list.findItemIndex(top);
  const to = list.findItemIndex(top + PILL_PX);
  const shown = rows.slice(from, to + 1);
  if (shown.some((row) => row.kind === "start" || row.kind === "day")) return null;
  const row = shown.find((held) => held.kind === "message" || held.kind === "system");
  return row?.item.at ?? null;
}

/** The newest entry whose lower edge has been in view. */
function lastSeqInView(box: HTMLElement | null, list: VirtualizerHandle | null, rows: readonly Row[]): number {
  if (box === null || list === null) return 0;
  const bottom = box.scrollTop + box.clientHeight + FOOT_PX;
  for (let index = list.findItemIndex(bottom); index >= 0; index -= 1) {
    const row = rows[index];
    const isSeen = list.getItemOffset(index) + list.getItemSize(index) <= bottom;
    if (isSeen && (row?.kind === "message" || row?.kind === "system") && row.item.seq !== null) return row.item.seq;
  }
  return 0;
}
