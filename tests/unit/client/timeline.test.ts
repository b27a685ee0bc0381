import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MemoryStorage } from "../../../client/storage/memory.ts";
import type { Meridian } from "../../../client/meridian.ts";
import type { ConversationId, EntryId } from "../../../protocol/ids.ts";
import { World, messages, opened, texts } from "./support/world.ts";

let world: World;
let tea: ConversationId;
let ada: Meridian;

beforeEach(async () => {
  world = new World();
  tea = world.server.conversation("tea", ["ada", "bob", "cyd"]);
  ada = await world.online("ada");
});
afterEach(() => world.close());

const id = (name: string) => name as EntryId;
const fill = (count: number) => {
  for (let i = 1; i <= count; i++) world.server.say(tea, "bob", `m${i}`);
};

describe("what it shows", () => {
  test("edits, reactions, mentions and system lines", async () => {
    world.server.append(tea, "bob", "group_created", { title: "Tea", members: ["u_ada"] });
    world.server.append(tea, "bob", "message", { text: "hi @ada", mentions: ["u_ada"] }, "m");
    world.server.append(tea, "bob", "edit", { target: "m", text: "hello @ada" });
    world.server.append(tea, "cyd", "reaction", { target: "m", emoji: "👍" });
    const { timeline } = await opened(world, ada, tea);
    expect(timeline.current.items).toMatchObject([
      { type: "system", actor: "u_bob", event: { kind: "group_created", title: "Tea" } },
      {
        type: "message",
        text: "hello @ada",
        mentionsMe: true,
        editedAt: world.clock.now(),
        reactions: [{ emoji: "👍", users: ["u_cyd"], own: false }],
        status: null,
      },
    ]);
  });

  test("a reply with its quote, as the quoted message is now, near or far", async () => {
    world.server.append(tea, "bob", "message", { text: "question" }, "q");
    fill(200);
    world.server.append(tea, "cyd", "message", { text: "answer", replyTo: "q" });
    world.server.append(tea, "cyd", "message", { text: "lost", replyTo: "nowhere" });
    await world.settle();
    const { timeline } = await opened(world, ada, tea);
    const [answer, lost] = messages(timeline.current).slice(-2);
    expect(answer?.replyTo).toMatchObject({ text: "question", seq: 1, sender: "u_bob", missing: false });
    expect(lost?.replyTo).toMatchObject({ missing: true, text: "" });
    world.server.append(tea, "bob", "message", { text: "near" }, "n");
    world.server.append(tea, "cyd", "message", { text: "re", replyTo: "n" });
    world.server.append(tea, "bob", "delete", { target: "n" });
    await world.settle();
    expect(messages(timeline.current).at(-1)?.replyTo).toMatchObject({ deleted: true, text: "" });
  });

  test("what did not change keeps its identity, and nothing new is no new state", async () => {
    fill(3);
    await world.settle();
    const { timeline } = await opened(world, ada, tea);
    const before = timeline.current;
    world.server.append(tea, "cyd", "reaction", { target: before.items[1]?.id, emoji: "👍" });
    await world.settle();
    const after = timeline.current;
    expect(after.items[0]).toBe(before.items[0]);
    expect(after.items[1]).not.toBe(before.items[1]);
    expect(after.items[2]).toBe(before.items[2]);
    await ada.setDraft(tea, "typing away");
    await world.settle();
    expect(timeline.current).toBe(after);
  });

  test("remembers what was read when it was opened, for the unread line", async () => {
    fill(5);
    await world.settle();
    await ada.markRead(tea, 3);
    const { timeline } = await opened(world, ada, tea);
    await ada.markRead(tea);
    await world.settle();
    expect(timeline.current).toMatchObject({ openedAtRead: 3, read: 5 });
  });
});

describe("what waits in the outbox", () => {
  beforeEach(async () => {
    world.server.append(tea, "ada", "message", { text: "mine" }, "mine");
    world.server.append(tea, "bob", "message", { text: "theirs" }, "theirs");
    await world.settle();
  });

  test("shows at once: messages at the end, changes where they belong", async () => {
    const { timeline } = await opened(world, ada, tea);
    world.server.onSend = () => "swallow";
    await ada.send(tea, "new");
    await ada.edit(tea, id("mine"), "mine, better");
    await ada.react(tea, id("theirs"), "🎉");
    await world.settle();
    expect(messages(timeline.current)).toMatchObject([
      { text: "mine, better", status: "sent" },
      { text: "theirs", reactions: [{ emoji: "🎉", users: ["u_ada"], own: true }] },
      { text: "new", status: "queued", seq: null },
    ]);
    await ada.delete(tea, id("mine"));
    await world.settle();
    expect(messages(timeline.current)[0]).toMatchObject({ deleted: true, text: "" });
  });

  test("is shown once while it turns from waiting to sent, under one key", async () => {
    const { timeline } = await opened(world, ada, tea);
    const keys = new Set<string>();
    const counts: number[] = [];
    timeline.subscribe((state) => {
      const mine = messages(state).filter(({ text }) => text === "new");
      for (const { key } of mine) keys.add(key);
      counts.push(mine.length);
    });
    await ada.send(tea, "new");
    await world.settle();
    expect(messages(timeline.current).at(-1)).toMatchObject({ text: "new", status: "sent", seq: 3 });
    expect(keys.size).toBe(1);
    expect(new Set(counts)).toEqual(new Set([1]));
  });

  test("a failed message says why, goes on with retry, and away with discard", async () => {
    const { timeline } = await opened(world, ada, tea);
    world.server.onSend = () => ({ code: "forbidden" });
    const message = await ada.send(tea, "refused");
    const failure = message.sent().catch((error: unknown) => error);
    await world.settle();
    expect(await failure).toMatchObject({ code: "forbidden", hint: expect.any(String) });
    expect(messages(timeline.current).at(-1)).toMatchObject({ status: "failed", error: { code: "forbidden" } });
    expect(ada.outbox.current).toMatchObject([{ id: message.id, status: "failed", kind: "message" }]);
    world.server.onSend = undefined;
    await ada.retry(message.id);
    await world.settle();
    expect(messages(timeline.current).at(-1)).toMatchObject({ text: "refused", status: "sent", seq: 3 });
    world.server.onSend = () => ({ code: "forbidden" });
    const other = await ada.send(tea, "gone");
    await world.settle();
    await ada.discard(other.id);
    await world.settle();
    expect(texts(timeline.current)).not.toContain("gone");
    expect(ada.outbox.current).toEqual([]);
  });

  test("a change that failed is not shown as done", async () => {
    const { timeline } = await opened(world, ada, tea);
    world.server.onSend = () => ({ code: "forbidden" });
    await ada.edit(tea, id("mine"), "too late");
    await world.settle();
    expect(texts(timeline.current)).toEqual(["mine", "theirs"]);
  });
});

describe("moving about", () => {
  beforeEach(async () => {
    fill(500);
    await world.settle();
    await ada.close();
    world.server.links.length = 0;
    // A new device: nothing is held.
    ada = await world.online("ada");
  });

  test("a jump into the past shows a stretch, loads both ways, and is whole again at the end", async () => {
    const { timeline } = await opened(world, ada, tea);
    await timeline.jumpTo(100);
    expect(timeline.current).toMatchObject({ atStart: false, atEnd: false });
    expect(texts(timeline.current)).toContain("m100");
    expect(texts(timeline.current)).not.toContain("m500");
    world.server.say(tea, "bob", "live");
    await world.settle();
    expect(texts(timeline.current)).not.toContain("live");
    while (!timeline.current.atEnd) await timeline.loadNewer();
    while (!timeline.current.atStart) await timeline.loadOlder();
    expect(texts(timeline.current)).toEqual([...Array.from({ length: 500 }, (_, i) => `m${i + 1}`), "live"]);
    world.server.say(tea, "bob", "more");
    await world.settle();
    expect(texts(timeline.current).at(-1)).toBe("more");
  });

  test("a stretch of the past shows what later entries that are held did to it", async () => {
    const target = world.server.logs.get(tea)?.entries[99]?.id ?? "";
    const { timeline } = await opened(world, ada, tea);
    await timeline.jumpTo(100);
    world.server.append(tea, "bob", "edit", { target, text: "edited later" });
    await world.settle();
    expect(texts(timeline.current)).toContain("edited later");
    await timeline.jumpToEnd();
    await timeline.jumpTo(100);
    expect(texts(timeline.current)).toContain("edited later");
  });

  test("jumping to what is in sight changes nothing", async () => {
    const { timeline } = await opened(world, ada, tea);
    const before = timeline.current;
    await timeline.jumpTo(490);
    expect(timeline.current).toBe(before);
  });

  test("news that come while a stretch is read are in it", async () => {
    await ada.close();
    world.server.links.length = 0;
    const storage = new MemoryStorage();
    ada = await world.online("ada", { storage });
    const entries = storage.entries.bind(storage);
    let release: () => void = () => {};
    storage.entries = async (...query) => {
      const found = await entries(...query);
      await new Promise<void>((resolve) => (release = resolve));
      return found;
    };
    const timeline = ada.timeline(tea);
    timeline.subscribe(() => {});
    await world.settle();
    world.server.say(tea, "bob", "meanwhile");
    await world.settle();
    release();
    await world.settle();
    expect(texts(timeline.current).slice(-2)).toEqual(["m500", "meanwhile"]);
  });

  test("news that come one by one while it opens are in it once", async () => {
    const timeline = ada.timeline(tea);
    timeline.subscribe(() => {});
    for (let i = 0; i < 5; i++) {
      world.server.say(tea, "bob", `while ${i}`);
      await Promise.resolve();
    }
    await world.settle();
    expect(texts(timeline.current).slice(-5)).toEqual(["while 0", "while 1", "while 2", "while 3", "while 4"]);
    expect(new Set(texts(timeline.current)).size).toBe(texts(timeline.current).length);
  });

  test("without a link, what is not held fails and is there once the link is back", async () => {
    world.server.cut();
    const { timeline } = await opened(world, ada, tea);
    expect(timeline.current).toMatchObject({ status: "failed", error: { code: "offline" } });
    await ada.send(tea, "written offline");
    await world.settle();
    expect(messages(timeline.current)).toMatchObject([{ text: "written offline", status: "queued" }]);
    await world.advance(2_000);
    expect(timeline.current).toMatchObject({ status: "ready", error: null });
    expect(texts(timeline.current).slice(-2)).toEqual(["m500", "written offline"]);
    await world.advance(20_000);
    world.server.cut();
    await expect(timeline.jumpTo(5)).rejects.toMatchObject({ code: "offline" });
    expect(texts(timeline.current)).toContain("m500");
  });
});

describe("subscribers", () => {
  test("without any it holds nothing; the same object serves the next", async () => {
    fill(5);
    await world.settle();
    const { timeline, stop } = await opened(world, ada, tea);
    const stopAgain = timeline.subscribe(() => {});
    stop();
    expect(timeline.current.items).toHaveLength(5);
    stopAgain();
    stopAgain();
    expect(timeline.current).toMatchObject({ status: "loading", items: [] });
    expect(ada.timeline(tea)).toBe(timeline);
    await opened(world, ada, tea);
    expect(timeline.current.items).toHaveLength(5);
  });

  test("leaving before it is loaded leaves nothing behind", async () => {
    fill(5);
    await world.settle();
    const timeline = ada.timeline(tea);
    timeline.subscribe(() => {})();
    await world.settle();
    expect(timeline.current).toMatchObject({ status: "loading", items: [] });
  });

  test("signing out takes everything off the screen", async () => {
    fill(5);
    await world.settle();
    const { timeline } = await opened(world, ada, tea);
    await ada.signOut();
    await world.settle();
    expect(timeline.current.items).toEqual([]);
    expect(ada.conversations.current.items).toEqual([]);
  });
});

test("10,000 entries open at once and load to the start in steps, without folding anything wrong", async () => {
  for (let i = 1; i <= 10_000; i++)
    world.server.logs
      .get(tea)
      ?.entries.push(world.server.logs.get(tea)?.entries[0] ?? world.server.say(tea, "bob", "x"));
  const log = world.server.logs.get(tea);
  if (log !== undefined) {
    log.entries = Array.from(
      { length: 10_000 },
      (_, i) => ({ ...log.entries[0], seq: i + 1, id: `e${i}`, body: { text: `m${i + 1}` } }) as never,
    );
  }
  const fresh = await world.online("cyd");
  const { timeline } = await opened(world, fresh, tea);
  expect(timeline.current.items.length).toBeLessThan(100);
  while (!timeline.current.atStart) await timeline.loadOlder();
  expect(texts(timeline.current)).toHaveLength(10_000);
  expect(texts(timeline.current)[0]).toBe("m1");
}, 30_000);
