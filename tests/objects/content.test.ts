import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Entry, Page } from "../../protocol/index.ts";
import { person } from "./support/people.ts";

async function two() {
  const [ada, ben] = [person("ada"), person("ben")];
  const [phone, laptop] = [await ada.device(), await ben.device()];
  const conversation = await ada.directWith(ben);
  const [a, b] = [await phone.connect(), await laptop.connect()];
  const log = async (who = ada): Promise<Page> =>
    JSON.parse(await who.object.entries(conversation, { limit: 200 })) as Page;
  return { ada, ben, phone, laptop, conversation, a, b, log };
}

describe("what an entry may say", () => {
  it("[E5] too long a text or body is payload_too_large, and appends nothing", async () => {
    const { conversation, a, log } = await two();
    await expect(a.say(conversation, "x".repeat(8_193))).rejects.toMatchObject({ code: "payload_too_large" });
    await a.say(conversation, "x".repeat(8_192));
    const mentions = Array.from({ length: 256 }, (_, index) => `u_${"x".repeat(70)}${index}`);
    const media = Array.from({ length: 32 }, (_, index) => ({
      id: `m${index}`,
      name: "n".repeat(255),
      type: "t".repeat(255),
      size: 1,
      sha256: "s".repeat(128),
      thumbnail: `data:image/${"x".repeat(400)}`,
    }));
    await expect(a.append(conversation, "message", { text: "x", mentions, media })).rejects.toMatchObject({
      code: "payload_too_large",
    });
    await expect(a.append(conversation, "sealed", { ciphertext: "A".repeat(262_144) })).rejects.toMatchObject({
      code: "payload_too_large",
    });
    await a.append(conversation, "sealed", { ciphertext: "A".repeat(200_000) });
    // Bytes count, not characters.
    await a.append(conversation, "message", { text: "☃".repeat(8_192) });
    expect((await log()).head).toBe(3);
  });

  it("[E2] an edit is for own messages, for 15 minutes; a reaction for what can be seen", async () => {
    const { conversation, a, b, log } = await two();
    const { id } = await a.say(conversation, "teh");
    await a.append(conversation, "edit", { target: id, text: "the" });
    await expect(b.append(conversation, "edit", { target: id, text: "mine" })).rejects.toMatchObject({
      code: "forbidden",
    });
    await b.append(conversation, "reaction", { target: id, emoji: "👍" });
    await expect(b.append(conversation, "reaction", { target: "nothing", emoji: "👍" })).rejects.toMatchObject({
      code: "not_found",
    });
    await runInDurableObject(env.CONVERSATION.getByName(conversation), (_, { storage }) => {
      storage.sql.exec("UPDATE entries SET at = at - 900001 WHERE seq = 1");
    });
    await expect(a.append(conversation, "edit", { target: id, text: "late" })).rejects.toMatchObject({
      code: "forbidden",
    });
    expect((await log()).entries.map(({ kind }) => kind)).toEqual(["message", "edit", "reaction"]);
  });

  it("[E3] a delete erases the target and its edits from storage; digests and chains stay", async () => {
    const { conversation, a, b, log } = await two();
    const { id } = await a.say(conversation, "secret plan");
    await a.append(conversation, "edit", { target: id, text: "secret plan, version 2" });
    const before = (await log()).entries;
    await expect(b.append(conversation, "delete", { target: id })).rejects.toMatchObject({ code: "forbidden" });
    await a.append(conversation, "delete", { target: id });
    const after = (await log()).entries;
    for (const index of [0, 1]) {
      expect(after[index]).toMatchObject({ deleted: true, body: null, chain: before[index]?.chain });
      expect((after[index] as Entry & { digest: string }).digest).toMatch(/^[\w-]{43}$/);
    }
    expect(after[2]).toMatchObject({ kind: "delete", body: { target: id } });
    await runInDurableObject(env.CONVERSATION.getByName(conversation), (_, { storage }) => {
      const rows = storage.sql.exec("SELECT * FROM entries").toArray();
      expect(JSON.stringify(rows)).not.toContain("secret plan");
    });
    await expect(a.append(conversation, "edit", { target: id, text: "again" })).rejects.toMatchObject({
      code: "forbidden",
    });
    a.frames.length = 0;
    // [E1] the id of an erased entry is still taken.
    expect(await a.say(conversation, "secret plan", id)).toMatchObject({ seq: 1, duplicate: true });
  });

  it("[E3] the admin of a group may delete what others wrote", async () => {
    const [ada, ben] = [person("ada"), person("ben")];
    const [phone, laptop] = [await ada.device(), await ben.device()];
    const conversation = await ada.group("Crew", ben);
    const [a, b] = [await phone.connect(), await laptop.connect()];
    const { id, seq } = await b.say(conversation, "rude");
    await a.append(conversation, "delete", { target: id });
    const { entries } = JSON.parse(await ben.object.entries(conversation, { after: seq - 1, limit: 1 })) as Page;
    expect(entries[0]).toMatchObject({ deleted: true });
    const created = (JSON.parse(await ada.object.entries(conversation, { after: 0, limit: 1 })) as Page).entries[0];
    await expect(a.append(conversation, "delete", { target: created?.id })).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  it("[E6] [D4] deleted for me is gone on all devices of the caller, also on one that was away, and for nobody else", async () => {
    const { ada, ben, conversation, a, b, laptop, log } = await two();
    const tablet = await ben.device("tablet");
    const away = await tablet.connect();
    await a.say(conversation, "keep");
    await a.say(conversation, "hide me");
    await away.next("entries", ({ to }) => to === 2);
    const { sync } = away.greeting;
    await away.close();
    const other = await (await ben.device("third")).connect();
    await ben.object.hide(laptop.id, conversation, 2);
    expect(await other.next("hidden")).toMatchObject({ conversation, seq: 2 });
    expect(b.frames.some(({ type }) => type === "hidden")).toBe(false);
    const back = await tablet.connect(sync);
    expect(await back.next("hidden")).toMatchObject({ conversation, seq: 2 });
    expect(back.greeting.conversations[0]).toMatchObject({ unread: 1, last: { seq: 1 } });
    expect((await log(ben)).entries.map(({ seq }) => seq)).toEqual([1]);
    expect((await log(ada)).entries.map(({ seq }) => seq)).toEqual([1, 2]);
    await ben.object.hide(laptop.id, conversation, 2);
  });

  it("[E7] entries past their retention disappear, the floor rises, seqs go on, and the rest is served", async () => {
    const { ada, ben, conversation, a, laptop, log } = await two();
    for (const text of ["old", "older", "oldest"]) await a.say(conversation, text);
    await ada.object.updateConversation(conversation, { retentionDays: 1 });
    const stub = env.CONVERSATION.getByName(conversation);
    await runInDurableObject(stub, (_, { storage }) => {
      storage.sql.exec("UPDATE entries SET at = at - 86400001 WHERE seq <= 2");
    });
    await runDurableObjectAlarm(stub);
    const page = await log();
    expect(page).toMatchObject({ floor: 3, head: 4 });
    expect(page.entries.map(({ seq }) => seq)).toEqual([3, 4]);
    expect(JSON.parse(await ben.object.entries(conversation, { after: 0, limit: 10 }))).toMatchObject({
      after: 0,
      to: 4,
      floor: 3,
    });
    await runInDurableObject(stub, (_, { storage }) => {
      storage.sql.exec("UPDATE entries SET at = at - 86400001");
    });
    await runDurableObjectAlarm(stub);
    expect(await log()).toMatchObject({ floor: 5, head: 4, entries: [] });
    expect(await a.say(conversation, "new")).toMatchObject({ seq: 5 });
    const resumed = await laptop.connect(null, { [conversation]: { seq: 1 } });
    const frame = await resumed.next("entries", ({ to }) => to === 5);
    expect(frame).toMatchObject({ after: 1, entries: [{ seq: 5 }] });
  });
});
