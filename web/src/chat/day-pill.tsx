/** The day of the topmost message, over the list, while it moves. */
import type { JSX } from "preact";
import { now } from "../now.ts";
import { dayOf } from "../words/time.ts";

export function DayPill({ at, moving }: { at: number | null; moving: boolean }): JSX.Element | null {
  if (at === null) return null;
  return (
    <div class={moving ? "day-pill shown" : "day-pill"} aria-hidden="true">
      <span class="pill">{dayOf(at, now.value)}</span>
    </div>
  );
}
