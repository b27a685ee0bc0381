import { beforeEach, describe, expect, test } from "vitest";
import { Connection, type Token } from "../../../client/connection/connection.ts";
import { errorOf, type MeridianError } from "../../../client/errors.ts";
import type { ConnectionState } from "../../../client/types/state.ts";
import type { ReadyFrame, ServerFrame } from "../../../protocol/frames-server.ts";
import { FakeClock, settle } from "./support/clock.ts";
import { device, user } from "./support/entries.ts";
import { FakeNetwork, FakePlatform } from "./support/ports.ts";

const ready: ReadyFrame = {
  type: "ready",
  user: user("ada"),
  device: device("ada"),
  sync: "s",
  conversations: [],
  more: false,
  serverTime: 0,
};

let clock: FakeClock;
let network: FakeNetwork;
let platform: FakePlatform;
let states: ConnectionState[];
let frames: ServerFrame[];
let asked: boolean[];
let blamed: string[];
let downs: number;
let signedOut: (MeridianError | undefined)[];
let token: (fresh: boolean) => Promise<Token>;
let connection: Connection;

beforeEach(() => {
  clock = new FakeClock();
  network = new FakeNetwork();
  platform = new FakePlatform();
  [states, frames, asked, blamed, signedOut] = [[], [], [], [], []];
  downs = 0;
  token = async () => ({ token: `t${asked.length}`, lifeMs: 900_000 });
  connection = new Connection({
    clock,
    platform,
    random: () => 0.5,
    socket: network.open,
    url: () => "https://chat.example",
    blame: (url) => blamed.push(url),
    token: (fresh) => {
      asked.push(fresh);
      return token(fresh);
    },
    hello: () => ({ type: "hello", since: null }),
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    onDown: () => downs++,
    onSignOut: (error) => signedOut.push(error),
  });
});

const statuses = () => states.map(({ status }) => status);

async function goOnline(): Promise<void> {
  connection.connect();
  await settle();
  network.last.accept();
  network.last.push(ready);
}

describe("opening", () => {
  test("the token rides in a subprotocol, hello comes first, ready makes it online", async () => {
    connection.connect();
    await settle();
    expect(network.last.url).toBe("wss://chat.example/v1/socket");
    expect(network.last.protocols).toEqual(["meridian.v1", "bearer.t1"]);
    network.last.accept();
    expect(network.last.frames()).toEqual([{ type: "hello", since: null }]);
    expect(connection.online).toBe(false);
    network.last.push(ready);
    expect(connection.online).toBe(true);
    expect(frames).toEqual([ready]);
    expect(statuses()).toEqual(["connecting", "connecting", "online"]);
  });

  test("a server that never answers is given up after 15 s and blamed", async () => {
    connection.connect();
    await settle();
    network.last.accept();
    await clock.advance(15_000);
    expect(states.at(-1)).toMatchObject({ status: "waiting", error: { code: "timeout" } });
    expect(network.last.closedByClient).toBe(true);
    expect(blamed).toEqual(["https://chat.example"]);
  });

  test("what an older socket says after it was dropped is not heard", async () => {
    await goOnline();
    const old = network.last;
    connection.disconnect();
    old.push({ type: "goodbye", reason: "x", reconnectAfterMs: 1 });
    old.close(4403);
    expect(frames).toEqual([ready]);
    expect(signedOut).toEqual([]);
  });

  test("what is no frame is passed over", async () => {
    await goOnline();
    for (const text of ["{", "null", "7", '{"type":5}']) network.last.push(text);
    expect(frames).toEqual([ready]);
    expect(connection.online).toBe(true);
  });
});

describe("[C3] reconnecting", () => {
  test("waits with full jitter, doubling up to the cap, and says when it tries again", async () => {
    connection.connect();
    await settle();
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      network.last.close(1006);
      const { retryAt } = states.at(-1) ?? {};
      waits.push((retryAt ?? 0) - clock.now());
      await clock.advance(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  });

  test("ten seconds of health reset the back-off, less do not", async () => {
    await goOnline();
    network.last.close();
    await clock.advance(250);
    network.last.accept();
    network.last.push(ready);
    await clock.advance(9_000);
    network.last.close();
    expect((states.at(-1)?.retryAt ?? 0) - clock.now()).toBe(500);
    await clock.advance(500);
    network.last.accept();
    network.last.push(ready);
    await clock.advance(10_000);
    network.last.close();
    expect((states.at(-1)?.retryAt ?? 0) - clock.now()).toBe(250);
  });

  test("honours reconnectAfterMs of a goodbye", async () => {
    await goOnline();
    network.last.push({ type: "goodbye", reason: "restart", reconnectAfterMs: 3_000 });
    network.last.close(1012);
    platform.emit("visible");
    await clock.advance(3_249);
    expect(network.sockets).toHaveLength(1);
    await clock.advance(1);
    expect(network.sockets).toHaveLength(2);
  });

  test("the network's return cuts the pause short; its loss drops the link at once", async () => {
    await goOnline();
    platform.emit("offline");
    expect(statuses().at(-1)).toBe("offline");
    expect(network.last.closedByClient).toBe(true);
    await clock.advance(60_000);
    expect(network.sockets).toHaveLength(1);
    platform.emit("online");
    await settle();
    expect(network.sockets).toHaveLength(2);
  });

  test("what starts without a network waits for one", async () => {
    platform.emit("offline");
    connection.connect();
    await settle();
    expect(statuses().at(-1)).toBe("offline");
    expect(network.sockets).toHaveLength(0);
    platform.emit("online");
    await settle();
    expect(network.sockets).toHaveLength(1);
  });

  test("a page that comes back to the front while waiting tries at once", async () => {
    await goOnline();
    network.last.close();
    platform.emit("visible");
    await settle();
    expect(network.sockets).toHaveLength(2);
  });
});

describe("[W3] the heartbeat", () => {
  test("pings every 25 s, and a pong keeps the link", async () => {
    await goOnline();
    network.last.onText = (text) => {
      if (text === "ping") network.last.push("pong");
    };
    await clock.advance(300_000);
    expect(network.last.received.filter((text) => text === "ping")).toHaveLength(12);
    expect(connection.online).toBe(true);
  });

  test("two missed pongs are a dead link", async () => {
    await goOnline();
    await clock.advance(74_999);
    expect(connection.online).toBe(true);
    await clock.advance(1);
    expect(states.at(-1)).toMatchObject({ status: "waiting", error: { code: "timeout" } });
    expect(downs).toBe(1);
  });

  test("a page that comes back asks at once, and five silent seconds are enough then", async () => {
    await goOnline();
    platform.emit("visible");
    expect(network.last.received.at(-1)).toBe("ping");
    await clock.advance(5_000);
    expect(connection.online).toBe(false);
  });

  test("any answer ends the doubt", async () => {
    await goOnline();
    connection.wake();
    network.last.push("pong");
    await clock.advance(20_000);
    expect(connection.online).toBe(true);
  });
});

describe("[W4] close codes", () => {
  test("4403 signs out and stops for good", async () => {
    await goOnline();
    network.last.close(4403);
    expect(signedOut).toMatchObject([{ code: "device_revoked" }]);
    platform.emit("online");
    await clock.advance(600_000);
    expect(network.sockets).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test("4401 fetches a fresh token and returns at once", async () => {
    await goOnline();
    network.last.close(4401);
    await settle();
    expect(asked).toEqual([false, true]);
    expect(network.last.accessToken()).toBe("t2");
  });

  test("4409 stops until asked", async () => {
    await goOnline();
    network.last.close(4409);
    expect(statuses().at(-1)).toBe("replaced");
    await clock.advance(600_000);
    expect(network.sockets).toHaveLength(1);
    connection.connect();
    await settle();
    expect(network.sockets).toHaveLength(2);
  });

  test("a refresh that is refused for good ends the session", async () => {
    token = () => Promise.reject(errorOf("token_reused", "x"));
    connection.connect();
    await settle();
    expect(signedOut).toMatchObject([{ code: "token_reused" }]);
    expect(clock.pending).toBe(0);
  });

  test("a refresh that fails for now is tried again", async () => {
    token = () => Promise.reject(errorOf("unavailable", "x", { retryAfterMs: 1_000 }));
    connection.connect();
    await clock.advance(1_250);
    expect(asked).toHaveLength(2);
    expect(signedOut).toEqual([]);
  });
});

test("[W5] a fresh token goes over the socket before the old one ends, again and again", async () => {
  await goOnline();
  network.last.onText = (text) => {
    if (text === "ping") network.last.push("pong");
  };
  network.last.frames();
  await clock.advance(840_000);
  expect(network.last.frames()).toEqual([{ type: "auth", token: "t2" }]);
  await clock.advance(840_000);
  expect(network.last.frames()).toEqual([{ type: "auth", token: "t3" }]);
});

test("a deliberate close is final: no timer, no listener, no reconnect", async () => {
  await goOnline();
  connection.close();
  expect(network.last.closedByClient).toBe(true);
  expect(clock.pending).toBe(0);
  expect(platform.listeners).toBe(0);
  expect(connection.send({ type: "typing", conversation: "g_x" as never, active: true })).toBe(false);
});
