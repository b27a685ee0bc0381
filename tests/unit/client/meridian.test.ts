import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MemoryStorage } from "../../../client/storage/memory.ts";
import { World, messages, opened, texts } from "./support/world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

describe("sending", () => {
  test("[C1] a message goes from queued to sent, delivered and read", async () => {
    const tea = world.server.conversation("tea", ["ada", "bob"], "d");
    const ada = await world.online("ada");
    const { timeline } = await opened(world, ada, tea);
    world.server.cut();
    const message = await ada.send(tea, "Hello");
    await world.settle();
    expect(messages(timeline.current)).toMatchObject([{ text: "Hello", status: "queued", seq: null }]);
    await world.advance(1_000);
    expect(await message.sent()).toMatchObject({ seq: 1 });
    expect(messages(timeline.current)).toMatchObject([{ text: "Hello", status: "sent", seq: 1, id: message.id }]);
    const receipt = (delivered: number, read: number) =>
      world.server.tell("ada", {
        type: "receipts",
        conversation: tea,
        receipts: [{ user: "u_bob" as never, delivered, read }],
      });
    receipt(1, 0);
    await world.settle();
    expect(messages(timeline.current)[0]?.status).toBe("delivered");
    receipt(1, 1);
    await world.settle();
    expect(messages(timeline.current)[0]?.status).toBe("read");
    expect(ada.outbox.current).toEqual([]);
  });
});

describe("a restart", () => {
  test("[C1] sends what was queued, with the same id, and is one entry", async () => {
    const tea = world.server.conversation("tea", ["ada", "bob"]);
    const storage = new MemoryStorage();
    const ada = await world.online("ada", { storage });
    world.server.onSend = () => "lose";
    const message = await ada.send(tea, "once");
    await world.settle();
    world.server.onSend = undefined;
    world.server.links.length = 0;
    await ada.close();
    const again = world.client({ storage });
    await again.ready();
    await world.settle();
    expect(world.server.texts(tea)).toEqual(["once"]);
    expect(world.server.framesOf("send").map(({ id }) => id)).toContain(message.id);
    const { timeline } = await opened(world, again, tea);
    expect(texts(timeline.current)).toEqual(["once"]);
    expect(again.outbox.current).toEqual([]);
  });

  test("[C1] leaves a text either a draft or in the outbox, wherever the process ends", async () => {
    const tea = world.server.conversation("tea", ["ada", "bob"]);
    const storage = new MemoryStorage();
    const ada = await world.online("ada", { storage });
    await ada.setDraft(tea, "once\nand more");
    const write = storage.write.bind(storage);
    const seen: unknown[] = [];
    const look = async (): Promise<void> => {
      const { outbox, conversations } = await storage.load();
      seen.push([outbox.map(({ content }) => content.body), conversations.map(({ draft }) => draft)]);
    };
    storage.write = async (changes) => {
      await write(changes);
      await look();
    };
    await look();
    await ada.send(tea, { text: "once", draft: "and more" });
    await ada.send(tea, "without a word about drafts");
    expect(seen.slice(0, 2)).toEqual([
      [[], ["once\nand more"]],
      [[{ text: "once" }], ["and more"]],
    ]);
    expect(ada.conversations.current.items[0]?.draft).toBe("and more");
  });
});
