/**
 * Moves a virtual list to a place and sees to it that it gets there: sizes are guesses until a row is drawn, so it aims
 * again in each frame until the place and the list agree. Whoever touches the list ends it.
 */
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { VirtualizerHandle } from "virtua";
import type { Row } from "./rows.ts";

export type Goal =
  | { readonly kind: "end" }
  /** `start`: below the upper edge, with some room above it. */
  | { readonly kind: "row"; readonly key: string; readonly align: "start" | "center" };

/** Space below the last row (timeline.css). */
export const FOOT_PX = 12;
/** Space above a row that is aligned to the start. */
const HEAD_PX = 72;
/** Frames in a row in which nothing had to be moved: rows are drawn a frame after they come into view. */
const CALM_FRAMES = 4;
/** Ten seconds of frames: what has not come to rest by then never will. */
const MOST_FRAMES = 600;
const NEAR_PX = 1;

export interface GoalControl {
  /** Goes there, before the next paint as far as sizes are known. */
  readonly go: (goal: Goal) => void;
  /** True until it has arrived. */
  readonly isOn: () => boolean;
  readonly stop: () => void;
}

/**
 * @param rows the rows that the list shows now
 * @param onArrival called when the place is reached, or given up
 */
export function useGoal(
  box: RefObject<HTMLDivElement | null>,
  list: RefObject<VirtualizerHandle | null>,
  rows: () => readonly Row[],
  onArrival: () => void,
): GoalControl {
  const goal = useRef<Goal | null>(null);
  const latest = useRef({ rows, onArrival });
  latest.current = { rows, onArrival };

  const control = useRef<GoalControl & { readonly end: () => void }>(undefined);
  control.current ??= ((): GoalControl & { end: () => void } => {
    let frame = 0;
    let frames = 0;
    let calm = 0;

    const step = (): void => {
      frame = 0;
      const now = goal.current;
      if (now === null) return;
      frames += 1;
      calm = aim(now, box.current, list.current, latest.current.rows()) ? calm + 1 : 0;
      if (calm >= CALM_FRAMES || frames >= MOST_FRAMES) {
        goal.current = null;
        latest.current.onArrival();
      } else frame = requestAnimationFrame(step);
    };

    return {
      go(next) {
        goal.current = next;
        [frames, calm] = [0, 0];
        aim(next, box.current, list.current, latest.current.rows());
        if (frame === 0) frame = requestAnimationFrame(step);
      },
      isOn: () => goal.current !== null,
      stop: () => void (goal.current = null),
      end: () => cancelAnimationFrame(frame),
    };
  })();

  useEffect(() => () => control.current?.end(), []);
  return control.current;
}

/** Moves towards the goal. @returns true where it was there already */
function aim(goal: Goal, box: HTMLElement | null, list: VirtualizerHandle | null, rows: readonly Row[]): boolean {
  const index = goal.kind === "end" ? rows.length - 1 : rows.findIndex((row) => row.key === goal.key);
  if (box === null || list === null || index === -1) return goal.kind === "row";
  const most = Math.max(0, box.scrollHeight - box.clientHeight);
  const wanted = Math.min(most, Math.max(0, placeOf(goal, list, index, most)));
  if (Math.abs(box.scrollTop - wanted) <= NEAR_PX) return true;
  // By the list's own way, so that it knows that nobody scrolls.
  list.scrollTo(wanted);
  return false;
}

function placeOf(goal: Goal, list: VirtualizerHandle, index: number, most: number): number {
  if (goal.kind === "end") return most;
  const top = list.getItemOffset(index);
  return goal.align === "start" ? top - HEAD_PX : top + (list.getItemSize(index) - list.viewportSize) / 2;
}
