import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MemoryStorage } from "../../../client/storage/memory.ts";
import type { ConversationId } from "../../../protocol/ids.ts";
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

const held = async () =>
  (await storage.entries(tea, { after: 0, to: Infinity, limit: 10_000, newest: false })).map(({ entry }) => entry.seq);
const item = (client: Awaited<ReturnType<World["online"]>>) =>
  client.conversations.current.items.find(({ id }) => id === tea);

describe("own view", () => {
  test("[E6] reading elsewhere sets unread, and hiding elsewhere hides here", async () => {
    const ada = await world.online("ada", { storage });
    for (let i = 1; i <= 3; i++) world.server.say(tea, "bob", `m${i}`);
    await world.settle();
    const { timeline } = await opened(world, ada, tea);
    world.server.tell("ada", { type: "read", conversation: tea, seq: 2, unread: 1 });
    world.server.tell("ada", { type: "hidden", conversation: tea, seq: 3 });
    await world.settle();
    expect(item(ada)).toMatchObject({ unread: 1, read: 2, last: { text: "m2" } });
    expect(texts(timeline.current)).toEqual(["m1", "m2"]);
    expect(await held()).toEqual([1, 2]);
  });

  test("a hidden entry does not come back with a page of history", async () => {
    const ada = await world.online("ada", { storage });
    for (let i = 1; i <= 3; i++) world.server.say(tea, "bob", `m${i}`);
    await world.settle();
    world.server.reachable = false;
    await ada.hide(tea, 2);
    world.server.reachable = true;
    world.server.tell("ada", { type: "diverged", conversation: tea, seq: 3 });
    await world.settle();
    expect(await held()).toEqual([1, 3]);
    world.server.cut();
    await world.advance(1_000);
    expect(world.server.logs.get(tea)?.hidden.get("u_ada" as never)).toEqual(new Set([2]));
  });

  test("a read mark made offline is sent when there is a link again, until the server knows", async () => {
    const ada = await world.online("ada", { storage });
    for (let i = 1; i <= 3; i++) world.server.say(tea, "bob", `m${i}`);
    await world.settle();
    world.server.cut();
    await ada.markRead(tea, 2);
    expect(item(ada)).toMatchObject({ unread: 1, read: 2 });
    await ada.markRead(tea);
    expect(item(ada)).toMatchObject({ unread: 0, read: 3 });
    await world.advance(1_000);
    expect(world.server.framesOf("read")).toEqual([{ type: "read", conversation: tea, seq: 3 }]);
    expect(item(ada)).toMatchObject({ unread: 0, read: 3 });
    await world.advance(6_000);
    world.server.frames.length = 0;
    world.server.cut();
    await world.advance(1_000);
    expect(world.server.framesOf("read")).toEqual([]);
  });

  test("[E7] what retention took goes from the device as well", async () => {
    const ada = await world.online("ada", { storage });
    for (let i = 1; i <= 5; i++) world.server.say(tea, "bob", `m${i}`);
    await world.settle();
    const { timeline } = await opened(world, ada, tea);
    const kept = world.server.logs.get(tea);
    if (kept !== undefined) kept.floor = 4;
    const [link] = world.server.links;
    if (link !== undefined)
      world.server.tell("ada", { type: "conversation", conversation: world.server.summary(tea, link) });
    await world.settle();
    expect(await held()).toEqual([4, 5]);
    expect(texts(timeline.current)).toEqual(["m4", "m5"]);
    expect(timeline.current.atStart).toBe(true);
  });
});
