import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { User } from "../../durable-objects/user/object.ts";
import { METRICS } from "../../durable-objects/shared/metrics-definitions.ts";
import { Points, type Dataset } from "../../durable-objects/shared/metrics-points.ts";
import { openMetrics } from "../../durable-objects/shared/metrics-text.ts";
import { metrics, Registry } from "../../durable-objects/shared/metrics.ts";
import { warn } from "../../durable-objects/shared/log.ts";
import { Load } from "../../durable-objects/shared/load.ts";
import { person } from "./support/people.ts";

describe("the registry", () => {
  it("counts by label, and holds what is not in the list of a label to one series", () => {
    const registry = new Registry();
    registry.count("sends", { outcome: "sent" });
    registry.count("sends", { outcome: "sent" }, 2);
    for (let index = 0; index < 1_000; index++) registry.count("sockets_closed", { code: String(index) as "1000" });
    expect(registry.value("sends", { outcome: "sent" })).toBe(3);
    expect([...registry.series()]).toHaveLength(2);
    expect(openMetrics(registry)).toContain('meridian_sockets_closed_total{code="other"} 1000');
  });

  it("has a number of series that its definitions bound, whatever is recorded", () => {
    const most = Object.values(METRICS).map(({ labels }) =>
      Object.values(labels).reduce((product, values) => product * (values.length + 1), 1),
    );
    expect(most.reduce((sum, series) => sum + series, 0)).toBeLessThan(300);
  });

  it("shows times in seconds, in buckets that add up", () => {
    const registry = new Registry();
    for (const ms of [1, 3, 3, 90_000]) registry.observe("ack_seconds", ms, {});
    const text = openMetrics(registry);
    expect(text).toContain('meridian_ack_seconds_bucket{le="0.002"} 1\nmeridian_ack_seconds_bucket{le="0.005"} 3\n');
    expect(text).toContain('meridian_ack_seconds_bucket{le="60.0"} 3\nmeridian_ack_seconds_bucket{le="+Inf"} 4\n');
    expect(text).toContain("meridian_ack_seconds_count 4\nmeridian_ack_seconds_sum 90.007\n");
  });
});

describe("what is shipped to Analytics Engine", () => {
  function dataset(): Dataset & { points: { indexes: string[]; blobs: string[]; doubles: number[] }[] } {
    const points: { indexes: string[]; blobs: string[]; doubles: number[] }[] = [];
    return { points, writeDataPoint: (point) => void points.push(point) };
  }

  it("is what was added since the last time, and only when it is time", () => {
    const registry = new Registry();
    const points = new Points(registry, 0);
    const METRICS = dataset();
    registry.observe("ack_seconds", 7, {});
    points.ship({ METRICS, VERSION: "v7" }, 9_999);
    expect(METRICS.points).toEqual([]);
    points.ship({ METRICS, VERSION: "v7" }, 10_000);
    registry.observe("ack_seconds", 1, {});
    points.ship({ METRICS, VERSION: "v7" }, 20_000);
    points.ship({ METRICS, VERSION: "v7" }, 30_000);
    expect(METRICS.points.map(({ indexes, blobs, doubles }) => [indexes, blobs, doubles.slice(0, 7)])).toEqual([
      [["ack_seconds"], ["", "v7"], [1, 7, 7, 1, 0, 0, 1]],
      [["ack_seconds"], ["", "v7"], [1, 1, 1, 2, 1, 0, 0]],
    ]);
  });

  it("fits the platform: 20 numbers a point, and fewer than 25 points at a time with nothing left out", () => {
    const registry = new Registry();
    const METRICS_DATA = dataset();
    const points = new Points(registry, 0);
    for (const code of METRICS.errors.labels.code) {
      registry.count("errors", { where: "edge", code });
      registry.count("errors", { where: "call", code });
    }
    for (const kind of METRICS.push_seconds.labels.kind) registry.observe("push_seconds", 3, { kind });
    const series = [...registry.series()].length;
    for (let now = 10_000, before = 0; METRICS_DATA.points.length < series; now += 1_000) {
      points.ship({ METRICS: METRICS_DATA }, now);
      expect(METRICS_DATA.points.length - before).toBeLessThanOrEqual(20);
      expect(METRICS_DATA.points.length, "something was left behind").toBeGreaterThan(before);
      before = METRICS_DATA.points.length;
    }
    for (const { doubles, indexes } of METRICS_DATA.points) {
      expect(doubles.length).toBeLessThanOrEqual(20);
      expect(indexes).toHaveLength(1);
    }
  });
});

describe("what objects measure", () => {
  it("[S1] an acknowledged send, its delivery, and a refused one", async () => {
    const [ada, ben] = [person("ada"), person("ben")];
    const [phone, laptop] = [await ada.device(), await ben.device()];
    const conversation = await ada.directWith(ben);
    const [a, b] = [await phone.connect(), await laptop.connect()];
    const now = () => ({
      sent: metrics.value("sends", { outcome: "sent" }),
      duplicate: metrics.value("sends", { outcome: "duplicate" }),
      refused: metrics.value("sends", { outcome: "refused" }),
      ack: metrics.value("ack_seconds", {}),
      lag: metrics.value("delivery_lag_seconds", {}),
    });
    const before = now();
    const id = crypto.randomUUID();
    const { seq } = await a.say(conversation, "hello", id);
    await b.next("entries", ({ to }) => to === seq);
    a.send({ type: "send", conversation, id, kind: "message", body: { text: "hello" } });
    await a.next("sent", ({ duplicate }) => duplicate === true);
    a.send({ type: "send", conversation, id, kind: "message", body: { text: "another text" } });
    await a.next("error", ({ code }) => code === "id_conflict");
    const after = now();
    expect(after.sent - before.sent).toBe(1);
    expect(after.duplicate - before.duplicate).toBe(1);
    expect(after.refused - before.refused).toBe(1);
    expect(after.ack - before.ack).toBe(3);
    expect(after.lag - before.lag).toBeGreaterThanOrEqual(1);
  });

  it("sockets that come and go", async () => {
    const before = metrics.value("sockets_live", {});
    const socket = await (await person("ada").device()).connect();
    expect(metrics.value("sockets_live", {})).toBe(before + 1);
    await socket.close();
    await expect.poll(() => metrics.value("sockets_live", {})).toBe(before);
  });
});

describe("the objects' log", () => {
  it("holds a storm of one event to twenty lines a second, and another event apart", () => {
    const lines = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    try {
      for (let index = 0; index < 500; index++) warn("a_storm", { conversation: "d_1" }, 5_000);
      warn("another", { user: "u_1" }, 5_000);
      expect(lines).toHaveBeenCalledTimes(21);
      warn("a_storm", { conversation: "d_1" }, 6_000);
      expect(lines).toHaveBeenLastCalledWith('{"level":"warn","event":"a_storm","conversation":"d_1"}');
    } finally {
      lines.mockRestore();
    }
  });
});

describe("[S6] bounds", () => {
  it("pages asked for by the hundred: each is answered, with a page or with when to ask again", async () => {
    const ada = person("ada");
    const phone = await ada.device();
    const conversation = await ada.directWith(ada);
    const socket = await phone.connect();
    await socket.say(conversation, "one");
    const refs = Array.from({ length: 200 }, (_, index) => `page-${index}`);
    // All in one moment: over the socket one might be answered before the next has come.
    await runInDurableObject(env.USER.getByName(ada.id), async (user: User, state) => {
      const [inside] = state.getWebSockets();
      if (inside === undefined) throw new Error("the socket is open");
      const frames = refs.map((ref) => JSON.stringify({ type: "pull", ref, conversation, after: 0 }));
      await Promise.all(frames.map((frame) => user.webSocketMessage(inside, frame)));
    });
    const answers = refs.map((ref) => () => socket.frames.find((frame) => "ref" in frame && frame.ref === ref));
    await expect.poll(() => answers.every((answer) => answer() !== undefined), { timeout: 8_000 }).toBe(true);
    const refused = answers.map((answer) => answer()).filter((frame) => frame?.type === "error");
    expect(refused.length, "nothing was refused").toBeGreaterThan(0);
    for (const frame of refused) expect(frame).toMatchObject({ code: "rate_limited", retryAfterMs: 500 });
    socket.send({ type: "pull", ref: "afterwards", conversation, after: 0 });
    await socket.next("page", ({ ref }) => ref === "afterwards");
  });
});

describe("[P3] load", () => {
  it("is told by slow answers, is not made by one stuck receiver, and is forgotten", () => {
    let now = 1_000_000;
    const load = new Load(() => now);
    for (let index = 0; index < 50; index++) load.answered(5);
    load.answered(60_000);
    expect(load.busy, "busy for one stuck receiver").toBe(true);
    for (let index = 0; index < 5; index++) load.answered(5);
    expect(load.busy).toBe(false);
    for (let index = 0; index < 20; index++) load.answered(800);
    expect(load.busy).toBe(true);
    now += 5_001;
    expect(load.busy).toBe(false);
    expect(load.lagMs).toBe(0);
  });
});
