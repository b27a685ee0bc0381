import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { Close } from "../../protocol/index.ts";
import { liveUsers } from "../../durable-objects/user/live.ts";
import { person, until } from "./support/people.ts";

describe("a planned stop", () => {
  it("[W4] every socket of the user is told when to come back, and closed with 1012", async () => {
    const ada = person("ada");
    const [a, b] = [await (await ada.device()).connect(), await (await ada.device("laptop")).connect()];
    expect(await ada.object.goodbye("the server restarts", 10_000)).toBe(2);
    for (const socket of [a, b]) {
      const { reason, reconnectAfterMs } = await socket.next("goodbye");
      expect(reason).toBe("the server restarts");
      expect(reconnectAfterMs).toBeGreaterThanOrEqual(250);
      expect(reconnectAfterMs).toBeLessThanOrEqual(10_250);
      expect(await socket.whenClosed()).toMatchObject({ code: Close.restarting });
      expect(socket.frames.at(-1)?.type, "nothing follows").toBe("goodbye");
    }
    expect(await ada.object.goodbye("again", 10_000), "nobody is left").toBe(0);
  });

  it("moments are spread over the whole window", async () => {
    const moments = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const one = person("crew");
        const socket = await (await one.device()).connect();
        await one.object.goodbye("the server restarts", 60_000);
        return (await socket.next("goodbye")).reconnectAfterMs;
      }),
    );
    // By chance alone this fails less than once in a million runs.
    expect(moments.filter((ms) => ms < 30_000).length).toBeGreaterThan(0);
    expect(moments.filter((ms) => ms > 30_000).length).toBeGreaterThan(0);
    expect(new Set(moments).size).toBeGreaterThan(17);
  });

  it("[D2] what was acknowledged before it is remembered: a resume starts there", async () => {
    const [ada, ben] = [person("ada"), person("ben")];
    const [phone, laptop] = [await ada.device(), await ben.device()];
    const conversation = await ada.directWith(ben);
    const [a, b] = [await phone.connect(), await laptop.connect()];
    await a.say(conversation, "one");
    await b.next("entries", ({ to }) => to === 1);
    b.send({ type: "received", conversation, seq: 1 });
    await a.next("receipts");
    await ben.object.goodbye("the server restarts", 0);
    await b.whenClosed();
    await a.say(conversation, "two");
    const again = await laptop.connect(b.greeting.sync);
    expect(await again.next("entries")).toMatchObject({ after: 1, to: 2 });
  });

  it("[W4] finds sockets whose object has hibernated", async () => {
    const ada = person("ada");
    const socket = await (await ada.device()).connect();
    expect(liveUsers()).toContain(ada.id);
    await runInDurableObject(env.USER.getByName(ada.id) as never, (instance: unknown) => {
      (instance as { forgetMemory(): void }).forgetMemory();
    });
    expect(await ada.object.goodbye("the server restarts", 0)).toBe(1);
    await socket.whenClosed();
    await until(() => !liveUsers().includes(ada.id), "the user is forgotten");
  });

  it("[P1] a closed socket's presence and place are kept though the object had hibernated before it closed", async () => {
    const [ada, ben] = [person("ada"), person("ben")];
    const [phone, laptop] = [await ada.device(), await ben.device()];
    await ada.directWith(ben);
    const [a, b] = [await phone.connect(), await laptop.connect()];
    a.send({ type: "watch", users: [ben.id] });
    await a.next("presence", ({ state }) => state === "online");
    await runInDurableObject(env.USER.getByName(ben.id) as never, (instance: unknown) => {
      (instance as { forgetMemory(): void }).forgetMemory();
    });
    b.cut();
    await a.next("presence", ({ state }) => state === "offline");
  });

  it("[D7] a log that was set back: its members' devices find that they diverged, and see what is written from then on", async () => {
    const [ada, ben] = [person("ada"), person("ben")];
    const [phone, laptop] = [await ada.device(), await ben.device()];
    const conversation = await ada.directWith(ben);
    const [a, b] = [await phone.connect(), await laptop.connect()];
    b.acknowledges = true;
    for (const text of ["one", "two", "three"]) await a.say(conversation, text);
    await b.next("entries", ({ to }) => to === 3);
    const log = (await JSON.parse(await ben.object.entries(conversation, { limit: 10 }))) as {
      entries: { chain: string }[];
    };

    // What the platform does as it restores, which it cannot do here: the database is as it was after the first entry.
    await runInDurableObject(
      env.CONVERSATION.getByName(conversation) as never,
      (instance: unknown, { storage }: DurableObjectState) => {
        storage.sql.exec("DELETE FROM entries WHERE seq > 1");
        storage.sql.exec("UPDATE members SET delivered = min(delivered, 1), read = min(read, 1)");
        (instance as { forgetMemory(): void }).forgetMemory();
      },
    );
    for (const one of [ada, ben]) await one.object.rewound(conversation);
    for (const socket of [a, b]) {
      await socket.next("goodbye");
      expect(await socket.whenClosed()).toMatchObject({ code: Close.restarting });
    }

    const place = { seq: 3, chain: log.entries[2]?.chain ?? "" };
    const again = await laptop.connect(b.greeting.sync, { [conversation]: place });
    expect(await again.next("diverged")).toMatchObject({ conversation, seq: 1 });
    const sender = await phone.connect(a.greeting.sync, { [conversation]: place });
    await sender.next("diverged");
    expect(await sender.say(conversation, "another two")).toMatchObject({ seq: 2 });
    expect(await again.next("entries", ({ to }) => to === 2)).toMatchObject({ after: 1 });
  });

  it("[H4] a user that never was is asked in vain and leaves nothing behind", async () => {
    expect(await person("nobody").object.goodbye("the server restarts", 0)).toBe(0);
  });
});
