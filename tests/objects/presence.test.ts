import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { person, until, type Person, type TestSocket } from "./support/people.ts";

async function two() {
  const [ada, ben] = [person("ada"), person("ben")];
  const [phone, laptop] = [await ada.device(), await ben.device()];
  const conversation = await ada.directWith(ben);
  return { ada, ben, phone, laptop, conversation };
}

const presence = (socket: TestSocket, of: Person) =>
  socket.frames.flatMap((frame) => (frame.type === "presence" && frame.user === of.id ? [frame] : []));

describe("presence and typing", () => {
  it("[P1] watchers learn that somebody came and went, and when", async () => {
    const { ben, phone, laptop } = await two();
    const a = await phone.connect();
    a.send({ type: "watch", users: [ben.id] });
    expect(await a.next("presence", ({ user }) => user === ben.id)).toMatchObject({ state: "offline" });
    const before = Date.now();
    const b = await laptop.connect();
    await a.next("presence", ({ state }) => state === "online");
    const second = await (await ben.device("tablet")).connect();
    await b.close();
    await until(
      () =>
        !presence(a, ben)
          .slice(2)
          .some(({ state }) => state === "offline"),
      "still online on the tablet",
    );
    await second.close();
    const gone = await a.next("presence", ({ state, lastSeen }) => state === "offline" && (lastSeen ?? 0) >= before);
    expect(gone.lastSeen).toBeLessThanOrEqual(Date.now());
    a.send({ type: "unwatch", users: [ben.id] });
    await until(
      () =>
        runInDurableObject(
          env.USER.getByName(ben.id),
          (_, { storage }) => storage.sql.exec("SELECT * FROM watchers").toArray().length === 0,
        ),
      "nobody watches",
    );
  });

  it("[P1] a socket that died silently is found by the alarm while somebody watches", async () => {
    const { ben, phone, laptop } = await two();
    const b = await laptop.connect();
    const a = await phone.connect();
    a.send({ type: "watch", users: [ben.id] });
    await a.next("presence", ({ state }) => state === "online");
    const stub = env.USER.getByName(ben.id);
    await runInDurableObject(stub, (instance, state) => {
      for (const socket of state.getWebSockets()) {
        socket.serializeAttachment({ ...(socket.deserializeAttachment() as object), openedAt: Date.now() - 60_000 });
      }
      (instance as unknown as { forgetMemory(): void }).forgetMemory();
    });
    await runDurableObjectAlarm(stub);
    await a.next("presence", ({ state }) => state === "offline");
    await b.whenClosed();
  });

  it("[P2] strangers, the blocked, and whom privacy shuts out see nothing", async () => {
    const { ada, ben, phone, laptop } = await two();
    await laptop.connect();
    const eve = await (await person("eve").device()).connect();
    const a = await phone.connect();
    eve.send({ type: "watch", users: [ben.id] });
    await ben.object.profileChanged({ ...ben.profile(), privacy: { lastSeen: "nobody" } });
    a.send({ type: "watch", users: [ben.id] });
    await settled(eve);
    await settled(a);
    expect(presence(eve, ben)).toEqual([]);
    expect(presence(a, ben)).toEqual([]);
    await ben.object.profileChanged({ ...ben.profile(), privacy: { lastSeen: "contacts" } });
    a.send({ type: "watch", users: [ben.id] });
    await a.next("presence", ({ user }) => user === ben.id);
    await ben.object.block(ada.id);
    a.frames.length = 0;
    a.send({ type: "watch", users: [ben.id] });
    await settled(a);
    expect(presence(a, ben)).toEqual([]);
  });

  it("[P2] members of one group see each other, unless only contacts may", async () => {
    const [ada, cyd] = [person("ada"), person("cyd")];
    const [phone, tablet] = [await ada.device(), await cyd.device()];
    await ada.group("Both", cyd);
    const a = await phone.connect();
    await tablet.connect();
    await until(
      async () => (await cyd.object.conversations(tablet.id, 5, undefined)).conversations.length === 1,
      "joined",
    );
    a.send({ type: "watch", users: [cyd.id] });
    await a.next("presence", ({ user, state }) => user === cyd.id && state === "online");
    await cyd.object.profileChanged({ ...cyd.profile(), privacy: { lastSeen: "contacts" } });
    a.frames.length = 0;
    a.send({ type: "watch", users: [cyd.id] });
    await settled(a);
    expect(presence(a, cyd)).toEqual([]);
  });

  it("[P3] typing reaches the others, leaves no row, and not somebody who blocked", async () => {
    const { ada, ben, phone, laptop, conversation } = await two();
    const a = await phone.connect();
    const b = await laptop.connect();
    a.send({ type: "typing", conversation, active: true });
    expect(await b.next("typing")).toMatchObject({ conversation, user: ada.id, active: true });
    await ben.object.block(ada.id);
    b.frames.length = 0;
    a.send({ type: "typing", conversation, active: false });
    await settled(a);
    await settled(b);
    expect(b.frames.filter(({ type }) => type === "typing")).toEqual([]);
    expect(a.frames.filter(({ type }) => type === "typing")).toEqual([]);
  });

  it("muting shows on the other devices and in the summary", async () => {
    const { ada, phone, conversation } = await two();
    await phone.connect();
    const other = await (await ada.device("second")).connect();
    const end = Date.now() + 60_000;
    await ada.object.mute(conversation, end);
    await other.next("conversation", ({ conversation: line }) => line.mutedUntil === end);
    await ada.object.mute(conversation, null);
    await other.next("conversation", ({ conversation: line }) => line.mutedUntil === null);
  });
});

/** Everything that this socket's object was asked before is answered. */
async function settled(socket: TestSocket): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const ref = crypto.randomUUID();
    socket.send({ type: "pull", ref, conversation: "d_none" });
    await socket.next("error", (frame) => frame.ref === ref);
  }
}
