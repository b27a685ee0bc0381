import { describe, expect, it } from "vitest";
import { codeOf, PUSH_AFTER_MS, PUSH_TTL_MS, type ConversationId } from "../../protocol/index.ts";
import { person } from "./support/people.ts";
import { PushDesk, target } from "./support/pushes.ts";

/** Ada writes; Ben's phone is registered and away; his laptop sees what his object was told, and acknowledges nothing. */
async function two() {
  const [ada, ben] = [person("ada"), person("ben")];
  const [adas, phone, laptop] = [await ada.device(), await ben.device(), await ben.device("laptop")];
  const conversation = await ada.directWith(ben);
  const desk = await PushDesk.of(ben);
  await desk.register(phone);
  const [a, witness] = [await adas.connect(), await laptop.connect()];
  const say = async (text: string, body: object = {}, where: ConversationId = conversation, id?: string) => {
    const { seq } = await a.append(where, "message", { text, ...body }, id);
    await witness.next("entries", (frame) => frame.conversation === where && frame.to >= seq);
    return seq;
  };
  const read = (seq: number) => ben.object.markRead(laptop.id, conversation, seq);
  return { ada, ben, phone, laptop, conversation, desk, a, say, read };
}

describe("what waits to be pushed", () => {
  it("[N1] is written down once, however much comes, and queued when its three seconds are over", async () => {
    const { ben, phone, conversation, desk, say } = await two();
    const before = Date.now();
    for (const text of ["one", "two", "three"]) await say(text);
    const [row, ...others] = await desk.rows();
    expect(others).toStrictEqual([]);
    expect(row).toMatchObject({ conversation, ticket: null });
    expect(row?.due).toBeGreaterThanOrEqual(before + PUSH_AFTER_MS);
    const [job, ...more] = await desk.due();
    expect(more).toStrictEqual([]);
    expect(job).toMatchObject({ v: 1, user: ben.id, device: phone.id, conversation, kind: "fcm" });
    expect(await desk.take(job)).toMatchObject({ notice: { seq: 3, unread: 3, badge: 3 }, target: target(phone.id) });
  });

  it("[N1] is not there at all for a user without registered devices", async () => {
    const { phone, desk, say } = await two();
    await desk.register(phone, null);
    await say("nobody is told");
    expect(await desk.rows()).toStrictEqual([]);
    expect(await desk.due()).toStrictEqual([]);
  });

  it("[N1] is nothing once the phone has acknowledged it, before or after it was queued", async () => {
    const { phone, conversation, desk, say } = await two();
    const socket = await phone.connect();
    const first = await say("one");
    await socket.next("entries", ({ to }) => to >= first);
    socket.send({ type: "received", conversation, seq: first });
    await socket.close();
    expect(await desk.due()).toStrictEqual([]);
    const back = await phone.connect();
    const second = await say("two");
    await back.next("entries", ({ to }) => to >= second);
    const [job] = await desk.due();
    back.send({ type: "received", conversation, seq: second });
    await back.close();
    expect(await desk.take(job)).toBeNull();
  });

  it("[N1] is what is left where only its beginning was acknowledged", async () => {
    const { phone, conversation, desk, say } = await two();
    const socket = await phone.connect();
    const first = await say("one");
    await socket.next("entries", ({ to }) => to >= first);
    socket.send({ type: "received", conversation, seq: first });
    await socket.close();
    await say("two");
    // The first is done with, the second still has time; then it is pushed.
    expect(await desk.due()).toStrictEqual([]);
    const [row] = await desk.rows();
    expect(row?.due).toBeGreaterThan(Date.now() - 1_000);
    await desk.restart();
    expect(await desk.send()).toMatchObject([{ notice: { seq: 2, unread: 2 } }]);
  });

  it("[N1] is nothing once the user read it elsewhere, before or after it was queued", async () => {
    const { desk, say, read } = await two();
    await read(await say("one"));
    expect(await desk.due()).toStrictEqual([]);
    expect(await desk.rows()).toStrictEqual([]);
    const seq = await say("two");
    const [job] = await desk.due();
    await read(seq);
    expect(await desk.take(job)).toBeNull();
  });

  it("[N1] is nothing once it was deleted for everyone, and less where a part of it was", async () => {
    const { conversation, desk, a, say } = await two();
    const regretted = crypto.randomUUID();
    await say("regretted", {}, conversation, regretted);
    const [job] = await desk.due();
    await a.append(conversation, "delete", { target: regretted });
    expect(await desk.take(job)).toBeNull();
    const half = crypto.randomUUID();
    await a.append(conversation, "message", { text: "half of it" }, half);
    await say("kept");
    await a.append(conversation, "delete", { target: half });
    expect(await desk.send()).toMatchObject([{ notice: { unread: 1 } }]);
  });

  it("[N1] is nothing once the conversation was muted, but for a mention", async () => {
    const { ben, conversation, desk, say } = await two();
    await say("one");
    await ben.object.mute(conversation, Date.now() + 60_000);
    expect(await desk.due()).toStrictEqual([]);
    await say("two");
    expect(await desk.due()).toStrictEqual([]);
    await say("three", { mentions: [ben.id] });
    expect(await desk.send()).toMatchObject([{ notice: { mention: true, unread: 3 } }]);
    await ben.object.mute(conversation, null);
    await say("four");
    const [order] = await desk.send();
    expect(order?.notice).toMatchObject({ unread: 4 });
    expect(order?.notice.mention).toBeUndefined();
  });

  it("[N1] a mention that comes after an ordinary message saves the push when it is muted in between", async () => {
    const { ben, conversation, desk, say } = await two();
    await say("one");
    await say("two", { mentions: [ben.id] });
    await ben.object.mute(conversation, Date.now() + 60_000);
    expect(await desk.send()).toMatchObject([{ notice: { mention: true } }]);
  });

  it("[N2] is nothing after a day", async () => {
    const { desk, say } = await two();
    await say("old");
    await desk.sql(`UPDATE pushes SET since = since - ${PUSH_TTL_MS}`);
    expect(await desk.due()).toStrictEqual([]);
    await say("new");
    const [job] = await desk.due();
    await desk.sql(`UPDATE pushes SET since = since - ${PUSH_TTL_MS - 5_000}`);
    expect((await desk.take(job))?.ttl).toBeLessThanOrEqual(5);
    await desk.sql("UPDATE pushes SET since = since - 5000");
    expect(await desk.take(job)).toBeNull();
  });

  it("[N1] is not for who left the group", async () => {
    const { ada, ben, desk, say } = await two();
    const group = await ada.group("crew", ben);
    await say("aboard?", {}, group);
    await ada.object.removeMember(group, ben.id);
    expect(await desk.send()).toStrictEqual([]);
  });
});

describe("a job on its way", () => {
  it("[N2] is the only one of its device and conversation, and covers what comes until it is sent", async () => {
    const { desk, say } = await two();
    await say("one");
    const [job] = await desk.due();
    await say("two");
    expect(await desk.take(job)).toMatchObject({ notice: { seq: 2, unread: 2 } });
    await desk.settle(job);
    expect(await desk.due()).toStrictEqual([]);
    expect(await desk.rows()).toMatchObject([{ pushed: 2, due: null, ticket: null }]);
  });

  it("[N2] that was taken when something came is followed by another", async () => {
    const { desk, say } = await two();
    await say("one");
    const [job] = await desk.due();
    await desk.take(job);
    await say("two");
    await desk.settle(job);
    expect(await desk.send()).toMatchObject([{ notice: { seq: 2 } }]);
  });

  it("[N2] is not sent twice where the queue hands it out twice, nor after another took its place", async () => {
    const { desk, say } = await two();
    await say("one");
    const [lost] = await desk.due();
    // Its lease ended: whoever has it must not send it any more.
    const [job] = await desk.due();
    expect(job?.ticket).not.toBe(lost?.ticket);
    expect(await desk.take(lost)).toBeNull();
    await desk.settle(lost, { kind: "gone" });
    expect(await desk.take(job)).not.toBeNull();
    await desk.settle(job);
    expect(await desk.take(job)).toBeNull();
  });

  it("[N3] that is tried again keeps its place, and its lease lasts until then", async () => {
    const { desk, say } = await two();
    await say("one");
    const [job] = await desk.due();
    await desk.take(job);
    await desk.settle(job, { kind: "retry", delayMs: 600_000 });
    const [row] = await desk.rows();
    expect(row?.due).toBeGreaterThan(Date.now() + 600_000);
    expect(await desk.take(job)).not.toBeNull();
  });

  it("[N1] that was lost with its queue is queued again, over a crash, and not for ever", async () => {
    const { desk, say } = await two();
    await say("one");
    for (let attempt = 1; attempt <= 11; attempt++) {
      expect(await desk.due(), `attempt ${attempt}`).toHaveLength(1);
      await desk.restart();
    }
    expect(await desk.due()).toStrictEqual([]);
    await say("two");
    expect(await desk.send()).toHaveLength(1);
  });

  it("[N3] waits while the queue takes nothing, however long that is", async () => {
    const { desk, say } = await two();
    await say("one");
    desk.working = false;
    for (let attempt = 0; attempt < 30; attempt++) expect(await desk.due()).toStrictEqual([]);
    desk.working = true;
    expect(await desk.send()).toHaveLength(1);
  });

  it("[N3] of an address that is gone takes the registration along, but not a newer one", async () => {
    const { ben, phone, desk, say } = await two();
    await say("one");
    const [old] = await desk.due();
    await desk.take(old);
    await desk.register(phone, target("a newer address"));
    await desk.settle(old, { kind: "gone" });
    expect(await ben.object.push("get", { device: phone.id })).toStrictEqual(target("a newer address"));
    const [job] = await desk.due();
    expect(await desk.take(job)).toMatchObject({ target: target("a newer address") });
    await desk.settle(job, { kind: "gone" });
    expect(await ben.object.push("get", { device: phone.id })).toBeNull();
    expect(await desk.rows()).toStrictEqual([]);
  });

  it("[N1] is not made again by a delivery that is repeated", async () => {
    const { ben, conversation, desk, say } = await two();
    const seq = await say("one");
    expect(await desk.send()).toHaveLength(1);
    const batch = { after: 0, to: seq, count: 1, json: "[]", head: seq, chain: "", at: Date.now() };
    const note = { seq, id: "again", sender: "u_ada", kind: "message", mentions: [] };
    await ben.object.deliver({
      ...batch,
      notes: [note],
      conversation,
      joinedAfter: 0,
      changed: false,
      member: true,
    } as unknown as Parameters<typeof ben.object.deliver>[0]);
    expect(await desk.due()).toStrictEqual([]);
  });
});

describe("registrations", () => {
  it("[N1] are per device, last until they end, and survive the object's memory", async () => {
    const { ben, phone, laptop, desk } = await two();
    await desk.register(laptop, target("laptop", true));
    await desk.restart();
    expect(await ben.object.push("get", { device: phone.id })).toStrictEqual(target(phone.id));
    expect(await ben.object.push("get", { device: laptop.id })).toStrictEqual(target("laptop", true));
    await desk.register(phone, null);
    expect(await ben.object.push("get", { device: phone.id })).toBeNull();
    expect(await ben.object.push("get", { device: laptop.id })).not.toBeNull();
  });

  it("[N1] of one address belong to the device that named it last", async () => {
    const { ben, phone, laptop, desk, say } = await two();
    await desk.register(laptop, target(phone.id));
    expect(await ben.object.push("get", { device: phone.id })).toBeNull();
    await say("one");
    expect(await desk.send()).toHaveLength(1);
  });

  it("[A5] end with the device, and none are made for one that was signed out", async () => {
    const { ben, phone, desk, say } = await two();
    await say("one");
    const [job] = await desk.due();
    await ben.object.revokeDevice(phone.id);
    expect(await desk.take(job)).toBeNull();
    expect(await desk.rows()).toStrictEqual([]);
    expect(await desk.register(phone).catch(codeOf)).toBe("device_revoked");
  });
});

describe("what a push says", () => {
  it("[N2] [E6] the badge counts what is unread in the other conversations, computed, without muted ones", async () => {
    const { ada, ben, desk, say, conversation, read } = await two();
    const [crew, choir] = [await ada.group("crew", ben), await ada.group("choir", ben)];
    for (const group of [crew, crew, choir]) await say("all hands", {}, group);
    await desk.send();
    const first = await say("one");
    expect(await desk.send()).toMatchObject([{ notice: { conversation, unread: 1, badge: 4 } }]);
    await ben.object.mute(choir, Date.now() + 60_000);
    await read(first);
    await say("two");
    expect(await desk.send()).toMatchObject([{ notice: { conversation, unread: 1, badge: 3 } }]);
  });

  it("[N2] the text, its sender and the name of the place only where the device asked for it", async () => {
    const { ada, ben, phone, desk, say } = await two();
    await desk.register(phone, target("phone", true));
    await say("x".repeat(1_000));
    const [direct] = await desk.send();
    expect(direct?.notice).toMatchObject({ sender: ada.id, title: ada.handle });
    expect(direct?.notice.text).toBe(`${"x".repeat(239)}…`);
    const group = await ada.group("Harbour crew", ben);
    await say("cast off", {}, group);
    expect(await desk.send()).toMatchObject([{ notice: { title: "Harbour crew", text: "cast off", sender: ada.id } }]);
    await desk.register(phone, target("phone"));
    await say("quiet again");
    const [quiet] = await desk.send();
    expect(Object.keys(quiet?.notice ?? {}).toSorted()).toStrictEqual(["badge", "conversation", "seq", "unread", "v"]);
  });

  it("[N2] pushes of one conversation have one topic, which tells nobody which one", async () => {
    const { ada, ben, conversation, desk, say } = await two();
    await say("one");
    const [first] = await desk.send();
    await say("two");
    const [second] = await desk.send();
    await say("elsewhere", {}, await ada.group("crew", ben));
    const [other] = await desk.send();
    expect(first?.topic).toMatch(/^[\w-]{32}$/);
    expect(second?.topic).toBe(first?.topic);
    expect(other?.topic).not.toBe(first?.topic);
    expect(first?.topic).not.toContain(conversation);
  });
});
