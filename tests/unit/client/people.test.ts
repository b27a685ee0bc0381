import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Meridian } from "../../../client/meridian.ts";
import type { ConversationId, UserId } from "../../../protocol/ids.ts";
import { problem } from "./support/accounts.ts";
import { World } from "./support/world.ts";

let world: World;
let ada: Meridian;
let tea: ConversationId;
const bob = "u_bob" as UserId;
const cyd = "u_cyd" as UserId;

beforeEach(async () => {
  world = new World();
  tea = world.server.conversation("tea", ["ada", "bob", "cyd"]);
  ada = await world.online("ada");
  world.server.frames.length = 0;
});
afterEach(() => world.close());

describe("typing", () => {
  const notice = (user: UserId, active = true) =>
    world.server.tell("ada", { type: "typing", conversation: tea, user, active });

  test("shows who types, without the user itself, for 6 s after the last notice", async () => {
    const typing = ada.typing(tea);
    const seen: (readonly string[])[] = [];
    const stop = typing.subscribe((users) => seen.push(users));
    notice(bob);
    notice("u_ada" as UserId);
    await world.advance(4_000);
    notice(cyd);
    notice(bob);
    await world.advance(4_000);
    expect(typing.current).toEqual([bob, cyd]);
    await world.advance(2_000);
    expect(typing.current).toEqual([]);
    notice(bob);
    notice(bob, false);
    await world.settle();
    stop();
    expect(seen[0]).toEqual([bob]);
    expect(seen.at(-1)).toEqual([]);
  });

  test("a message ends it", async () => {
    notice(bob);
    world.server.say(tea, "bob", "done");
    await world.settle();
    expect(ada.typing(tea).current).toEqual([]);
  });

  test("keys are told at most every 3 s, the end after 5 s without one, and a send is end enough", async () => {
    const told = () => world.server.framesOf("typing").map(({ active }) => active);
    for (let i = 0; i < 20; i++) {
      ada.setTyping(tea, true);
      await world.advance(200);
    }
    expect(told()).toEqual([true, true]);
    await world.advance(5_000);
    expect(told()).toEqual([true, true, false]);
    ada.setTyping(tea, true);
    await world.settle();
    await ada.send(tea, "sent");
    await world.advance(10_000);
    expect(told()).toEqual([true, true, false, true]);
    ada.setTyping(tea, true);
    ada.setTyping(tea, false);
    await world.settle();
    expect(told().slice(-2)).toEqual([true, false]);
  });

  test("nobody types over a link that broke", async () => {
    notice(bob);
    await world.settle();
    world.server.cut();
    await world.settle();
    expect(ada.typing(tea).current).toEqual([]);
  });
});

describe("[P1] presence", () => {
  const online = (user: UserId) =>
    world.server.tell("ada", { type: "presence", user, state: "online", lastSeen: null });

  test("is watched while somebody is subscribed, once for many, and not after", async () => {
    const presence = ada.presence(bob);
    expect(presence.current).toEqual({ user: bob, state: "unknown", lastSeen: null });
    const stops = [presence.subscribe(() => {}), presence.subscribe(() => {}), ada.presence(cyd).subscribe(() => {})];
    await world.settle();
    expect(world.server.framesOf("watch")).toEqual([{ type: "watch", users: [bob, cyd] }]);
    online(bob);
    await world.settle();
    expect(presence.current.state).toBe("online");
    world.server.tell("ada", { type: "presence", user: bob, state: "offline", lastSeen: 77 });
    await world.settle();
    expect(presence.current).toEqual({ user: bob, state: "offline", lastSeen: 77 });
    for (const stop of stops) stop();
    await world.settle();
    expect(world.server.framesOf("unwatch")).toEqual([{ type: "unwatch", users: [bob, cyd] }]);
    expect(presence.current.state).toBe("unknown");
  });

  test("is unknown without a link, and asked for again with the next", async () => {
    const presence = ada.presence(bob);
    presence.subscribe(() => {});
    await world.settle();
    online(bob);
    world.server.cut();
    await world.settle();
    expect(presence.current.state).toBe("unknown");
    world.server.frames.length = 0;
    await world.advance(1_000);
    expect(world.server.framesOf("watch")).toEqual([{ type: "watch", users: [bob] }]);
  });

  test("news of somebody who is not watched changes nothing", async () => {
    online(cyd);
    await world.settle();
    expect(ada.presence(cyd).current.state).toBe("unknown");
  });
});

describe("profiles", () => {
  const asked = () => world.server.calls.filter(({ path }) => path === "/v1/users/u_bob").length;

  test("come from the server once, then from the device while they are fresh", async () => {
    const profile = ada.profile(bob);
    expect(profile.current).toEqual({ status: "loading", profile: null });
    profile.subscribe(() => {})();
    const stop = profile.subscribe(() => {});
    await world.settle();
    expect(profile.current).toMatchObject({ status: "ready", profile: { displayName: "bob" } });
    stop();
    profile.subscribe(() => {});
    await world.settle();
    expect(asked()).toBe(1);
    await world.advance(11 * 60_000);
    profile.subscribe(() => {})();
    ada.profile(bob).subscribe(() => {});
    await world.settle();
    expect(asked()).toBe(1);
  });

  test("old ones are shown and asked for again", async () => {
    const stop = ada.profile(bob).subscribe(() => {});
    await world.settle();
    stop();
    await world.advance(11 * 60_000);
    world.server.onCall = ({ path }) =>
      path === "/v1/users/u_bob" ? [200, { id: bob, handle: "bob", displayName: "Robert" }] : undefined;
    ada.profile(bob).subscribe(() => {});
    await world.settle();
    expect(asked()).toBe(2);
    expect(ada.profile(bob).current.profile?.displayName).toBe("Robert");
  });

  test("of nobody are missing; without a network they stay as they are", async () => {
    world.server.onCall = ({ path }) => (path.startsWith("/v1/users/") ? problem(404, "not_found") : undefined);
    ada.profile(bob).subscribe(() => {});
    await world.settle();
    expect(ada.profile(bob).current).toEqual({ status: "missing", profile: null });
    world.server.reachable = false;
    ada.profile(cyd).subscribe(() => {});
    await world.settle();
    expect(ada.profile(cyd).current.status).toBe("loading");
  });
});

test("the clock of the server is known from its hello", async () => {
  expect(ada.serverNow()).toBe(world.clock.now());
  world.server.tell("ada", {
    type: "ready",
    user: "u_ada" as UserId,
    device: "d" as never,
    sync: "v1",
    conversations: [],
    more: false,
    serverTime: world.clock.now() + 5_000,
  });
  await world.settle();
  expect(ada.serverNow()).toBe(world.clock.now() + 5_000);
});
