import { describe, expect, test } from "vitest";
import type { MessageItem, TimelineState } from "../../../client/types/state.ts";
import { changeOf, rowsOf, type Row } from "../../../web/src/chat/rows.ts";

const NOON = new Date(2026, 4, 4, 12).getTime();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function message(seq: number, sender: string, at: number): MessageItem {
  return {
    type: "message",
    key: `k${seq}`,
    id: `e${seq}` as MessageItem["id"],
    seq,
    sender: sender as MessageItem["sender"],
    own: sender === "me",
    at,
    text: `text ${seq}`,
    media: [],
    mentions: [],
    mentionsMe: false,
    replyTo: null,
    editedAt: null,
    deleted: false,
    unreadable: false,
    reactions: [],
    status: null,
    error: null,
  };
}

function timeline(items: readonly MessageItem[], more: Partial<TimelineState> = {}): TimelineState {
  return {
    conversation: "d_1" as TimelineState["conversation"],
    status: "ready",
    items,
    atStart: true,
    atEnd: true,
    loadingOlder: false,
    loadingNewer: false,
    openedAtRead: 1_000,
    read: 0,
    error: null,
    ...more,
  };
}

const LATER = NOON + 10 * DAY;
const rows = (state: TimelineState, before: readonly Row[] = []): readonly Row[] => rowsOf(state, LATER, before);
const shape = (list: readonly Row[]): string[] =>
  list.map((row) => {
    if (row.kind !== "message") return row.kind;
    return `${row.key}${row.first ? " first" : ""}${row.last ? " last" : ""}`;
  });

describe("rows of a timeline", () => {
  test("messages of one sender within five minutes are a group", () => {
    const items = [
      message(1, "a", NOON),
      message(2, "a", NOON + MINUTE),
      message(3, "b", NOON + 2 * MINUTE),
      message(4, "b", NOON + 8 * MINUTE),
    ];
    expect(shape(rows(timeline(items)))).toEqual([
      "start",
      "day",
      "k1 first",
      "k2 last",
      "k3 first last",
      "k4 first last",
    ]);
  });

  test("each day begins with its line, and ends a group", () => {
    const before = new Date(2026, 4, 4, 23, 59).getTime();
    const items = [message(1, "a", before), message(2, "a", before + 2 * MINUTE)];
    expect(shape(rows(timeline(items)))).toEqual(["start", "day", "k1 first last", "day", "k2 first last"]);
  });

  test("the unread line stands before the first message by others that was unread on opening", () => {
    const items = [message(1, "a", NOON), message(2, "me", NOON), message(3, "a", NOON), message(4, "a", NOON)];
    const list = rows(timeline(items, { openedAtRead: 1 }));
    expect(shape(list)).toEqual(["start", "day", "k1 first last", "k2 first last", "unread", "k3 first", "k4 last"]);
  });

  test("what arrives while somebody looks is under no unread line", () => {
    const items = [message(1, "a", NOON), message(2, "a", LATER + MINUTE)];
    expect(shape(rows(timeline(items, { openedAtRead: 1 })))).not.toContain("unread");
  });

  test("rows stay what they are when older ones are put in front", () => {
    const items = Array.from({ length: 40 }, (_, index) =>
      message(index + 1, index % 3 === 0 ? "a" : "b", NOON + index * 97 * MINUTE),
    );
    for (let from = 1; from < 38; from += 1) {
      const fewer = rows(timeline(items.slice(from), { atStart: false }));
      const more = rows(timeline(items.slice(from - 1), { atStart: from === 1 }), fewer);
      expect(more.slice(-fewer.length)).toEqual(fewer);
      expect(more.slice(-fewer.length).every((row, index) => row === fewer[index])).toBe(true);
      expect(changeOf(fewer, more)).toBe("front");
    }
  });

  test("a changed message is a new row, its neighbours are the old ones", () => {
    const items = [message(1, "a", NOON), message(2, "a", NOON), message(3, "a", NOON)];
    const before = rows(timeline(items));
    const after = rows(timeline(items.with(1, { ...message(2, "a", NOON), text: "other" })), before);
    expect(after.map((row, index) => row === before[index])).toEqual([true, true, true, false, true]);
    expect(changeOf(before, after)).toBe("other");
  });

  test("a jump is told from growth", () => {
    const items = Array.from({ length: 9 }, (_, index) => message(index + 1, "a", NOON));
    const before = rows(timeline(items.slice(5)));
    expect(changeOf(before, before)).toBe("none");
    expect(changeOf([], before)).toBe("new");
    expect(changeOf(before, rows(timeline(items.slice(0, 3), { atStart: false })))).toBe("new");
    expect(changeOf(before, rows(timeline([...items.slice(5), message(10, "b", NOON)])))).toBe("other");
  });
});
