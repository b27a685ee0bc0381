import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { ConversationId, Media } from "../../protocol/index.ts";
import { edge, refusal } from "./support/edge.ts";
import { announce, isStored, linkTo, randomBytes, upload } from "./support/files.ts";
import { person, until, type TestDevice } from "./support/people.ts";

const DAY_MS = 24 * 60 * 60_000;

async function two() {
  const [ada, ben] = [person("ada"), person("ben")];
  const [phone, laptop] = [await ada.device(), await ben.device()];
  const conversation = await ada.directWith(ben);
  const [a, b] = [await phone.connect(), await laptop.connect()];
  const file = (size = 100) => upload(phone, conversation, randomBytes(size));
  return { ada, ben, phone, laptop, conversation, a, b, file };
}

const fetchable = async (device: TestDevice, conversation: ConversationId, { id }: Media): Promise<boolean> =>
  (await edge(device, `GET /v1/conversations/${conversation}/media/${id}`)).status === 302;

/** Makes the object believe that its files are a day older, and runs what is due. */
async function passDay(conversation: ConversationId): Promise<void> {
  const stub = env.CONVERSATION.getByName(conversation);
  await runInDurableObject(stub, (_instance, { storage }) => {
    storage.sql.exec("UPDATE media SET due = due - ?", DAY_MS);
  });
  await runDurableObjectAlarm(stub);
}

describe("files and the entries that name them", () => {
  it("[M1] a message names files that are complete, in this conversation, as they are; else nothing is appended", async () => {
    const { phone, ada, conversation, a, file } = await two();
    const good = await file();
    const { media: incomplete } = await announce(phone, conversation, randomBytes(10));
    const elsewhere = await upload(phone, await ada.directWith(ada), randomBytes(10));
    const name = (...media: unknown[]) => a.append(conversation, "message", { text: "look", media });
    await expect(name(good, incomplete)).rejects.toMatchObject({ code: "not_found" });
    await expect(name(elsewhere)).rejects.toMatchObject({ code: "not_found" });
    await expect(name({ ...good, id: `m_${"0".repeat(32)}` })).rejects.toMatchObject({ code: "not_found" });
    await expect(name({ ...good, size: 99 })).rejects.toMatchObject({ code: "not_found" });
    await expect(name({ ...good, sha256: incomplete.sha256 })).rejects.toMatchObject({ code: "not_found" });
    expect((await name(good, good)).seq).toBe(1);
  });

  it("[M1] [S4] a retry of a message whose file has gone since is still the first message", async () => {
    const { conversation, a, file } = await two();
    const media = [await file()];
    const id = crypto.randomUUID();
    const first = await a.append(conversation, "message", { media }, id);
    await a.append(conversation, "delete", { target: id });
    a.frames.length = 0;
    expect(await a.append(conversation, "message", { media }, id)).toMatchObject({ seq: first.seq, duplicate: true });
  });

  it("[M1] [E3] the file of a deleted message is erased, and links to it are dead", async () => {
    const { phone, laptop, conversation, a, file } = await two();
    const sent = await file();
    const { id } = await a.append(conversation, "message", { media: [sent] });
    const link = await linkTo(laptop, conversation, sent.id);
    expect((await edge(null, `GET ${link}`)).status).toBe(200);
    await a.append(conversation, "delete", { target: id });
    expect(await fetchable(laptop, conversation, sent)).toBe(false);
    expect(await fetchable(phone, conversation, sent)).toBe(false);
    await until(async () => !(await isStored(conversation, sent.id)), "the bytes are erased");
    await until(async () => (await edge(null, `GET ${link}`)).status === 404, "the link is dead");
    await expect(a.append(conversation, "message", { media: [sent] })).rejects.toMatchObject({ code: "not_found" });
  });

  it("[M1] a file that two messages name stays until both are deleted", async () => {
    const { laptop, conversation, a, b, file } = await two();
    const sent = await file();
    const first = await a.append(conversation, "message", { media: [sent] });
    const second = await b.append(conversation, "message", { media: [sent], text: "again" });
    await a.append(conversation, "delete", { target: first.id });
    expect(await fetchable(laptop, conversation, sent)).toBe(true);
    await b.append(conversation, "delete", { target: second.id });
    await until(async () => !(await isStored(conversation, sent.id)), "the bytes are erased");
  });

  it("[M1] a file that no message names goes after 24 hours, one that is named stays", async () => {
    const { conversation, a, file, phone } = await two();
    const [named, unnamed] = [await file(), await file()];
    const { media: open, uploadUrl } = await announce(phone, conversation, randomBytes(10));
    await a.append(conversation, "message", { media: [named] });
    await passDay(conversation);
    expect(await isStored(conversation, unnamed.id)).toBe(false);
    expect(await isStored(conversation, named.id)).toBe(true);
    expect(await refusal(edge(phone, `GET /v1/conversations/${conversation}/media/${unnamed.id}`))).toBe(
      "404 not_found",
    );
    expect(await refusal(edge(null, `PUT ${uploadUrl}`, { bytes: randomBytes(10) }))).toBe("404 not_found");
    expect(await isStored(conversation, open.id)).toBe(false);
  });

  it("[M1] the day of a file that nobody named begins when its bytes are there", async () => {
    const { conversation, phone } = await two();
    const bytes = randomBytes(10);
    const { id, uploadUrl } = await announce(phone, conversation, bytes);
    const stub = env.CONVERSATION.getByName(conversation);
    await runInDurableObject(stub, (_instance, { storage }) => {
      storage.sql.exec("UPDATE media SET due = ?", Date.now() + 1_000);
    });
    await edge(null, `PUT ${uploadUrl}`, { bytes });
    const { due } = await runInDurableObject(stub, (_instance, { storage }) =>
      storage.sql.exec<{ due: number }>("SELECT due FROM media WHERE id = ?", id).one(),
    );
    expect(due).toBeGreaterThan(Date.now() + DAY_MS - 60_000);
  });

  it("[M1] [E7] retention takes files along", async () => {
    const { ada, conversation, a, file } = await two();
    const [old, young] = [await file(), await file()];
    await a.append(conversation, "message", { media: [old] });
    await ada.object.updateConversation(conversation, { retentionDays: 1 });
    await a.append(conversation, "message", { media: [young] });
    const stub = env.CONVERSATION.getByName(conversation);
    await runInDurableObject(stub, (_instance, { storage }) => {
      storage.sql.exec("UPDATE entries SET at = at - ? WHERE seq = 1", DAY_MS);
    });
    await runDurableObjectAlarm(stub);
    await until(async () => !(await isStored(conversation, old.id)), "the old file is erased");
    expect(await isStored(conversation, young.id)).toBe(true);
  });

  it("[M1] what only an erased account could see is erased with it", async () => {
    const ada = person("ada");
    const phone = await ada.device();
    const notes = await ada.directWith(ada);
    const socket = await phone.connect();
    const [sent, unsent] = [await upload(phone, notes, randomBytes(10)), await upload(phone, notes, randomBytes(10))];
    await socket.append(notes, "message", { media: [sent] });
    await ada.object.erase();
    expect([await isStored(notes, sent.id), await isStored(notes, unsent.id)]).toStrictEqual([false, false]);
  });

  it("[M1] while the store cannot be reached, what is to be erased waits and is erased later", async () => {
    const { conversation, a, file } = await two();
    const sent = await file();
    const { id } = await a.append(conversation, "message", { media: [sent] });
    const stub = env.CONVERSATION.getByName(conversation);
    const reach = (bucket: unknown) =>
      runInDurableObject(stub, (instance) => {
        const held = instance as unknown as { env: object };
        Object.defineProperty(held, "env", { value: { ...held.env, MEDIA: bucket }, configurable: true });
        (instance as unknown as { forgetMemory(): void }).forgetMemory();
      });
    await reach({ delete: () => Promise.reject(new Error("unreachable")) });
    await a.append(conversation, "delete", { target: id });
    await runDurableObjectAlarm(stub);
    expect(await isStored(conversation, sent.id)).toBe(true);
    await reach(env.MEDIA);
    await passDay(conversation);
    expect(await isStored(conversation, sent.id)).toBe(false);
  });
});

describe("who may see a file", () => {
  it("[V2] not who joined after the message that names it; before it is named, every member", async () => {
    const [ada, ben, cem] = [person("ada"), person("ben"), person("cem")];
    const [phone, laptop, tablet] = [await ada.device(), await ben.device(), await cem.device()];
    const group = await ada.group("crew", ben);
    const socket = await phone.connect();
    const [early, later] = [await upload(phone, group, randomBytes(10)), await upload(phone, group, randomBytes(10))];
    await socket.append(group, "message", { media: [early] });
    await ada.object.putMember(group, cem.id, undefined);
    expect(await fetchable(laptop, group, early)).toBe(true);
    expect(await fetchable(tablet, group, early)).toBe(false);
    expect(await fetchable(tablet, group, later)).toBe(true);
    await socket.append(group, "message", { media: [early], text: "for Cem" });
    expect(await fetchable(tablet, group, early)).toBe(true);
  });

  it("[V3] not who blocked its sender", async () => {
    const { ada, ben, phone, laptop, conversation, a, file } = await two();
    const [before, after] = [await file(), await file()];
    await a.append(conversation, "message", { media: [before] });
    await ben.object.block(ada.id);
    await a.append(conversation, "message", { media: [after] });
    expect(await fetchable(laptop, conversation, before)).toBe(true);
    expect(await fetchable(laptop, conversation, after)).toBe(false);
    expect(await fetchable(phone, conversation, after)).toBe(true);
  });
});
