import { describe, expect, it } from "vitest";
import { digestOf, GENESIS_CHAIN, jcs, nextChain, type Page } from "../../protocol/index.ts";
import { person } from "./support/people.ts";

async function two() {
  const [ada, ben] = [person("ada"), person("ben")];
  const [phone, laptop] = [await ada.device(), await ben.device()];
  const conversation = await ada.directWith(ben);
  const [a, b] = [await phone.connect(), await laptop.connect()];
  return { ada, ben, phone, laptop, conversation, a, b };
}

describe("sending", () => {
  it("[S1] [S5] a message reaches the other side and the sender's own device, and is acknowledged once it is in the log", async () => {
    const { ada, conversation, a, b } = await two();
    const sent = await a.say(conversation, "hello");
    expect(sent).toMatchObject({ seq: 1, conversation });
    const frame = await b.next("entries", ({ conversation: id, to }) => id === conversation && to === 1);
    expect(frame).toMatchObject({ after: 0, to: 1, head: 1 });
    expect(frame.entries[0]).toMatchObject({
      seq: 1,
      kind: "message",
      body: { text: "hello" },
      sender: { user: ada.id },
    });
    await a.next("entries", ({ to }) => to === 1);
    const page = JSON.parse(await ada.object.entries(conversation, { limit: 10 })) as Page;
    expect(page).toMatchObject({ after: 0, to: 1, head: 1, floor: 1, more: false });
    expect(page.entries).toHaveLength(1);
  });

  it("[S2] [S3] a hundred sends without waiting keep their order on every device", async () => {
    const { conversation, a, b } = await two();
    b.acknowledges = true;
    const ids = Array.from({ length: 50 }, () => crypto.randomUUID());
    for (const [index, id] of ids.entries()) {
      a.send({ type: "send", conversation, id, kind: "message", body: { text: `n${index}` } });
    }
    const results = await Promise.all(ids.map((id) => a.outcome(id)));
    expect(results.map(({ seq }) => seq)).toEqual(ids.map((_, index) => index + 1));
    await b.next("entries", ({ to }) => to === 50);
    expect(b.seqs(conversation)).toEqual(ids.map((_, index) => index + 1));
    let previous = 0;
    for (const frame of b.entriesFrames(conversation)) {
      expect(frame.after).toBe(previous);
      previous = frame.to;
    }
  });

  it("[S4] [E1] a retried send returns the first seq, appends nothing, and conflicts with another body", async () => {
    const { conversation, a, b, ada, phone } = await two();
    const id = crypto.randomUUID();
    const first = await a.say(conversation, "once", id);
    a.frames.length = 0;
    const again = await a.say(conversation, "once", id);
    expect(again).toMatchObject({ seq: first.seq, at: first.at, duplicate: true });
    const overHttp = await ada.object.append(phone.id, conversation, {
      id: id as never,
      kind: "message",
      body: { text: "once" },
    });
    expect(overHttp).toMatchObject({ seq: first.seq, duplicate: true });
    a.frames.length = 0;
    await expect(a.say(conversation, "twice", id)).rejects.toMatchObject({ code: "id_conflict" });
    const byAnother = await b.say(conversation, "mine", id);
    expect(byAnother.seq).toBe(first.seq + 1);
  });

  it("[E4] chains can be recomputed by anybody who holds the entries", async () => {
    const { ada, conversation, a } = await two();
    for (const text of ["one", "two", "drei ☃", 'quo"te']) await a.say(conversation, text);
    const page = JSON.parse(await ada.object.entries(conversation, { limit: 10 })) as Page;
    let chain = GENESIS_CHAIN;
    for (const { seq, id, sender, at, kind, body, chain: claimed } of page.entries) {
      chain = nextChain(chain, { seq, id, sender, at, kind, digest: digestOf(jcs(body)) });
      expect(claimed).toBe(chain);
    }
    expect(page.entries).toHaveLength(4);
  });

  it("[D2] [D3] a device that was away gets everything from where it was, in order", async () => {
    const { conversation, a, b, laptop } = await two();
    b.acknowledges = true;
    await a.say(conversation, "before");
    await b.next("entries", ({ to }) => to === 1);
    const { sync } = b.greeting;
    await b.close();
    for (let index = 0; index < 20; index++) await a.say(conversation, `while away ${index}`);
    const back = await laptop.connect(sync);
    back.acknowledges = true;
    await back.next("entries", ({ to }) => to === 21);
    expect(back.greeting.conversations.map(({ id }) => id)).toEqual([conversation]);
    expect(back.seqs(conversation).filter((seq) => seq > 1)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 2),
    );
  });

  it("[D2] a device that never connected gets what came since it signed in", async () => {
    const { ada, ben, conversation, a } = await two();
    const late = await ben.device("tablet");
    await a.say(conversation, "for the tablet");
    const socket = await late.connect();
    await socket.next("entries", ({ to }) => to === 1);
    const newer = await ben.device("new");
    const fresh = await newer.connect();
    expect(fresh.greeting.conversations[0]).toMatchObject({ cursor: 1, head: 1, unread: 1, peer: { id: ada.id } });
    expect(fresh.entriesFrames(conversation)).toEqual([]);
  });
});
