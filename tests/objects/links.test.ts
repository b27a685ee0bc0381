import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { ConversationId } from "../../protocol/index.ts";
import { Meter } from "./support/meter.ts";
import { person, until, type Person, type TestSocket } from "./support/people.ts";

async function two() {
  const [ada, ben] = [person("ada"), person("ben")];
  const [phone, laptop] = [await ada.device(), await ben.device()];
  const conversation = await ada.directWith(ben);
  const [a, b] = [await phone.connect(), await laptop.connect()];
  b.acknowledges = true;
  return { ada, ben, conversation, a, b };
}

/** Counts what is called, from a state in which nobody has a link. */
async function metered(conversation: ConversationId, ...people: Person[]): Promise<Meter> {
  const meter = new Meter();
  await meter.conversation(conversation);
  for (const one of people) await meter.person(one);
  return meter;
}

async function say(a: TestSocket, conversation: ConversationId, from: number, to: number): Promise<void> {
  for (let index = from; index <= to; index++) await a.say(conversation, `text ${index}`);
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe("links between a conversation and its busy members", () => {
  it("[S1] [S3] take over after a few calls, and everything comes once and in order", async () => {
    const { ada, ben, conversation, a, b } = await two();
    const meter = await metered(conversation, ada, ben);
    await say(a, conversation, 1, 60);
    await b.next("entries", ({ to }) => to === 60);
    await a.next("entries", ({ to }) => to === 60);
    expect(b.seqs(conversation)).toEqual(upTo(60));
    expect(a.seqs(conversation)).toEqual(upTo(60));
    const count = (what: string): number => meter.bill.log.filter((name) => name === what).length;
    expect(count("USER.fetch"), "one link for each of the two").toBe(2);
    expect(count("CONVERSATION.append")).toBeLessThan(20);
    expect(count("USER.deliver")).toBeLessThan(20);
    expect(meter.bill.links).toBeGreaterThan(40);
  });

  it("[S4] [D2] break without harm: sends under way are made again by calls, deliveries begin at what was confirmed", async () => {
    const { conversation, a, b } = await two();
    await say(a, conversation, 1, 10);
    for (let round = 0; round < 4; round++) {
      const from = 11 + round * 10;
      const ids = Array.from({ length: 10 }, () => crypto.randomUUID());
      for (const [index, id] of ids.entries()) {
        a.send({ type: "send", conversation, id, kind: "message", body: { text: `text ${from + index}` } });
      }
      await runInDurableObject(env.CONVERSATION.getByName(conversation) as never, (instance: object) =>
        (instance as { endLinks(): void }).endLinks(),
      );
      await Promise.all(ids.map((id) => a.outcome(id)));
    }
    await b.next("entries", ({ to }) => to === 50);
    await a.next("entries", ({ to }) => to === 50);
    expect(b.seqs(conversation)).toEqual(upTo(50));
    expect(a.seqs(conversation)).toEqual(upTo(50));
  });

  it("[V1] carry nothing for a user who left", async () => {
    const [ada, ben, cleo] = [person("ada"), person("ben"), person("cleo")];
    const [phone, laptop] = [await ada.device(), await ben.device(), await cleo.device()];
    const group = await ada.group("Three", ben, cleo);
    const [a, b] = [await phone.connect(), await laptop.connect()];
    b.acknowledges = true;
    for (let index = 0; index < 12; index++) await b.say(group, `text ${index}`);
    await b.next("entries", ({ head }) => head === 13);
    await ada.object.removeMember(group, ben.id);
    await expect(b.say(group, "still here?")).rejects.toMatchObject({ code: "not_found" });
    const { seq } = await a.say(group, "for the two of us");
    await a.next("entries", ({ to }) => to === seq);
    expect(b.seqs(group).at(-1)).toBe(seq - 1);
  });

  it("[W3] end by themselves when nothing is said", async () => {
    const { ada, conversation, a } = await two();
    const meter = await metered(conversation, ada);
    await say(a, conversation, 1, 10);
    const appends = (): number => meter.bill.log.filter((name) => name === "CONVERSATION.append").length;
    const before = appends();
    await until(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 2_500));
        await a.say(conversation, "anybody?");
        return appends() > before;
      },
      "a send goes by a call again",
      30_000,
    );
  }, 60_000);
});
