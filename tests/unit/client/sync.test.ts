import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MemoryStorage } from "../../../client/storage/memory.ts";
import type { Write } from "../../../client/storage/storage.ts";
import type { ConversationId } from "../../../protocol/ids.ts";
import { erased, message } from "./support/entries.ts";
import { World, opened, texts } from "./support/world.ts";

let world: World;
let storage: MemoryStorage;
let tea: ConversationId;

beforeEach(() => {
  world = new World();
  storage = new MemoryStorage();
  tea = world.server.conversation("tea", ["ada", "bob"]);
});
afterEach(() => world.close());

const log = async () => (await storage.load()).logs.find(({ conversation }) => conversation === tea);
const held = async () =>
  (await storage.entries(tea, { after: 0, to: Infinity, limit: 10_000, newest: false })).map(({ entry }) => entry.seq);
const item = (client: Awaited<ReturnType<World["online"]>>) =>
  client.conversations.current.items.find(({ id }) => id === tea);

describe("[D3] a new device", () => {
  test("starts at the head and pulls history when somebody looks", async () => {
    for (let i = 1; i <= 300; i++) world.server.say(tea, "bob", `m${i}`);
    const ada = await world.online("ada", { storage });
    expect(world.server.framesOf("hello")).toEqual([{ type: "hello", since: null, cursors: {} }]);
    expect(world.server.framesOf("pull")).toEqual([]);
    expect(item(ada)).toMatchObject({ unread: 300, last: { text: "m300" }, head: 300 });
    const { timeline } = await opened(world, ada, tea);
    expect(texts(timeline.current).at(-1)).toBe("m300");
    expect(timeline.current).toMatchObject({ atStart: false, atEnd: true });
    while (!timeline.current.atStart) await timeline.loadOlder();
    expect(texts(timeline.current)).toEqual(Array.from({ length: 300 }, (_, i) => `m${i + 1}`));
    expect((await log())?.ranges).toEqual([{ after: 0, to: 300 }]);
  });

  test("knows its holes: what came live and what was pulled are apart until the hole is filled", async () => {
    for (let i = 1; i <= 20; i++) world.server.say(tea, "bob", `m${i}`);
    await world.online("ada", { storage });
    world.server.say(tea, "bob", "live");
    await world.settle();
    expect(await log()).toMatchObject({ ranges: [{ after: 20, to: 21 }], stream: 21 });
  });
});

describe("[C2] the stream", () => {
  test("pulls a gap before it applies what comes after it, in one order", async () => {
    const ada = await world.online("ada", { storage });
    const { timeline } = await opened(world, ada, tea);
    world.server.say(tea, "bob", "one");
    await world.settle();
    // Two entries that the server forgets to push, then one that it does not.
    const [link] = world.server.links;
    link?.pushed.set(tea, 3);
    world.server.say(tea, "bob", "two");
    world.server.say(tea, "bob", "three");
    world.server.say(tea, "bob", "four");
    await world.settle();
    expect(world.server.framesOf("pull")).toMatchObject([{ after: 1 }]);
    expect(texts(timeline.current)).toEqual(["one", "two", "three", "four"]);
    expect(await held()).toEqual([1, 2, 3, 4]);
  });

  test("drops repeats, and acknowledges them all the same", async () => {
    const ada = await world.online("ada", { storage });
    const first = world.server.say(tea, "bob", "one");
    await world.advance(250);
    const arrived: string[] = [];
    ada.on("message", ({ message: { text } }) => arrived.push(text));
    world.server.frames.length = 0;
    world.server.tell("ada", { type: "entries", conversation: tea, after: 0, to: 1, entries: [first], head: 1 });
    await world.advance(250);
    expect(arrived).toEqual([]);
    expect(item(ada)?.unread).toBe(1);
    expect(world.server.framesOf("received")).toEqual([{ type: "received", conversation: tea, seq: 1 }]);
  });

  test("takes entries of a conversation that it has never heard of", async () => {
    const ada = await world.online("ada", { storage });
    const other = "g_other" as ConversationId;
    world.server.onCall = ({ path }) =>
      path === `/v1/conversations/${other}`
        ? [200, { id: other, kind: "group", title: "Other", memberCount: 2, head: 1, floor: 1, role: "member" }]
        : undefined;
    world.server.tell("ada", {
      type: "entries",
      conversation: other,
      after: 0,
      to: 1,
      entries: [message(1, "bob", "surprise")],
      head: 1,
    });
    await world.settle();
    expect(ada.conversations.current.items.find(({ id }) => id === other)).toMatchObject({
      title: "Other",
      unread: 1,
      last: { text: "surprise" },
    });
  });

  test("an empty range moves the stream on: what is in it is invisible, not missing", async () => {
    await world.online("ada", { storage });
    world.server.tell("ada", { type: "entries", conversation: tea, after: 0, to: 7, entries: [], head: 7 });
    await world.settle();
    expect(await log()).toMatchObject({ stream: 7, ranges: [{ after: 0, to: 7 }] });
  });
});

describe("[C4] received", () => {
  test("is sent after storing, once for many frames, within 250 ms", async () => {
    await world.online("ada", { storage });
    world.server.frames.length = 0;
    for (let i = 0; i < 5; i++) world.server.say(tea, "bob", `m${i}`);
    await world.settle();
    expect(world.server.framesOf("received")).toEqual([]);
    await world.advance(250);
    expect(world.server.framesOf("received")).toEqual([{ type: "received", conversation: tea, seq: 5 }]);
  });

  test("is not sent for what could not be stored, and what was not stored comes again", async () => {
    const ada = await world.online("ada", { storage });
    const errors: string[] = [];
    ada.on("error", ({ error }) => errors.push(error.code));
    const write = storage.write.bind(storage);
    storage.write = () => Promise.reject(new Error("quota"));
    world.server.say(tea, "bob", "precious");
    await world.settle();
    world.server.frames.length = 0;
    storage.write = write;
    await world.advance(250);
    expect(world.server.framesOf("received")).toEqual([]);
    expect(await held()).toEqual([]);
    await world.advance(5_000);
    expect(await held()).toEqual([1]);
    expect(world.server.framesOf("received")).toEqual([{ type: "received", conversation: tea, seq: 1 }]);
    expect(errors.length).toBeGreaterThan(0);
  });

  test("entries, range, stream position and record are one transaction", async () => {
    await world.online("ada", { storage });
    const batches: (readonly Write[])[] = [];
    const write = storage.write.bind(storage);
    storage.write = (changes) => {
      batches.push(changes);
      return write(changes);
    };
    world.server.say(tea, "bob", "one");
    await world.settle();
    const names = batches.map((batch) => batch.map((change) => ("put" in change ? change.put : change.remove)));
    expect(names).toEqual([["entries", "log", "conversation"]]);
  });
});

describe("[C3] resuming", () => {
  test("says the sync token, and a cursor with its chain where the entry is held", async () => {
    await world.online("ada", { storage });
    const { chain } = world.server.say(tea, "bob", "one");
    await world.settle();
    world.server.frames.length = 0;
    world.server.cut();
    await world.advance(1_000);
    expect(world.server.framesOf("hello")).toEqual([
      { type: "hello", since: "v1", cursors: { [tea]: { seq: 1, chain } } },
    ]);
  });

  test("[D2] what came while it was away is there afterwards, in order and once", async () => {
    const ada = await world.online("ada", { storage });
    const { timeline } = await opened(world, ada, tea);
    world.server.say(tea, "bob", "before");
    await world.settle();
    world.server.cut();
    for (let i = 0; i < 250; i++) world.server.say(tea, "bob", `away ${i}`);
    await world.advance(1_000);
    expect(texts(timeline.current)).toEqual(["before", ...Array.from({ length: 250 }, (_, i) => `away ${i}`)]);
    expect(item(ada)?.unread).toBe(251);
  });

  test("after a restart of the process it goes on from storage, without pulling anything again", async () => {
    const ada = await world.online("ada", { storage });
    for (let i = 0; i < 30; i++) world.server.say(tea, "bob", `m${i}`);
    await world.settle();
    await ada.close();
    world.server.links.length = 0;
    const again = world.client({ storage });
    await again.ready();
    await world.settle();
    const { timeline } = await opened(world, again, tea);
    expect(texts(timeline.current)).toHaveLength(30);
    expect(world.server.framesOf("pull")).toEqual([]);
    expect(item(again)).toMatchObject({ unread: 30, last: { text: "m29" } });
  });

  test("a store that lost its end pulls what the server thinks it has", async () => {
    const ada = await world.online("ada", { storage });
    for (let i = 0; i < 5; i++) world.server.say(tea, "bob", `m${i}`);
    await world.advance(250);
    await ada.close();
    world.server.links.length = 0;
    await storage.write([
      { put: "log", value: { conversation: tea, ranges: [{ after: 0, to: 2 }], stream: 2, chain: null } },
      { put: "sync", value: null },
    ]);
    // Out of the reach of the hello's cursors: the server believes what was acknowledged.
    const snapshot = (await storage.load()).conversations.map((record) => ({ ...record, role: null }));
    await storage.write(snapshot.map((value) => ({ put: "conversation", value }) as const));
    const again = world.client({ storage });
    await again.ready();
    await world.settle();
    expect(world.server.framesOf("pull")).toMatchObject([{ after: 2 }]);
    expect(await log()).toMatchObject({ stream: 5, ranges: [{ after: 0, to: 5 }] });
  });
});

describe("the sync token", () => {
  const token = async () => (await storage.load()).sync;

  test("is stored with ready, and with frames that carry one", async () => {
    await world.online("ada", { storage });
    expect(await token()).toBe("v1");
    world.server.tell("ada", { type: "entries", conversation: tea, after: 0, to: 1, entries: [], head: 1, sync: "v9" });
    await world.settle();
    expect(await token()).toBe("v9");
  });

  test("is not stored before the rest of the list is there", async () => {
    world.server.conversation("coffee", ["ada", "bob"]);
    world.server.readyLimit = 1;
    let answer: () => void = () => {};
    const fetch: typeof world.server.fetch = async (url, init) => {
      if (url.includes("/v1/conversations?")) await new Promise<void>((resolve) => (answer = resolve));
      return world.server.fetch(url, init);
    };
    const ada = await world.online("ada", { storage, fetch });
    expect(ada.conversations.current.items).toHaveLength(1);
    expect(await token()).toBeNull();
    answer();
    await world.settle();
    expect(ada.conversations.current.items).toHaveLength(2);
    expect(await token()).toBe("v2");
    // Neither has a message: the rest of the list is no newer than its beginning.
    const [first, second] = ada.conversations.current.items;
    expect([first?.title, second?.title]).toEqual(["tea", "coffee"]);
    expect(second?.activityAt).toBeLessThan(first?.activityAt ?? 0);
  });

  test("of a link that broke over a gap is not stored, and the next link's is", async () => {
    const coffee = world.server.conversation("coffee", ["ada"]);
    await world.online("ada", { storage });
    for (let i = 0; i < 3; i++) world.server.logs.get(tea)?.entries.push(message(i + 1, "bob", `m${i}`));
    world.server.swallowPulls = true;
    world.server.tell("ada", { type: "entries", conversation: tea, after: 2, to: 3, entries: [], head: 3 });
    world.server.tell("ada", {
      type: "entries",
      conversation: coffee,
      after: 0,
      to: 0,
      entries: [],
      head: 0,
      sync: "v9",
    });
    await world.settle();
    world.server.cut();
    world.server.swallowPulls = false;
    await world.settle();
    expect(await token()).toBe("v2");
    await world.advance(1_000);
    expect(await held()).toEqual([1, 2, 3]);
    world.server.tell("ada", { type: "entries", conversation: tea, after: 3, to: 3, entries: [], head: 3, sync: "v7" });
    await world.settle();
    expect(await token()).toBe("v7");
  });

  test("is not stored past something that could not be taken", async () => {
    await world.online("ada", { storage });
    world.server.tell("ada", { type: "diverged", conversation: tea, seq: 1 });
    world.server.tell("ada", {
      type: "entries",
      conversation: "g_x" as ConversationId,
      after: 0,
      to: 1,
      entries: null as never,
      head: 1,
    });
    world.server.tell("ada", { type: "entries", conversation: tea, after: 0, to: 1, entries: [], head: 1, sync: "v9" });
    await world.settle();
    expect(await token()).toBe("v1");
  });
});

describe("[D7] divergence", () => {
  test("drops the conversation, fetches it again and says so", async () => {
    const ada = await world.online("ada", { storage });
    for (let i = 0; i < 5; i++) world.server.say(tea, "bob", `old ${i}`);
    await world.settle();
    const { timeline } = await opened(world, ada, tea);
    const news: unknown[] = [];
    ada.on("diverged", (what) => news.push(what));
    world.server.cut();
    // The log that comes back is another one, and shorter.
    const rewritten = world.server.logs.get(tea);
    rewritten?.entries.splice(0);
    for (let i = 0; i < 3; i++) world.server.say(tea, "bob", `new ${i}`);
    await world.advance(1_000);
    expect(news).toEqual([{ conversation: tea, seq: 5, by: "server" }]);
    expect(texts(timeline.current)).toEqual(["new 0", "new 1", "new 2"]);
    expect(await held()).toEqual([1, 2, 3]);
    world.server.say(tea, "bob", "and on");
    await world.settle();
    expect(texts(timeline.current).at(-1)).toBe("and on");
  });
});

describe("[E3] deletion", () => {
  test("erases the body and its edits from the device too", async () => {
    const ada = await world.online("ada", { storage });
    world.server.append(tea, "bob", "message", { text: "secret" }, "m");
    world.server.append(tea, "bob", "edit", { target: "m", text: "secret too" });
    await world.settle();
    expect(item(ada)).toMatchObject({ unread: 1, last: { text: "secret too", edited: true } });
    world.server.append(tea, "bob", "delete", { target: "m" });
    await world.settle();
    const kept = JSON.stringify(await storage.entries(tea, { after: 0, to: 9, limit: 9, newest: false }));
    expect(kept).not.toContain("secret");
    expect(item(ada)).toMatchObject({ unread: 0, last: { text: "", deleted: true } });
  });

  test("what is pulled after its deletion is shown as deleted", async () => {
    const entry = world.server.append(tea, "bob", "message", { text: "gone" }, "m");
    world.server.append(tea, "bob", "delete", { target: "m" });
    const ada = await world.online("ada", { storage });
    const { timeline } = await opened(world, ada, tea);
    expect(timeline.current.items).toMatchObject([{ type: "message", deleted: true, text: "", id: erased(entry).id }]);
  });
});
