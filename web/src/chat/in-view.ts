/** What of a timeline is in view, and where its entries are. */
import type { VirtualizerHandle } from "virtua";
import type { Row } from "./rows.ts";

/** Height of what the day over the list covers. */
const PILL_PX = 48;

/** The day of the topmost message, or null where a line of the list itself says it. */
export function dayAtTop(rows: readonly Row[], list: VirtualizerHandle, top: number): number | null {
  const from = list.findItemIndex(top);
  const to = list.findItemIndex(top + PILL_PX);
  const shown = rows.slice(from, to + 1);
  if (shown.some((row) => row.kind === "start" || row.kind === "day")) return null;
  const row = shown.find((held) => held.kind === "message" || held.kind === "system");
  return row?.item.at ?? null;
}

/** The newest message whose lower edge is in view, as the page shows it; 0 where there is none. */
export function lastSeqInView(box: HTMLElement | null, rows: readonly Row[], footPx: number): number {
  if (box === null) return 0;
  const end = box.getBoundingClientRect().bottom + footPx;
  const seqs = new Map(rows.map((row) => [row.key, row.kind === "message" ? row.item.seq : null]));
  let newest = 0;
  for (const element of box.querySelectorAll<HTMLElement>("[data-row]")) {
    const seq = seqs.get(element.dataset["row"] ?? "") ?? 0;
    // The list hides a row until it knows where it belongs.
    const isShown = seq > newest && element.checkVisibility({ visibilityProperty: true });
    if (isShown && element.getBoundingClientRect().bottom <= end) newest = seq;
  }
  return newest;
}

/**
 * The row of an entry, or of the next one that has a row.
 *
 * @param atStart nothing comes before the first row
 * @returns null where the place is before or after what is loaded
 */
export function rowAt(rows: readonly Row[], seq: number, atStart: boolean): Row | null {
  let isKnown = atStart;
  for (const row of rows) {
    if (row.kind !== "message" && row.kind !== "system") continue;
    const at = row.item.seq ?? Number.MAX_SAFE_INTEGER;
    if (at === seq || (at > seq && isKnown)) return row;
    isKnown ||= at < seq;
  }
  return null;
}
