import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Meridian } from "../../../client/meridian.ts";
import { MemoryStorage } from "../../../client/storage/memory.ts";
import type { ConversationId } from "../../../protocol/ids.ts";
import { World } from "./support/world.ts";

let world: World;
let ada: Meridian;
let tea: ConversationId;
let bob: ConversationId;

beforeEach(async () => {
  world = new World();
  tea = world.server.conversation("tea", ["ada", "bob", "cyd"]);
  bob = world.server.conversation("bob", ["ada", "bob"], "d");
  ada = await world.online("ada");
});
afterEach(() => world.close());

const list = () => ada.conversations.current;
const item = (id: ConversationId) => list().items.find((each) => each.id === id);
const later = () => world.advance(1_000);

describe("the list", () => {
  test("has the newest activity first, and names groups by title and chats by peer", async () => {
    world.server.say(tea, "bob", "one");
    await later();
    world.server.say(bob, "bob", "two");
    await later();
    expect(list().items.map(({ id, title, kind }) => [id, title, kind])).toEqual([
      [bob, "bob", "direct"],
      [tea, "tea", "group"],
    ]);
    world.server.say(tea, "cyd", "three");
    await later();
    expect(list().items.map(({ id }) => id)).toEqual([tea, bob]);
  });

  test("edits, deletes and reactions do not lift a conversation", async () => {
    world.server.append(tea, "bob", "message", { text: "old" }, "m");
    await later();
    world.server.say(bob, "bob", "new");
    await later();
    world.server.append(tea, "bob", "edit", { target: "m", text: "old, edited" });
    world.server.append(tea, "cyd", "reaction", { target: "m", emoji: "👍" });
    await later();
    expect(list().items.map(({ id }) => id)).toEqual([bob, tea]);
    expect(item(tea)?.last).toMatchObject({ text: "old, edited", edited: true });
  });

  test("a new device shows the newest text of an edited message, without being opened", async () => {
    world.server.append(tea, "bob", "message", { text: "old" }, "m");
    world.server.append(tea, "bob", "edit", { target: "m", text: "new" });
    world.server.append(tea, "cyd", "reaction", { target: "m", emoji: "👍" });
    const tablet = await world.online("ada");
    expect(tablet.conversations.current.items.find(({ id }) => id === tea)?.last).toMatchObject({
      text: "new",
      edited: true,
    });
  });

  test("[E6] counts unread by others, and mentions among them, until they are read", async () => {
    world.server.say(tea, "bob", "one");
    world.server.append(tea, "cyd", "message", { text: "@ada", mentions: ["u_ada"] });
    world.server.append(tea, "ada", "message", { text: "from my other device" });
    await world.settle();
    expect(item(tea)).toMatchObject({ unread: 2, mentioned: true });
    expect(list().unread).toBe(2);
    await ada.markRead(tea);
    await world.settle();
    expect(item(tea)).toMatchObject({ unread: 0, mentioned: false });
    expect(world.server.framesOf("read")).toEqual([{ type: "read", conversation: tea, seq: 3 }]);
  });

  test("shows what waits in the outbox as the last message, and its ticks", async () => {
    world.server.say(bob, "bob", "theirs");
    await later();
    world.server.onSend = () => "swallow";
    await ada.send(bob, "mine");
    await world.settle();
    expect(item(bob)?.last).toMatchObject({ text: "mine", own: true, status: "queued", seq: null });
    world.server.onSend = undefined;
    await world.advance(20_000);
    expect(item(bob)?.last).toMatchObject({ text: "mine", status: "sent", seq: 2 });
    world.server.tell("ada", {
      type: "receipts",
      conversation: bob,
      receipts: [{ user: "u_bob" as never, delivered: 2, read: 2 }],
    });
    await world.settle();
    expect(item(bob)?.last?.status).toBe("read");
  });

  test("a message that failed does not hide what came after it", async () => {
    world.server.onSend = () => ({ code: "forbidden" });
    await ada.send(bob, "mine");
    await later();
    world.server.say(bob, "bob", "theirs");
    await world.settle();
    expect(item(bob)?.last).toMatchObject({ text: "theirs" });
  });

  test("keeps drafts over a restart, and who types for as long as they do", async () => {
    await ada.setDraft(tea, "half a thou");
    world.server.tell("ada", { type: "typing", conversation: tea, user: "u_bob" as never, active: true });
    await world.settle();
    expect(item(tea)).toMatchObject({ draft: "half a thou", typing: ["u_bob"] });
    await world.advance(6_000);
    expect(item(tea)?.typing).toEqual([]);
  });

  test("a mute is shown, leaves the sum of unread, and ends", async () => {
    world.server.say(tea, "bob", "one");
    await world.settle();
    const until = world.clock.now() + 1_000;
    await ada.mute(tea, until);
    await world.settle();
    expect(item(tea)?.mutedUntil).toBe(until);
    expect(list().unread).toBe(0);
    await ada.mute(tea, null);
    await world.settle();
    expect(list().unread).toBe(1);
  });

  test("lines that did not change keep their identity, and nothing new is no new list", async () => {
    world.server.say(bob, "bob", "one");
    await world.settle();
    const before = list();
    let calls = 0;
    ada.conversations.subscribe(() => calls++);
    world.server.say(bob, "bob", "two");
    await world.settle();
    expect(item(tea)).toBe(before.items.find(({ id }) => id === tea));
    expect(item(bob)).not.toBe(before.items.find(({ id }) => id === bob));
    const settled = list();
    const told = calls;
    world.server.tell("ada", { type: "presence", user: "u_x" as never, state: "online", lastSeen: null });
    await world.settle();
    expect(list()).toBe(settled);
    expect(calls).toBe(told);
  });
});

describe("conversations made and changed here", () => {
  test("a direct chat by handle, and a group, are in the list at once", async () => {
    world.server.onCall = ({ method, path, body }) => {
      if (path === "/v1/users?handle=bob") return [200, { id: "u_bob", handle: "bob" }];
      if (method !== "POST" || path !== "/v1/conversations") return undefined;
      const { kind, title } = body as { kind: string; title?: string };
      const id = kind === "direct" ? "d_new" : "g_new";
      return [201, { id, kind, title, memberCount: 2, head: 0, floor: 1, role: "admin" }];
    };
    expect(await ada.createDirect({ handle: " @Bob " })).toBe("d_new");
    expect(await ada.createGroup({ title: "Book club", members: ["u_bob" as never] })).toBe("g_new");
    await world.settle();
    expect(list().items.map(({ id }) => id)).toEqual(expect.arrayContaining(["d_new", "g_new"]));
    expect(item("g_new" as ConversationId)).toMatchObject({ title: "Book club", role: "admin" });
  });

  test("a rename is shown, also when it comes as an entry before its summary", async () => {
    world.server.append(tea, "bob", "conversation_updated", { title: "Coffee" });
    await world.settle();
    expect(item(tea)?.title).toBe("Coffee");
  });

  test("leaving is shown with role null", async () => {
    const log = world.server.logs.get(tea);
    const [link] = world.server.links;
    if (log === undefined || link === undefined) throw new Error("no link");
    log.members.shift();
    world.server.tell("ada", { type: "conversation", conversation: world.server.summary(tea, link) });
    await world.settle();
    expect(item(tea)?.role).toBeNull();
    world.server.frames.length = 0;
    world.server.cut();
    await world.advance(1_000);
    expect(world.server.framesOf("hello")[0]?.["cursors"]).not.toHaveProperty(tea);
  });
});

test("[R1] in a group two ticks mean everybody: the marks of all members count", async () => {
  await (await ada.send(tea, "mine")).sent();
  const ticks = () => item(tea)?.last?.status;
  const receipts = (user: string, delivered: number, read: number) => {
    world.server.logs.get(tea)?.delivered.set(user as never, delivered);
    world.server.tell("ada", {
      type: "receipts",
      conversation: tea,
      receipts: [{ user: user as never, delivered, read }],
    });
  };
  receipts("u_bob", 1, 0);
  await world.settle();
  expect(ticks()).toBe("sent");
  receipts("u_cyd", 1, 1);
  await world.settle();
  expect(ticks()).toBe("delivered");
  receipts("u_bob", 1, 1);
  await world.settle();
  expect(ticks()).toBe("read");
  expect(world.server.calls.filter(({ path }) => path.includes("/members"))).toHaveLength(1);
});

test("search finds what is held: all words, any case, accents or not, with the newest text", async () => {
  const storage = new MemoryStorage();
  const client = await world.online("ada", { storage });
  world.server.append(tea, "bob", "message", { text: "Café au lait" }, "a");
  world.server.append(tea, "bob", "message", { text: "cafe latte" }, "b");
  world.server.append(tea, "bob", "edit", { target: "b", text: "tea" });
  await later();
  world.server.append(bob, "bob", "message", { text: "Lait without CAFE?" }, "c");
  world.server.append(bob, "bob", "message", { text: "cafe, deleted" }, "d");
  world.server.append(bob, "bob", "delete", { target: "d" });
  await world.settle();
  const found = async (text: string, where = {}) => (await client.search(text, where)).map(({ id }) => id);
  expect(await found("cafe")).toEqual(["c", "a"]);
  expect(await found("LAIT café")).toEqual(["c", "a"]);
  expect(await found("lait", { conversation: tea })).toEqual(["a"]);
  expect(await found("lait", { limit: 1 })).toEqual(["c"]);
  expect(await found("latte")).toEqual([]);
  expect(await found("  ")).toEqual([]);
});
