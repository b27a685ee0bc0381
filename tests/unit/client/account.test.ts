import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MemoryStorage } from "../../../client/storage/memory.ts";
import { problem } from "./support/accounts.ts";
import { World, opened, texts } from "./support/world.ts";

let world: World;
let storage: MemoryStorage;

beforeEach(() => {
  world = new World();
  storage = new MemoryStorage();
});
afterEach(() => world.close());

const refreshes = () => world.server.calls.filter(({ path }) => path === "/v1/sessions/refresh");
const nothing = { session: null, sync: null, owner: null, conversations: [], logs: [], outbox: [], hidden: [] };

describe("signing in", () => {
  test("is loading, then signed out, then signed in, and says so", async () => {
    const ada = world.client({ storage });
    const events: unknown[] = [];
    ada.on("signedIn", (news) => events.push(news));
    expect(ada.session.current).toEqual({ status: "loading" });
    expect(await ada.ready()).toEqual({ status: "signedOut", reason: "none" });
    const user = await ada.register({ handle: "ada", password: "password", displayName: "Ada" });
    await world.settle();
    expect(user).toMatchObject({ id: "u_ada", handle: "ada" });
    expect(ada.session.current).toMatchObject({ status: "signedIn", user: { id: "u_ada" } });
    expect(events).toEqual([{ user: "u_ada", device: "dev_ada_1" }]);
    expect(ada.connection.current.status).toBe("online");
    expect(world.server.calls[0]).toMatchObject({
      path: "/v1/accounts",
      body: { handle: "ada", password: "password", displayName: "Ada", device: { name: "Node", platform: "node" } },
    });
  });

  test("a wrong password is an AuthError with a hint, and leaves everything as it was", async () => {
    const ada = world.client({ storage });
    const failure = ada.signIn({ handle: "ada", password: "wrong password" });
    await expect(failure).rejects.toMatchObject({ name: "AuthError", code: "invalid_credentials" });
    await expect(failure).rejects.toHaveProperty("hint", "Check handle and password.");
    expect(await storage.load()).toEqual(nothing);
  });

  test("twice is refused", async () => {
    const ada = await world.online("ada");
    await expect(ada.signIn({ handle: "bob", password: "password" })).rejects.toMatchObject({ code: "signed_in" });
  });

  test("without it, calls say that it is missing", async () => {
    const ada = world.client();
    await expect(ada.devices()).rejects.toMatchObject({ name: "AuthError", code: "signed_out" });
    await expect(ada.send("g_x" as never, "hi")).rejects.toMatchObject({ code: "signed_out" });
  });

  test("survives a restart", async () => {
    const ada = await world.online("ada", { storage });
    await ada.close();
    const again = world.client({ storage });
    expect(await again.ready()).toMatchObject({ status: "signedIn", user: { handle: "ada" } });
  });
});

describe("the access token", () => {
  test("[A2] is renewed before it is used when little of it is left, by one refresh for all", async () => {
    const ada = await world.online("ada", { storage, autoConnect: false });
    await world.advance(860_000);
    await ada.userById("u_bob" as never);
    expect(refreshes()).toHaveLength(0);
    await world.advance(20_000);
    await Promise.all([ada.userById("u_bob" as never), ada.userById("u_cyd" as never), ada.userById("u_dan" as never)]);
    expect(refreshes()).toHaveLength(1);
    expect(world.server.calls.filter(({ path, user }) => path.startsWith("/v1/users") && user === null)).toEqual([]);
  });

  test("many calls with a token that the server calls expired share one refresh and all succeed", async () => {
    const ada = await world.online("ada", { storage });
    world.server.accounts.expireAll();
    world.server.onCall = ({ path, user }) =>
      path === "/v1/me/blocks" && user !== null ? [200, { users: [] }] : undefined;
    const answers = await Promise.all([ada.blocks(), ada.blocks(), ada.blocks()]);
    expect(answers).toEqual([[], [], []]);
    expect(refreshes()).toHaveLength(1);
    expect((await storage.load()).session?.refreshToken).toBe("refresh2");
  });

  test("[A3] a refresh whose answer was lost is made again with the same token", async () => {
    const ada = await world.online("ada", { storage });
    world.server.accounts.expireAll();
    world.server.onCall = ({ path }) => {
      if (path !== "/v1/sessions/refresh") return undefined;
      world.server.onCall = undefined;
      throw new TypeError("connection reset");
    };
    await expect(ada.blocks()).rejects.toMatchObject({ name: "NetworkError", code: "offline" });
    await ada.userById("u_bob" as never);
    expect(refreshes().map(({ body }) => body)).toEqual([{ refreshToken: "refresh1" }, { refreshToken: "refresh1" }]);
    expect(ada.session.current.status).toBe("signedIn");
  });

  test("[W4] a socket that is closed with 4401 comes back with a fresh one", async () => {
    const ada = await world.online("ada", { storage });
    world.server.accounts.expireAll();
    world.server.cut(4401);
    await world.settle();
    expect(ada.connection.current.status).toBe("online");
    expect(refreshes()).toHaveLength(1);
  });
});

describe("the end of a session", () => {
  beforeEach(() => {
    world.server.conversation("tea", ["ada", "bob"]);
  });

  test("signing out tells the server and erases everything here", async () => {
    const ada = await world.online("ada", { storage });
    await ada.signOut();
    expect(world.server.calls.at(-1)).toMatchObject({ method: "DELETE", path: "/v1/sessions/current" });
    expect(await storage.load()).toEqual(nothing);
    expect(ada.session.current).toEqual({ status: "signedOut", reason: "signedOut" });
    expect(ada.connection.current.status).toBe("idle");
  });

  test("signing out works without a network", async () => {
    const ada = await world.online("ada", { storage });
    world.server.reachable = false;
    await ada.signOut();
    expect(await storage.load()).toEqual(nothing);
  });

  test("[A5] a revoked device is signed out and forgets, and stays away", async () => {
    const ada = await world.online("ada", { storage });
    const reasons: string[] = [];
    ada.on("signedOut", ({ reason }) => reasons.push(reason));
    world.server.accounts.revokeAll();
    world.server.cut(4403);
    await world.settle();
    expect(reasons).toEqual(["revoked"]);
    expect(await storage.load()).toEqual(nothing);
    await world.advance(120_000);
    expect(world.network.sockets).toHaveLength(1);
  });

  test("a session that expired keeps what it held for the same user, and shows it to nobody meanwhile", async () => {
    const ada = await world.online("ada", { storage });
    world.server.cut();
    await ada.send("g_tea" as never, "not sent yet");
    world.server.accounts.expireAll();
    world.server.onCall = ({ path }) => (path === "/v1/sessions/refresh" ? problem(401, "invalid_token") : undefined);
    await world.advance(880_000);
    expect(ada.session.current).toEqual({ status: "signedOut", reason: "expired" });
    expect(ada.conversations.current.items).toEqual([]);
    world.server.onCall = undefined;
    await ada.signIn({ handle: "ada", password: "password" });
    await world.advance(1_000);
    const { timeline } = await opened(world, ada, "g_tea" as never);
    expect(texts(timeline.current)).toEqual(["not sent yet"]);
    expect(world.server.texts("g_tea" as never)).toEqual(["not sent yet"]);
  });

  test("and gives it to nobody else", async () => {
    const ada = await world.online("ada", { storage });
    world.server.say("g_tea" as never, "bob", "for ada only");
    await world.settle();
    world.server.onCall = ({ path }) => (path === "/v1/sessions/refresh" ? problem(401, "invalid_token") : undefined);
    world.server.accounts.expireAll();
    world.server.cut(4401);
    await world.settle();
    expect(ada.session.current).toMatchObject({ status: "signedOut", reason: "expired" });
    world.server.onCall = undefined;
    await ada.signIn({ handle: "eve", password: "password" });
    await world.settle();
    expect(ada.conversations.current.items).toEqual([]);
    const kept = await storage.entries("g_tea" as never, { after: 0, to: 9, limit: 9, newest: false });
    expect(kept).toEqual([]);
  });

  test("a proxy's page is no end: the device stays signed in", async () => {
    const ada = await world.online("ada", { storage });
    world.server.accounts.expireAll();
    world.server.onCall = () => [404, "<h1>Log in to the café's network</h1>"];
    world.server.cut();
    await world.advance(60_000);
    expect(ada.session.current.status).toBe("signedIn");
    world.server.onCall = undefined;
    await world.advance(60_000);
    expect(ada.connection.current.status).toBe("online");
  });

  test("signing out does not wait for a server that does not answer", async () => {
    const fetch: typeof world.server.fetch = (url, init) =>
      url.endsWith("/current") ? new Promise(() => {}) : world.server.fetch(url, init);
    const ada = await world.online("ada", { storage, fetch });
    const out = ada.signOut();
    await world.advance(5_000);
    await out;
    expect(await storage.load()).toEqual(nothing);
  });

  test("a refresh whose answer comes after the end brings nothing back", async () => {
    let release: () => void = () => {};
    const fetch: typeof world.server.fetch = async (url, init) => {
      const answer = await world.server.fetch(url, init);
      if (url.endsWith("/refresh")) await new Promise<void>((resolve) => (release = resolve));
      return answer;
    };
    const ada = await world.online("ada", { storage, fetch });
    world.server.accounts.expireAll();
    const call = ada.userById("u_bob" as never).catch((error: unknown) => error);
    await world.settle();
    world.server.cut(4403);
    await world.settle();
    release();
    expect(await call).toMatchObject({ code: "signed_out" });
    expect(await storage.load()).toEqual(nothing);
    expect(ada.session.current.status).toBe("signedOut");
  });

  test("history that is being read when it ends is not written down either", async () => {
    const tea = "g_tea" as never;
    world.server.say(tea, "bob", "slow to read");
    let release: () => void = () => {};
    let slow = false;
    const codec = {
      encode: (content: never) => content,
      decode: async (entry: never) => {
        if (slow) await new Promise<void>((resolve) => (release = resolve));
        return entry;
      },
    };
    const ada = await world.online("ada", { storage, codec });
    slow = true;
    ada.timeline(tea).subscribe(() => {});
    await world.settle();
    slow = false;
    await ada.signOut();
    release();
    await world.settle();
    expect(await storage.load()).toEqual(nothing);
    expect(await storage.entries(tea, { after: 0, to: 9, limit: 9, newest: false })).toEqual([]);
  });

  test("what is under way when it ends writes nothing down for the next user", async () => {
    const tea = "g_tea" as never;
    let release: () => void = () => {};
    const codec = {
      encode: (content: never) => content,
      decode: async (entry: never) => {
        await new Promise<void>((resolve) => (release = resolve));
        return entry;
      },
    };
    const ada = await world.online("ada", { storage, codec });
    world.server.say(tea, "bob", "slow to read");
    await world.settle();
    const out = ada.signOut();
    await world.settle();
    release();
    await out;
    await world.settle();
    expect(await storage.load()).toEqual(nothing);
    expect(await storage.entries(tea, { after: 0, to: 9, limit: 9, newest: false })).toEqual([]);
  });
});

test("profile changes are kept with the session", async () => {
  const ada = await world.online("ada", { storage });
  const user = { id: "u_ada", handle: "ada", displayName: "Countess", about: "", avatar: null };
  world.server.onCall = ({ method, path }) => (method === "PATCH" && path === "/v1/me" ? [200, user] : undefined);
  await ada.updateMe({ displayName: "Countess" });
  await world.settle();
  expect(ada.session.current).toMatchObject({ user: { displayName: "Countess" } });
  expect((await storage.load()).session?.user.displayName).toBe("Countess");
});

test("deleting the account erases this device without signing out from what is gone", async () => {
  const ada = await world.online("ada", { storage });
  await ada.deleteAccount("password");
  expect(world.server.calls.map(({ method, path }) => `${method} ${path}`)).not.toContain(
    "DELETE /v1/sessions/current",
  );
  expect(await storage.load()).toEqual(nothing);
});

test("closing ends every timer and listener", async () => {
  const ada = await world.online("ada", { storage });
  ada.timeline(world.server.conversation("tea", ["ada"])).subscribe(() => {});
  ada.presence("u_bob" as never).subscribe(() => {});
  await world.settle();
  await ada.close();
  expect(world.clock.pending).toBe(0);
  expect(world.platform.listeners).toBe(0);
});
