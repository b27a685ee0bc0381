/** What a timeline shows, line by line: messages in groups, days, the unread line, news of the conversation. */
import type { MessageItem, SystemItem, TimelineState } from "../../../client/index.ts";
import { startOfDay } from "../words/time.ts";

export type Row =
  | { readonly kind: "start"; readonly key: string }
  | { readonly kind: "day"; readonly key: string; readonly at: number }
  | { readonly kind: "unread"; readonly key: string }
  | { readonly kind: "system"; readonly key: string; readonly item: SystemItem }
  | MessageRow;

export interface MessageRow {
  readonly kind: "message";
  readonly key: string;
  readonly item: MessageItem;
  /** First of a group by one sender: shows the name. */
  readonly first: boolean;
  /** Last of its group: shows the picture. */
  readonly last: boolean;
}

/** Messages of one sender this close together are one group. */
const GROUP_MS = 5 * 60_000;

/**
 * The rows of a timeline.
 *
 * A row depends on nothing but its item and the one before and after it, and is left out until the one before is
 * known: older rows can be put in front without changing those that are there.
 *
 * @param openedAt server time, in ms, when the timeline was opened: what comes later is seen as it comes
 * @param before rows made earlier: those that did not change keep their identity
 */
export function rowsOf(state: TimelineState, openedAt: number, before: readonly Row[]): readonly Row[] {
  const { items, atStart } = state;
  const held = new Map(before.map((row) => [row.key, row]));
  const rows: Row[] = [];
  const add = (row: Row): void => {
    const same = held.get(row.key);
    rows.push(same !== undefined && isSame(same, row) ? same : row);
  };

  if (atStart) add({ kind: "start", key: "start" });
  const unreadAt = firstUnread(state, openedAt);
  items.forEach((item, index) => {
    const previous = items[index - 1];
    const next = items[index + 1];
    if (previous === undefined && !atStart && next !== undefined) return;
    const newDay = previous === undefined || startOfDay(previous.at) !== startOfDay(item.at);
    if (newDay) add({ kind: "day", key: `day ${item.key}`, at: item.at });
    if (index === unreadAt) add({ kind: "unread", key: "unread" });
    if (item.type === "system") {
      add({ kind: "system", key: item.key, item });
      return;
    }
    add({
      kind: "message",
      key: item.key,
      item,
      first: newDay || index === unreadAt || !isGrouped(previous, item),
      last: index + 1 === unreadAt || !isGrouped(item, next),
    });
  });
  return rows;
}

/** The position of the first message by others that was unread when the timeline was opened, or -1. */
function firstUnread({ items, atStart, openedAtRead }: TimelineState, openedAt: number): number {
  const at = items.findIndex(
    (item) => item.type === "message" && !item.own && (item.seq ?? 0) > openedAtRead && item.at < openedAt,
  );
  // At the edge of what is loaded it is not known whether the one before was unread as well.
  return at === 0 && !(atStart && openedAtRead > 0) ? -1 : at;
}

function isGrouped(a: TimelineState["items"][number] | undefined, b: typeof a): boolean {
  if (a?.type !== "message" || b?.type !== "message") return false;
  return a.sender === b.sender && b.at - a.at < GROUP_MS && startOfDay(a.at) === startOfDay(b.at);
}

function isSame(a: Row, b: Row): boolean {
  switch (a.kind) {
    case "start":
    case "unread":
      return a.kind === b.kind;
    case "day":
      return b.kind === "day" && a.at === b.at;
    case "system":
      return b.kind === "system" && a.item === b.item;
    case "message":
      return b.kind === "message" && a.item === b.item && a.first === b.first && a.last === b.last;
  }
}

/** How one list of rows became the next: what a virtual list must know to keep its place. */
export type Change = "none" | "front" | "other" | "new";

/** `front`: rows came or went before the first; `new`: the two lists have nothing in common. */
export function changeOf(before: readonly Row[], after: readonly Row[]): Change {
  if (before === after) return "none";
  const [oldFirst, newFirst] = [before[0]?.key, after[0]?.key];
  const [oldLast, newLast] = [before.at(-1)?.key, after.at(-1)?.key];
  if (oldFirst === undefined || newFirst === undefined) return "new";
  if (oldFirst !== newFirst && oldLast === newLast) return "front";
  const keys = new Set(before.map((row) => row.key));
  return after.some((row) => row.kind !== "unread" && keys.has(row.key)) ? "other" : "new";
}
