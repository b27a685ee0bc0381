import { beforeEach, describe, expect, test } from "vitest";
import { NearestRegion, PROBE_EVERY_MS, REST_MS, STEADY } from "../../../client/regions/nearest.ts";
import { FakeClock } from "./support/clock.ts";
import { World } from "./support/world.ts";

const [east, west, south] = ["https://east.example", "https://west.example", "https://south.example"];

let clock: FakeClock;
/** Time of an answer in ms; null is down. */
let takes: Record<string, number | null>;
let moves: string[];

beforeEach(() => {
  clock = new FakeClock();
  takes = { [east]: 80, [west]: 20, [south]: 150 };
  moves = [];
});

async function regions(urls = [east, west, south]): Promise<NearestRegion> {
  const nearest = new NearestRegion({
    urls,
    clock,
    fetch: (url) => {
      const ms = takes[url.replace("/healthz", "")] ?? null;
      if (ms === null) return Promise.reject(new TypeError("fetch failed"));
      return new Promise((resolve) => clock.after(ms, () => resolve(new Response("{}"))));
    },
  });
  nearest.onMove(() => moves.push(nearest.current()));
  await clock.advance(200);
  await nearest.ready();
  return nearest;
}

const rounds = (count: number) => clock.advance(count * (PROBE_EVERY_MS + 500));

describe("the nearest region", () => {
  test("is the one that answers first, and nobody waits for the slow ones", async () => {
    takes[south] = 2_900;
    const nearest = await regions();
    expect(nearest.current()).toBe(west);
    nearest.close();
    expect(clock.pending).toBeLessThanOrEqual(2);
  });

  test("is the first of the list while none answers", async () => {
    takes = {};
    const nearest = await regions();
    expect(nearest.current()).toBe(east);
  });

  test("a failure moves on at once, to the fastest other one", async () => {
    const nearest = await regions();
    nearest.blame(west);
    expect(nearest.current()).toBe(east);
    await clock.advance(100);
    nearest.blame(east);
    expect(nearest.current()).toBe(south);
    await clock.advance(100);
    // All of them failed: the one that may be up again first is tried next, so that none is given up.
    nearest.blame(south);
    expect(nearest.current()).toBe(west);
  });

  test("blaming one that is not in use, or unknown, moves nobody", async () => {
    const nearest = await regions();
    nearest.blame(east);
    nearest.blame("https://elsewhere.example");
    expect(nearest.current()).toBe(west);
  });

  test("it returns once the better one has been steady for a while, and not before", async () => {
    const nearest = await regions();
    nearest.blame(west);
    takes[west] = null;
    await rounds(3);
    expect(moves).toEqual([]);
    takes[west] = 20;
    await rounds(STEADY - 1);
    expect(nearest.current()).toBe(east);
    await clock.advance(REST_MS * 3);
    expect(nearest.current()).toBe(west);
    expect(moves).toEqual([west]);
  });

  test("a difference that is not clear is none", async () => {
    const nearest = await regions();
    takes[east] = 16;
    await rounds(20);
    expect(nearest.current()).toBe(west);
    takes[east] = 3;
    await rounds(5);
    expect(nearest.current()).toBe(east);
  });

  test("one that goes up and down is left alone for longer each time: no flapping", async () => {
    const nearest = await regions();
    for (let i = 0; i < 40; i++) {
      takes[west] = i % 4 === 3 ? null : 20;
      if (nearest.current() === west && takes[west] === null) nearest.blame(west);
      await rounds(1);
    }
    expect(moves.filter((url) => url === west).length).toBeLessThanOrEqual(2);
  });

  test("closing it ends the measuring", async () => {
    const nearest = await regions();
    nearest.close();
    await rounds(3);
    expect(clock.pending).toBe(0);
  });
});

describe("the client", () => {
  test("connects to another region when one is down, and moves back when it is healthy", async () => {
    const world = new World();
    world.server.conversation("tea", ["ada", "bob"]);
    let eastIsUp = true;
    const ada = await world.online("ada", {
      url: [east, west],
      fetch: async (url, init) => {
        if (url.startsWith(east) && !eastIsUp) throw new TypeError("fetch failed");
        if (!url.endsWith("/healthz")) return world.server.fetch(url, init);
        if (url.startsWith(west)) await new Promise<void>((resolve) => world.clock.after(50, resolve));
        return new Response("{}");
      },
      socket: (url, protocols, events) => {
        const socket = world.network.open(url, protocols, events);
        if (url.includes("east") && !eastIsUp) queueMicrotask(() => events.close(1006));
        return socket;
      },
    });
    expect(ada.connection.current).toMatchObject({ status: "online", url: east });
    eastIsUp = false;
    const accept = world.network.onSocket;
    world.network.onSocket = (socket) => {
      if (!socket.url.includes("east")) accept?.(socket);
    };
    world.server.cut();
    await world.advance(5_000);
    expect(ada.connection.current).toMatchObject({ status: "online", url: west });
    eastIsUp = true;
    world.network.onSocket = accept;
    await world.advance(10 * 60_000);
    expect(ada.connection.current).toMatchObject({ status: "online", url: east });
    await world.close();
    expect(world.clock.pending).toBe(0);
  });

  test("an empty list of addresses is refused at once", () => {
    expect(() => new World().client({ url: [] })).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });
});
