import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { conversationObject, person, until, type TestSocket } from "./support/people.ts";

async function two() {
  const [ada, ben] = [person("ada"), person("ben")];
  const [phone, laptop] = [await ada.device(), await ben.device()];
  const conversation = await ada.directWith(ben);
  const [a, b] = [await phone.connect(), await laptop.connect()];
  return { ada, ben, phone, laptop, conversation, a, b };
}

describe("receipts", () => {
  it("[R1] [R2] delivered and read reach the sender, rise only, and read implies delivered", async () => {
    const { ada, ben, conversation, a, b } = await two();
    for (const text of ["one", "two", "three"]) await a.say(conversation, text);
    await b.next("entries", ({ to }) => to === 3);
    b.send({ type: "received", conversation, seq: 2 });
    const delivered = await a.next("receipts", ({ receipts }) => receipts[0]?.delivered === 2);
    expect(delivered).toMatchObject({ conversation, receipts: [{ user: ben.id, delivered: 2, read: 0 }] });
    b.send({ type: "read", conversation, seq: 3 });
    await a.next("receipts", ({ receipts }) => receipts[0]?.read === 3 && receipts[0].delivered === 3);
    b.send({ type: "received", conversation, seq: 1 });
    b.send({ type: "read", conversation, seq: 1 });
    b.send({ type: "read", conversation, seq: 99 });
    await until(async () => (await conversationObject(conversation).view(ben.id))?.read === 3, "capped at the head");
    const { members } = await ada.object.members(conversation, 10, undefined);
    expect(members.find(({ user }) => user === ben.id)).toMatchObject({ delivered: 3, read: 3 });
  });

  it("[R2] marks that move quickly come in few frames", async () => {
    const { conversation, a, b } = await two();
    for (let index = 0; index < 40; index++) await a.say(conversation, `n${index}`);
    await b.next("entries", ({ to }) => to === 40);
    for (let seq = 1; seq <= 40; seq++) b.send({ type: "received", conversation, seq });
    await a.next("receipts", ({ receipts }) => receipts[0]?.delivered === 40);
    expect(a.frames.filter(({ type }) => type === "receipts").length).toBeLessThanOrEqual(3);
  });

  it("[R2] a mark is told to those whose entries it newly covers, and to nobody else", async () => {
    const people = [person("ada"), person("ben"), person("cyd")] as const;
    const devices = [];
    for (const one of people) devices.push(await one.device());
    const conversation = await people[0].group("Three", people[1], people[2]);
    const [a, b, c] = (await Promise.all(devices.map((device) => device.connect()))) as [
      TestSocket,
      TestSocket,
      TestSocket,
    ];
    const hear = async (from: TestSocket, text: string): Promise<number> => {
      const { seq } = await from.say(conversation, text);
      await b.next("entries", ({ to }) => to === seq);
      b.send({ type: "received", conversation, seq });
      await from.next("receipts", ({ receipts }) => receipts.some(({ delivered }) => delivered === seq));
      return seq;
    };
    await hear(c, "mine, delivered and never read");
    const seq = await hear(a, "delivered later");
    // What was told before this entry has arrived before it, too.
    const last = await a.say(conversation, "and another");
    await c.next("entries", ({ to }) => to === last.seq);
    const told = c.frames.filter((frame) => frame.type === "receipts").flatMap(({ receipts }) => receipts);
    expect(told.map(({ delivered }) => delivered)).not.toContain(seq);
    // A read covers both at once.
    b.send({ type: "read", conversation, seq });
    for (const socket of [a, c]) await socket.next("receipts", ({ receipts }) => receipts[0]?.read === seq);
  });

  it("[R3] who has an entry is exact, member by member", async () => {
    const people = [person("ada"), person("ben"), person("cyd"), person("dan")] as const;
    const sockets = [];
    const devices = [];
    for (const one of people) devices.push(await one.device());
    const conversation = await people[0].group("Four", ...people.slice(1));
    for (const device of devices) sockets.push(await device.connect());
    const [a, b, c] = sockets;
    const { seq } = (await a?.say(conversation, "who has it?")) ?? { seq: 0 };
    for (const socket of [b, c]) {
      await socket?.next("entries", ({ to }) => to === seq);
      socket?.send({ type: "received", conversation, seq });
    }
    c?.send({ type: "read", conversation, seq });
    await until(async () => (await people[0].object.receiptsAt(conversation, seq)).read.length === 1, "one has read");
    const receipts = await people[0].object.receiptsAt(conversation, seq);
    expect({ ...receipts, delivered: receipts.delivered.toSorted() }).toEqual({
      seq,
      delivered: [people[1].id, people[2].id].toSorted(),
      read: [people[2].id],
    });
  });

  it("[R1] the summary carries the lowest marks of the others, also for a device that was away when they moved", async () => {
    const { conversation, a, b, phone } = await two();
    await a.say(conversation, "one");
    await b.next("entries", ({ to }) => to === 1);
    const { sync } = a.greeting;
    a.send({ type: "received", conversation, seq: 1 });
    await a.close();
    b.send({ type: "read", conversation, seq: 1 });
    await until(async () => (await phone.owner.object.receiptsAt(conversation, 1)).read.length === 1, "read");
    const back = await phone.connect(sync);
    expect(back.greeting.conversations[0]).toMatchObject({ receipts: { delivered: 1, read: 1 } });
  });

  it("[E6] unread counts what others wrote, that may be seen, after the read mark, not deleted", async () => {
    const { ada, ben, conversation, a, b, laptop } = await two();
    const ids = [];
    for (const text of ["1", "2", "3", "4"]) ids.push((await a.say(conversation, text)).id);
    await b.say(conversation, "5: mine");
    await a.append(conversation, "sealed", { ciphertext: "AAAA" });
    await a.append(conversation, "reaction", { target: ids[0], emoji: "👍" });
    const unread = async () => (await conversationObject(conversation).view(ben.id))?.unread;
    expect(await unread()).toBe(5);
    await a.append(conversation, "delete", { target: ids[3] });
    expect(await unread()).toBe(4);
    await ben.object.markRead(laptop.id, conversation, 2);
    expect(await unread()).toBe(2);
    await ben.object.hide(laptop.id, conversation, 3);
    expect(await unread()).toBe(1);
    await a.say(conversation, "9");
    expect(await unread()).toBe(2);
    expect((await conversationObject(conversation).view(ada.id))?.unread).toBe(1);
    await runInDurableObject(env.CONVERSATION.getByName(conversation), (_, { storage }) => {
      expect(JSON.stringify(storage.sql.exec("SELECT name FROM pragma_table_info('members')").toArray())).not.toContain(
        "unread",
      );
    });
  });

  it("[E6] [R1] a read on one device shows on the others, with what is left", async () => {
    const { ben, conversation, a, b } = await two();
    const other = await (await ben.device("tablet")).connect();
    for (const text of ["1", "2", "3"]) await a.say(conversation, text);
    b.send({ type: "read", conversation, seq: 2 });
    expect(await other.next("read")).toMatchObject({ conversation, seq: 2, unread: 1 });
    expect(b.frames.some(({ type }) => type === "read")).toBe(false);
  });

  it("[E6] the other device is told of a read, and the reader is not, whichever of them acknowledges after it", async () => {
    const { ben, conversation, a, b } = await two();
    const other = await (await ben.device()).connect();
    await a.say(conversation, "one");
    for (const socket of [b, other]) await socket.next("entries", ({ to }) => to === 1);
    b.send({ type: "read", conversation, seq: 1 });
    other.send({ type: "received", conversation, seq: 1 });
    expect(await other.next("read")).toMatchObject({ conversation, seq: 1, unread: 0 });
    // What comes after it has come: the reader would have had its frame before.
    await a.say(conversation, "two");
    await b.next("entries", ({ to }) => to === 2);
    expect(b.frames.filter(({ type }) => type === "read")).toEqual([]);
  });

  it("[V3] a blocked user's entries are sequenced, never shown, and stay sent for ever", async () => {
    const { ada, ben, conversation, a, b, laptop, phone } = await two();
    await a.say(conversation, "before");
    await b.next("entries", ({ to }) => to === 1);
    b.send({ type: "received", conversation, seq: 1 });
    await a.next("receipts", ({ receipts }) => receipts[0]?.delivered === 1);
    await ben.object.block(ada.id);
    expect(await ben.object.blocks()).toEqual([ada.id]);
    expect(await a.say(conversation, "do you hear me?")).toMatchObject({ seq: 2 });
    await b.say(conversation, "i say something");
    await b.next("entries", ({ to }) => to === 3);
    b.send({ type: "received", conversation, seq: 3 });
    b.send({ type: "read", conversation, seq: 3 });
    expect(b.seqs(conversation)).toEqual([1, 3]);
    const page = JSON.parse(await ben.object.entries(conversation, { limit: 10 })) as { entries: { seq: number }[] };
    expect(page.entries.map(({ seq }) => seq)).toEqual([1, 3]);
    await until(async () => (await conversationObject(conversation).view(ben.id))?.unread === 0, "all read");
    expect(await ada.object.receiptsAt(conversation, 2)).toEqual({ seq: 2, delivered: [], read: [] });
    await ben.object.unblock(ada.id);
    await a.say(conversation, "and now?");
    await b.next("entries", ({ to }) => to === 4);
    expect(b.seqs(conversation)).toEqual([1, 3, 4]);
    b.send({ type: "received", conversation, seq: 4 });
    await a.next("receipts", ({ receipts }) => receipts[0]?.delivered === 4);
    expect(await ada.object.receiptsAt(conversation, 2)).toEqual({ seq: 2, delivered: [], read: [] });
    const again = await laptop.connect(null, { [conversation]: { seq: 0 } });
    again.acknowledges = true;
    await again.next("entries", ({ to }) => to === 4);
    expect(again.seqs(conversation)).toEqual([1, 3, 4]);
    expect(phone.id).not.toBe(laptop.id);
  });

  it("[V3] a chat that a blocked user starts stays out of the blocker's list", async () => {
    const [ada, ben] = [person("ada"), person("ben")];
    const [phone, laptop] = [await ada.device(), await ben.device()];
    await ben.object.block(ada.id);
    const conversation = await ada.directWith(ben);
    const a = await phone.connect();
    await a.say(conversation, "hello?");
    const b = await laptop.connect();
    expect(b.greeting.conversations).toEqual([]);
    expect((await ben.object.conversations(laptop.id, 10, undefined)).conversations).toEqual([]);
  });
});
