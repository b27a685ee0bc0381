/** The messages of one conversation, in a list that holds only what is in view. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { ConversationItem, TimelineState } from "../../../client/index.ts";
import { meridian, useObservable } from "../meridian.ts";
import { DayPill } from "./day-pill.tsx";
import { JumpButton } from "./jump-button.tsx";
import { MessageRow } from "./message-row.tsx";
import { changeOf, rowsOf, type Row } from "./rows.ts";
import { DayLine, StartLine, UnreadLine } from "./lines.tsx";
import { SystemLine } from "./system-line.tsx";
import { useScroll } from "./use-scroll.ts";
import "./timeline.css";

/** How far beyond the view rows are kept, so that quick scrolling shows no blanks. */
const BUFFER_PX = 300;

export function Timeline({ item }: { item: ConversationItem }): JSX.Element {
  const timeline = meridian.timeline(item.id);
  const state = useObservable(timeline);
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const { rows, change, generation } = useRows(state);
  const scroll = useScroll({ item, timeline, state, rows, change, generation, box, list });

  if (state.status === "loading" && rows.length === 0) {
    return (
      <div class="timeline-wait" role="status" aria-label="Loading messages">
        <span class="spinner" />
      </div>
    );
  }
  if (state.status === "failed" && rows.length === 0) {
    return (
      <div class="timeline-wait">
        <p>These messages are not on this device yet, and there is no connection.</p>
      </div>
    );
  }

  return (
    <div class="timeline-frame">
      <div ref={box} class="timeline scroll" role="log" aria-label="Messages" aria-live="off" {...scroll.handlers}>
        <div class="timeline-push" />
        <Virtualizer
          key={generation}
          ref={list}
          data={rows}
          bufferSize={BUFFER_PX}
          shift={change === "front"}
          keepMounted={scroll.kept}
          onScroll={scroll.onScroll}
          onScrollEnd={scroll.onScrollEnd}
        >
          {(row) => <RowView key={row.key} row={row} item={item} current={scroll.current} flash={scroll.flash} />}
        </Virtualizer>
        <div class="timeline-end" />
      </div>
      <DayPill at={scroll.topDay} moving={scroll.moving} />
      {state.loadingOlder && (
        <div class="timeline-loading" role="status" aria-label="Loading older messages">
          <span class="spinner" />
        </div>
      )}
      <JumpButton shown={scroll.away} unread={item.unread} onClick={scroll.toEnd} />
    </div>
  );
}

interface RowViewProps {
  readonly row: Row;
  readonly item: ConversationItem;
  readonly current: string | null;
  readonly flash: string | null;
}

function RowView({ row, item, current, flash }: RowViewProps): JSX.Element {
  switch (row.kind) {
    case "start":
      return <StartLine item={item} />;
    case "day":
      return <DayLine at={row.at} />;
    case "unread":
      return <UnreadLine />;
    case "system":
      return <SystemLine item={row.item} />;
    case "message":
      return (
        <MessageRow
          row={row}
          conversation={item.id}
          isGroup={item.kind === "group"}
          role={item.role}
          current={current === row.key}
          flash={flash === row.key}
        />
      );
  }
}

interface Rows {
  readonly rows: readonly Row[];
  readonly change: ReturnType<typeof changeOf>;
  /** A new number is a new list: the old one's sizes are of no use. */
  readonly generation: number;
}

/** Rows of a state, made anew only where the state's items are, each keeping its identity while it stays the same. */
function useRows(state: TimelineState): Rows {
  const kept = useRef<{ state: TimelineState; result: Rows } | null>(null);
  const [openedAt] = useState(() => meridian.serverNow());
  const before = kept.current;
  let result: Rows;
  if (before !== null && isSame(before.state, state)) result = { ...before.result, change: "none" };
  else {
    const old = before?.result ?? { rows: [], generation: 0 };
    const rows = rowsOf(state, openedAt, old.rows);
    const change = changeOf(old.rows, rows);
    result = { rows, change, generation: old.generation + (change === "new" ? 1 : 0) };
  }
  useLayoutEffect(() => {
    kept.current = { state, result };
  });
  return result;
}

/** True where two states have the same rows. */
function isSame(a: TimelineState, b: TimelineState): boolean {
  return a.items === b.items && a.atStart === b.atStart && a.openedAtRead === b.openedAtRead;
}
