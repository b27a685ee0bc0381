import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apply, emptyFold, fold, fork, resolve, visible } from "../../protocol/fold.ts";
import type { Entry } from "../../protocol/entry.ts";
import { added, edit, entry, entryId, erased, message, react, remove, user } from "./client/support/entries.ts";

const texts = (entries: readonly Entry[]) => [...fold(entries).messages.values()].map(({ text }) => text);
const first = (entries: readonly Entry[]) => [...fold(entries).messages.values()][0];

describe("messages", () => {
  test("[E2] keep the order of the log", () => {
    expect(texts([message(1, "ada", "one"), message(2, "bob", "two"), message(3, "ada", "three")])).toEqual([
      "one",
      "two",
      "three",
    ]);
  });

  test("[E2] an edit replaces the text and says when, the newest one wins", () => {
    const shown = first([message(1, "ada", "a", "m"), edit(2, "ada", "m", "b"), edit(3, "ada", "m", "c")]);
    expect(shown).toMatchObject({ text: "c", editedAt: 3000 });
  });

  test("[E2] an edit by somebody else, of what is no message, or of nothing changes nothing", () => {
    const log = [
      message(1, "ada", "a", "m"),
      edit(2, "bob", "m", "hacked"),
      react(3, "ada", "m", "👍"),
      edit(4, "ada", "e3", "x"),
      edit(5, "ada", "nowhere", "x"),
    ];
    expect(first(log)).toMatchObject({ text: "a", editedAt: null });
    expect(fold(log).messages.size).toBe(1);
  });

  test("[E2] a deleted message keeps its place and nothing of its content, and takes no more changes", () => {
    const shown = first([
      entry(1, "ada", "message", { text: "a", replyTo: entryId("z"), mentions: [user("bob")] }, "m"),
      edit(2, "ada", "m", "b"),
      react(3, "bob", "m", "👍"),
      remove(4, "ada", "m"),
      edit(5, "ada", "m", "c"),
      react(6, "bob", "m", "👍"),
    ]);
    expect(shown).toMatchObject({
      deleted: true,
      text: null,
      replyTo: null,
      mentions: [],
      editedAt: null,
      reactions: [],
    });
  });

  test("[E2] reactions toggle per user and emoji, in order of their first use", () => {
    const shown = first([
      message(1, "ada", "a", "m"),
      react(2, "bob", "m", "👍"),
      react(3, "ada", "m", "🎉"),
      react(4, "ada", "m", "👍"),
      react(5, "bob", "m", "👍"),
      react(6, "bob", "m", "👍", "take back"),
      react(7, "cyd", "m", "🎉", "take back"),
    ]);
    expect(shown?.reactions).toEqual([
      { emoji: "👍", users: [user("ada")] },
      { emoji: "🎉", users: [user("ada")] },
    ]);
  });

  test("[E3] deleting an edit or a reaction takes that one step back", () => {
    const shown = first([
      message(1, "ada", "a", "m"),
      edit(2, "ada", "m", "b"),
      edit(3, "ada", "m", "c"),
      react(4, "bob", "m", "👍"),
      remove(5, "ada", "e3"),
      remove(6, "bob", "e4"),
    ]);
    expect(shown).toMatchObject({ text: "b", editedAt: 2000, reactions: [], deleted: false });
  });
});

describe("targets", () => {
  test("the sender's own entry comes before an older one of the same id", () => {
    const log = [message(1, "ada", "a", "same"), message(2, "bob", "b", "same"), edit(3, "bob", "same", "B")];
    expect(texts(log)).toEqual(["a", "B"]);
    expect(resolve(fold(log), user("bob"), entryId("same"))).toBe(2);
  });

  test("without an own one, the entry of lowest seq is meant", () => {
    const log = [message(1, "ada", "a", "same"), message(2, "bob", "b", "same"), react(3, "cyd", "same", "👍")];
    expect(first(log)?.reactions).toHaveLength(1);
    expect(resolve(fold(log), user("cyd"), entryId("same"))).toBe(1);
  });
});

describe("the conversation", () => {
  test("[E2] members, roles, title, avatar and retention follow the log", () => {
    const state = fold([
      entry(1, "ada", "group_created", { title: "Tea", members: [user("ada"), user("bob")] }),
      added(2, "ada", "cyd"),
      entry(3, "ada", "member_role", { user: user("bob"), role: "admin" }),
      entry(4, "ada", "member_removed", { user: user("ada") }),
      entry(5, "bob", "conversation_updated", { title: "Coffee", retentionDays: 7 }),
      entry(6, "bob", "conversation_updated", { avatar: "data:," }),
    ]);
    expect([...state.members]).toEqual([
      [user("bob"), "admin"],
      [user("cyd"), "member"],
    ]);
    expect(state).toMatchObject({ title: "Coffee", retentionDays: 7, avatar: "data:," });
  });
});

test("an entry at or below the newest changes nothing, so that repeats are harmless [C2]", () => {
  const state = fold([message(1, "ada", "a", "m"), react(2, "bob", "m", "👍")]);
  const before = structuredClone(visible(state));
  expect(apply(state, react(2, "cyd", "m", "👎"))).toEqual([]);
  expect(visible(state)).toEqual(before);
});

test("apply names the messages that look different now", () => {
  const state = emptyFold();
  expect(apply(state, message(1, "ada", "a", "m"))).toEqual([1]);
  expect(apply(state, added(2, "ada", "bob"))).toEqual([]);
  expect(apply(state, edit(3, "ada", "m", "b"))).toEqual([1]);
  expect(apply(state, edit(4, "bob", "m", "c"))).toEqual([]);
});

test("a fork leaves its origin alone, and messages that did not change keep their identity", () => {
  const state = fold([message(1, "ada", "a", "m"), message(2, "ada", "b")]);
  const before = structuredClone(visible(state));
  const copy = fork(state);
  apply(copy, edit(3, "ada", "m", "c"));
  apply(copy, added(4, "ada", "bob"));
  expect(visible(state)).toEqual(before);
  expect(copy.messages.get(2)).toBe(state.messages.get(2));
  expect(copy.messages.get(1)?.text).toBe("c");
});

/** What the server does to the bodies of a log [E3], written apart from the fold. */
function readAgain(log: readonly Entry[]): Entry[] {
  const now = [...log];
  for (const each of log) {
    if (each.kind !== "delete" || each.deleted) continue;
    const index = targetIn(log, each, each.body.target);
    const target = log[index];
    if (target === undefined || target.seq >= each.seq) continue;
    if (target.sender.user !== each.sender.user) continue;
    now[index] = erased(target);
    log.forEach((other, at) => {
      const isEdit = other.kind === "edit" && !other.deleted && other.seq < each.seq;
      if (isEdit && targetIn(log, other, other.body.target) === index) now[at] = erased(other);
    });
  }
  return now;
}

function targetIn(log: readonly Entry[], by: Entry, id: string): number {
  const earlier = (each: Entry) => each.id === id && each.seq < by.seq;
  const own = log.findIndex((each) => earlier(each) && each.sender.user === by.sender.user);
  return own >= 0 ? own : log.findIndex(earlier);
}

const people = fc.constantFrom("ada", "bob", "cyd");
const step = fc.record({
  by: people,
  what: fc.constantFrom("message", "message", "edit", "edit", "reaction", "take back", "delete"),
  pick: fc.nat({ max: 20 }),
  text: fc.constantFrom("x", "y", "z"),
});

/** A log as the server would let it come about: deletes of own entries only, ids that may meet between senders. */
function logOf(steps: readonly { by: string; what: string; pick: number; text: string }[]): Entry[] {
  const log: Entry[] = [];
  for (const { by, what, pick, text } of steps) {
    const seq = log.length + 1;
    const target = log[pick % Math.max(log.length, 1)]?.id ?? "none";
    if (what === "message") log.push(message(seq, by, text, `id${pick % 7}${by === "ada" ? "" : by}`));
    else if (what === "edit") log.push(edit(seq, by, target, text));
    else if (what === "delete") {
      const own = log[targetIn(log, { ...message(seq, by, ""), seq }, target)];
      if (own?.sender.user === user(by)) log.push(remove(seq, by, target));
    } else log.push(react(seq, by, target, text, what === "reaction" ? undefined : "take back"));
  }
  // [E1] one id of one sender is one entry
  const seen = new Set<string>();
  return log.filter(({ id, sender }) => !seen.has(`${sender.user} ${id}`) && seen.add(`${sender.user} ${id}`));
}

describe("properties", () => {
  test("[E3] reading the log again later shows what following it live showed", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const log = logOf(steps);
        expect(visible(fold(readAgain(log)))).toEqual(visible(fold(log)));
      }),
      { numRuns: 1000 },
    );
  });

  test("[E2] folding in two parts is folding in one", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat({ max: 40 }), (steps, cut) => {
        const log = logOf(steps);
        const state = fork(fold(log.slice(0, cut)));
        for (const each of log.slice(cut)) apply(state, each);
        expect(visible(state)).toEqual(visible(fold(log)));
      }),
    );
  });

  test("[E2] from any retained point, entries that refer to nothing older show the same", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat({ max: 40 }), (steps, cut) => {
        const log = logOf(steps);
        const late = log.slice(cut);
        const older = new Set(log.slice(0, cut).map(({ id }) => id));
        const whole = [...fold(log).messages.values()].filter(({ seq, id }) => seq > cut && !older.has(id));
        const part = [...fold(late).messages.values()].filter(({ id }) => !older.has(id));
        expect(part).toEqual(whole.filter(({ seq }) => late.some((each) => each.seq === seq)));
      }),
    );
  });
});
