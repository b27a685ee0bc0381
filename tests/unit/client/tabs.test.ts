import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Meridian } from "../../../client/meridian.ts";
import { MemoryStorage } from "../../../client/storage/memory.ts";
import type { MeridianOptions } from "../../../client/types/options.ts";
import type { ConversationId } from "../../../protocol/ids.ts";
import { FakeBrowser, type FakeTab } from "./support/browser.ts";
import { World, messages, opened, texts } from "./support/world.ts";

let world: World;
let browser: FakeBrowser;
let storage: MemoryStorage;
let tea: ConversationId;

beforeEach(() => {
  world = new World();
  browser = new FakeBrowser();
  // One disk for all tabs of the browser, which outlives each of them.
  storage = new MemoryStorage();
  tea = world.server.conversation("tea", ["ada", "bob"]);
});
afterEach(() => world.close());

interface Tab {
  readonly meridian: Meridian;
  readonly tab: FakeTab;
}

function open(options: Partial<MeridianOptions> = {}): Tab {
  const tab = browser.tab();
  return { tab, meridian: world.client({ storage, tabs: { locks: tab.locks, channel: tab.channel }, ...options }) };
}

async function two(): Promise<[Tab, Tab]> {
  const first = open();
  await first.meridian.signIn({ handle: "ada", password: "password" });
  const second = open();
  await second.meridian.ready();
  await world.settle();
  return [first, second];
}

/** The browser ends a tab: its engine hears nothing any more, and its socket breaks. */
async function kill({ tab }: Tab): Promise<void> {
  tab.kill();
  for (const link of world.server.links.splice(0)) link.socket.closedByClient = true;
  await world.settle();
}

describe("several tabs", () => {
  test("share one session, one socket and one store", async () => {
    const [first, second] = await two();
    expect(second.meridian.session.current).toMatchObject({ status: "signedIn", user: { handle: "ada" } });
    expect(second.meridian.connection.current.status).toBe("online");
    expect(world.network.sockets).toHaveLength(1);
    world.server.say(tea, "bob", "to all tabs");
    await world.settle();
    for (const { meridian } of [first, second]) {
      expect(meridian.conversations.current.items[0]).toMatchObject({ unread: 1, last: { text: "to all tabs" } });
    }
  });

  test("what one does, the others show", async () => {
    const [first, second] = await two();
    const views = await Promise.all([first, second].map(({ meridian }) => opened(world, meridian, tea)));
    const message = await second.meridian.send(tea, "from the follower");
    expect(await message.sent()).toMatchObject({ seq: 1 });
    await world.settle();
    for (const { timeline } of views)
      expect(messages(timeline.current)).toMatchObject([{ text: "from the follower", status: "sent" }]);
    world.server.say(tea, "bob", "answer");
    await world.settle();
    await first.meridian.markRead(tea);
    await world.settle();
    expect(second.meridian.conversations.current.items[0]?.unread).toBe(0);
  });

  test("errors keep their class, code and hint on the way between tabs", async () => {
    const [, second] = await two();
    await expect(second.meridian.userByHandle("nobody")).rejects.toMatchObject({
      name: "RequestError",
      code: "not_found",
      hint: expect.any(String),
    });
  });

  test("share one refresh", async () => {
    const [first, second] = await two();
    world.server.accounts.expireAll();
    await Promise.all([first.meridian.userById("u_x" as never), second.meridian.userById("u_y" as never)]);
    expect(world.server.calls.filter(({ path }) => path === "/v1/sessions/refresh")).toHaveLength(1);
  });

  test("tokens are not among what they say", async () => {
    const heard: string[] = [];
    const spy = browser.tab();
    spy.channel.addEventListener("message", ({ data }) => heard.push(JSON.stringify(data)));
    const [, second] = await two();
    await second.meridian.userById("u_x" as never);
    expect(heard.length).toBeGreaterThan(3);
    expect(heard.join()).not.toMatch(/access1|refresh1/);
  });

  test("signing out in one signs out all", async () => {
    const [first, second] = await two();
    await second.meridian.signOut();
    await world.settle();
    expect(first.meridian.session.current).toEqual({ status: "signedOut", reason: "signedOut" });
    expect(second.meridian.session.current).toEqual({ status: "signedOut", reason: "signedOut" });
    await second.meridian.signIn({ handle: "ada", password: "password" });
    await world.settle();
    expect(first.meridian.session.current.status).toBe("signedIn");
  });
});

describe("the leader goes", () => {
  test("closing it hands over: the next one is online and nothing is lost or sent twice", async () => {
    const [first, second] = await two();
    const { timeline } = await opened(world, second.meridian, tea);
    world.server.onSend = () => "lose";
    const sent = await first.meridian.send(tea, "by the leader");
    const mine = await second.meridian.send(tea, "by the follower");
    await world.settle();
    world.server.onSend = undefined;
    await first.meridian.close();
    await world.advance(25_000);
    expect(second.meridian.connection.current.status).toBe("online");
    expect(world.server.texts(tea)).toEqual(["by the leader", "by the follower"]);
    expect(await mine.sent()).toMatchObject({ seq: 2 });
    expect(await sent.sent()).toMatchObject({ seq: 1 });
    expect(texts(timeline.current)).toEqual(["by the leader", "by the follower"]);
    expect(second.meridian.outbox.current).toEqual([]);
  });

  test("a leader that dies without a word is replaced, and its outbox goes on", async () => {
    const [first, second] = await two();
    world.server.onSend = () => "swallow";
    await first.meridian.send(tea, "still queued");
    const mine = await second.meridian.send(tea, "mine too");
    await world.settle();
    world.server.onSend = undefined;
    await kill(first);
    await world.advance(1_000);
    expect(second.meridian.connection.current.status).toBe("online");
    expect(world.server.texts(tea)).toEqual(["still queued", "mine too"]);
    expect(await mine.sent()).toMatchObject({ seq: 2 });
  });

  test("what was asked of it and not answered is asked of the next", async () => {
    const [first, second] = await two();
    first.tab.dead = true;
    const message = second.meridian.send(tea, "into the void");
    await world.settle();
    await kill(first);
    await world.advance(1_000);
    expect(await (await message).sent()).toMatchObject({ seq: 1 });
  });

  test("a call that must not be made twice fails when it is not known whether it was made", async () => {
    const hangs: typeof world.server.fetch = (url, init) =>
      init.method === "POST" && url.endsWith("/v1/conversations")
        ? new Promise(() => {})
        : world.server.fetch(url, init);
    const first = open({ fetch: hangs });
    await first.meridian.signIn({ handle: "ada", password: "password" });
    const second = open();
    await second.meridian.ready();
    const failure = second.meridian.createGroup({ title: "x", members: [] }).catch((error: unknown) => error);
    await world.settle();
    await kill(first);
    await world.advance(1_000);
    expect(await failure).toMatchObject({ name: "NetworkError", code: "offline" });
  });

  test("a third tab takes over from the second", async () => {
    const [first, second] = await two();
    const third = open();
    await third.meridian.ready();
    await kill(first);
    await world.advance(1_000);
    await kill(second);
    await world.advance(1_000);
    expect(third.meridian.connection.current.status).toBe("online");
    await (await third.meridian.send(tea, "last one standing")).sent();
    expect(world.server.texts(tea)).toEqual(["last one standing"]);
  });
});

describe("followers", () => {
  test("what a closed tab watched is watched no more", async () => {
    const [first, second] = await two();
    first.meridian.presence("u_bob" as never).subscribe(() => {});
    second.meridian.presence("u_bob" as never).subscribe(() => {});
    second.meridian.presence("u_cyd" as never).subscribe(() => {});
    await world.settle();
    await second.meridian.close();
    await world.settle();
    expect(world.server.framesOf("unwatch")).toEqual([{ type: "unwatch", users: ["u_cyd"] }]);
  });

  test("a follower that comes to the front wakes the leader", async () => {
    const [, second] = await two();
    void second;
    world.server.cut();
    await world.settle();
    world.platform.emit("visible");
    await world.settle();
    expect(world.network.sockets).toHaveLength(2);
  });

  test("a tab that cannot open its store says so, and the next one can", async () => {
    const tab = browser.tab();
    const broken = new MemoryStorage();
    broken.load = () => Promise.reject(new Error("blocked"));
    const first = world.client({ storage: broken, tabs: { locks: tab.locks, channel: tab.channel } });
    const second = open();
    await second.meridian.signIn({ handle: "ada", password: "password" });
    await world.settle();
    expect(second.meridian.session.current.status).toBe("signedIn");
    await expect(first.devices()).rejects.toMatchObject({ code: "internal" });
  });
});
