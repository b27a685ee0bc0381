import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Codec, Content } from "../../../client/codec.ts";
import { MemoryStorage } from "../../../client/storage/memory.ts";
import { base64url, fromBase64url, nextChain } from "../../../protocol/chain.ts";
import type { ConversationId, EntryId } from "../../../protocol/ids.ts";
import { newEntryId } from "../../../client/ids.ts";
import { World, messages, opened, texts } from "./support/world.ts";

let world: World;
let tea: ConversationId;

beforeEach(() => {
  world = new World();
  tea = world.server.conversation("tea", ["ada", "bob"]);
});
afterEach(() => world.close());

/** Stands in for end-to-end encryption: asynchronous, and each body can be read once. */
function sealing(): Codec & { reads: number } {
  const mask = (text: string) => base64url(new TextEncoder().encode(text).map((byte) => byte ^ 0x5a));
  const unmask = (text: string) => new TextDecoder().decode(fromBase64url(text).map((byte) => byte ^ 0x5a));
  const used = new Set<string>();
  const codec = {
    reads: 0,
    encode: async (content: Content) => ({
      kind: "sealed" as const,
      body: { ciphertext: mask(JSON.stringify(content)) },
    }),
    decode: async (entry: { id: string; kind: string; body: unknown }) => {
      codec.reads++;
      if (entry.kind !== "sealed") return entry as never as Content;
      if (used.has(entry.id)) throw new Error("the key was used up");
      used.add(entry.id);
      return JSON.parse(unmask((entry.body as { ciphertext: string }).ciphertext)) as Content;
    },
  };
  return codec;
}

describe("the codec", () => {
  test("the server sees ciphertext, every view sees content: text, edits, reactions, search, preview, unread", async () => {
    const ada = await world.online("ada", { codec: sealing() });
    const bob = await world.online("bob", { codec: sealing() });
    const { timeline } = await opened(world, bob, tea);
    const secret = await ada.send(tea, { text: "Rosebud", mentions: ["u_bob" as never] });
    await secret.sent();
    await (await ada.edit(tea, secret.id, "Rosebud!")).sent();
    await (await bob.react(tea, secret.id, "🌹")).sent();
    await world.settle();
    expect(JSON.stringify(world.server.logs.get(tea)?.entries)).not.toContain("Rosebud");
    expect(world.server.logs.get(tea)?.entries.map(({ kind }) => kind)).toEqual(["sealed", "sealed", "sealed"]);
    expect(messages(timeline.current)).toMatchObject([
      {
        text: "Rosebud!",
        unreadable: false,
        mentionsMe: true,
        editedAt: expect.any(Number),
        reactions: [{ emoji: "🌹", own: true }],
      },
    ]);
    expect(bob.conversations.current.items[0]).toMatchObject({ last: { text: "Rosebud!" }, mentioned: true });
    expect(await bob.search("rosebud")).toMatchObject([{ text: "Rosebud!", seq: 1 }]);
  });

  test("is asked to read an entry once: what it said is kept, over restarts too", async () => {
    const storage = new MemoryStorage();
    const codec = sealing();
    const ada = await world.online("ada", { codec: sealing() });
    const bob = await world.online("bob", { codec, storage });
    await (await ada.send(tea, "once")).sent();
    await world.settle();
    const reads = codec.reads;
    await bob.close();
    const again = world.client({ codec, storage });
    await again.ready();
    await world.settle();
    const { timeline } = await opened(world, again, tea);
    expect(texts(timeline.current)).toEqual(["once"]);
    expect(codec.reads).toBe(reads);
  });

  test("what cannot be read is shown as unreadable, and stops nothing", async () => {
    const bob = await world.online("bob");
    world.server.append(tea, "ada", "sealed", { ciphertext: "AAAA" });
    world.server.say(tea, "ada", "in clear");
    await world.settle();
    const { timeline } = await opened(world, bob, tea);
    expect(messages(timeline.current)).toMatchObject([{ unreadable: true, text: "" }, { text: "in clear" }]);
    expect(bob.conversations.current.items[0]?.unread).toBe(2);
  });

  test("[E3] a delete goes in clear, so that the server can erase", async () => {
    const ada = await world.online("ada", { codec: sealing() });
    const secret = await ada.send(tea, "Rosebud");
    await secret.sent();
    await (await ada.delete(tea, secret.id)).sent();
    expect(world.server.logs.get(tea)?.entries[1]).toMatchObject({ kind: "delete", body: { target: secret.id } });
  });

  test("[S2] a slow one changes no order", async () => {
    let delay = 30;
    const slow: Codec = {
      encode: async (content) => {
        const turns = delay;
        delay -= 10;
        for (let i = 0; i < turns; i++) await Promise.resolve();
        return content;
      },
      decode: (entry) => (entry.kind === "sealed" ? null : entry),
    };
    const ada = await world.online("ada", { codec: slow });
    await Promise.all([ada.send(tea, "one"), ada.send(tea, "two"), ada.send(tea, "three")]);
    await world.settle();
    expect(world.server.texts(tea)).toEqual(["one", "two", "three"]);
  });
});

describe("[C5] chains", () => {
  test("are checked when asked for: an honest log passes, live, resumed and with deletions", async () => {
    const ada = await world.online("ada", { verifyChains: true });
    const news: unknown[] = [];
    ada.on("diverged", (what) => news.push(what));
    world.server.append(tea, "bob", "message", { text: "one" }, "m");
    await world.settle();
    world.server.cut();
    world.server.say(tea, "bob", "two");
    world.server.append(tea, "bob", "delete", { target: "m" });
    await world.advance(1_000);
    world.server.say(tea, "bob", "three");
    await world.settle();
    expect(news).toEqual([]);
    expect(ada.conversations.current.items[0]?.last?.text).toBe("three");
  });

  test("a changed body is reported with its seq", async () => {
    const ada = await world.online("ada", { verifyChains: true });
    const news: unknown[] = [];
    ada.on("diverged", (what) => news.push(what));
    world.server.say(tea, "bob", "one");
    const log = world.server.logs.get(tea);
    const [link] = world.server.links;
    world.server.cut();
    world.server.say(tea, "bob", "pay Bob 10");
    if (log !== undefined)
      log.entries = log.entries.map(
        (entry) => ({ ...entry, body: { text: entry.seq === 2 ? "pay Bob 1000" : "one" } }) as never,
      );
    await world.advance(1_000);
    expect(link).toBeDefined();
    expect(news).toEqual([{ conversation: tea, seq: 2, by: "chain" }]);
  });

  test("an entry that was left out is reported, and one that nobody may see is not", async () => {
    const ada = await world.online("ada", { verifyChains: true });
    const news: unknown[] = [];
    ada.on("diverged", (what) => news.push(what));
    const first = world.server.say(tea, "bob", "one");
    await world.settle();
    const forged = {
      ...first,
      seq: 2,
      chain: nextChain(first.chain, { ...first, seq: 2, kind: "message", digest: "no" }),
    };
    world.server.tell("ada", {
      type: "entries",
      conversation: tea,
      after: 1,
      to: 2,
      entries: [forged],
      head: 2,
    });
    await world.settle();
    expect(news).toEqual([{ conversation: tea, seq: 2, by: "chain" }]);
    world.server.tell("ada", {
      type: "entries",
      conversation: tea,
      after: 2,
      to: 4,
      entries: [{ ...first, seq: 4 }],
      head: 4,
    });
    await world.settle();
    expect(news).toHaveLength(1);
  });

  test("are not looked at otherwise", async () => {
    const ada = await world.online("ada");
    const news: unknown[] = [];
    ada.on("diverged", (what) => news.push(what));
    world.server.say(tea, "bob", "one");
    world.server.tell("ada", {
      type: "entries",
      conversation: tea,
      after: 1,
      to: 2,
      entries: [
        {
          chain: "x",
          seq: 2,
          id: "i" as EntryId,
          sender: { user: "u_bob" as never, device: null },
          at: 1,
          kind: "message",
          body: { text: "forged" },
        },
      ],
      head: 2,
    });
    await world.settle();
    expect(news).toEqual([]);
    expect(ada.conversations.current.items[0]?.last?.text).toBe("forged");
  });
});

test("ids of entries are UUIDs of version 7, sorted by their time", () => {
  const ids = [1, 1_000, 1_700_000_000_000, 1_800_000_000_000].map((now) => newEntryId(now));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(Array.from({ length: 1_000 }, () => newEntryId(1))).size).toBe(1_000);
});
