/** One message at a time can be reached by Tab; the arrow keys go to its neighbours. */
import type { RefObject, TargetedFocusEvent, TargetedKeyboardEvent } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import type { VirtualizerHandle } from "virtua";
import type { Row } from "./rows.ts";

const STEPS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

export function useRowFocus(
  box: RefObject<HTMLDivElement | null>,
  list: RefObject<VirtualizerHandle | null>,
  rows: readonly Row[],
) {
  const [chosen, setChosen] = useState<string | null>(null);
  const latest = useRef(rows);
  latest.current = rows;

  // The chosen one stays in the page, or the focus would be lost when it scrolls out of view.
  const at = useMemo(() => (chosen === null ? -1 : rows.findIndex((row) => row.key === chosen)), [chosen, rows]);
  const last = rows.findLast((row) => row.kind === "message");
  const current = at === -1 ? (last?.key ?? null) : chosen;
  const kept = useMemo(() => (at === -1 ? [] : [at]), [at]);

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const step = STEPS[event.key];
    const from = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-row]") : null;
    // Only from a message itself: within one the keys may have another meaning.
    if (step === undefined || from === null || from !== event.target) return;
    const now = latest.current;
    let to = now.findIndex((row) => row.key === from.dataset["row"]) + step;
    while (now[to] !== undefined && now[to]?.kind !== "message") to += step;
    const row = now[to];
    if (row === undefined) return;
    event.preventDefault();
    setChosen(row.key);
    list.current?.scrollToIndex(to, { align: "nearest" });
    requestAnimationFrame(() => {
      box.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.key)}"]`)?.focus({ preventScroll: true });
    });
  };

  const onFocusIn = (event: TargetedFocusEvent<HTMLDivElement>): void => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-row]") : null;
    if (row?.dataset["row"] !== undefined) setChosen(row.dataset["row"]);
  };

  return { current, kept, onKeyDown, onFocusIn };
}
