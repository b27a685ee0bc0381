/**
 * What messages cost, counted on the objects themselves. The table of docs/costs.md is made by this test
 * (`npm run costs`), and it fails where a budget is broken or the page says something else.
 */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, describe, expect, it } from "vitest";
import page from "../../docs/costs.md?raw";
import type { ConversationId } from "../../protocol/index.ts";
import { Meter, requestsOf } from "./support/meter.ts";
import { conversationObject, person, until, type Person, type TestSocket } from "./support/people.ts";

const table: string[] = [];

function line(what: string, meter: Meter, per = 1): void {
  const { rowsWritten, rowsRead, calls, messages } = meter.bill;
  const cell = (value: number): string => (value / per).toFixed(per === 1 ? 0 : 2);
  table.push(
    `| ${what} | ${cell(rowsWritten)} | ${cell(rowsRead)} | ${cell(calls)} | ${cell(messages)} | ${(requestsOf(meter.bill) / per).toFixed(2)} |`,
  );
}

async function two() {
  const [ada, ben] = [person("ada"), person("ben")];
  const [phone, laptop] = [await ada.device(), await ben.device()];
  const conversation = await ada.directWith(ben);
  const [a, b] = [await phone.connect(), await laptop.connect()];
  return { ada, ben, phone, laptop, conversation, a, b };
}

/**
 * Sends, and waits until it is received, read and both ticks are back; then lets the alarm run out, and waits until what
 * the two inboxes keep for a moment is written.
 */
async function exchange(
  people: readonly Person[],
  conversation: ConversationId,
  a: TestSocket,
  b: TestSocket,
  text: string,
): Promise<void> {
  const { seq } = await a.say(conversation, text);
  await b.next("entries", ({ to }) => to === seq);
  b.send({ type: "received", conversation, seq });
  b.send({ type: "read", conversation, seq });
  a.send({ type: "received", conversation, seq });
  await a.next("receipts", ({ receipts }) => receipts[0]?.read === seq);
  await runDurableObjectAlarm(env.CONVERSATION.getByName(conversation));
  for (const one of people) await until(async () => (await headOf(one, conversation)) === seq, "the head is written");
}

/** The head that an inbox has written down; read past the meter. */
function headOf(one: Person, conversation: ConversationId): Promise<number> {
  return runInDurableObject(
    env.USER.getByName(one.id) as never,
    (_: unknown, { storage: { sql } }: DurableObjectState) => {
      const uncounted = Object.getPrototypeOf(sql) as SqlStorage;
      return uncounted.exec.call(sql, "SELECT head FROM inbox WHERE conversation = ?", conversation).one()[
        "head"
      ] as number;
    },
  );
}

describe("costs", () => {
  it("an isolated direct message, delivered and read: at most 6 rows and 6 requests", async () => {
    const { ada, ben, conversation, a, b } = await two();
    await exchange([ada, ben], conversation, a, b, "the first one opens a new epoch");
    const meter = new Meter();
    await meter.person(ada);
    await meter.person(ben);
    await meter.conversation(conversation);
    await exchange([ada, ben], conversation, a, b, "warms the counted instances");
    meter.reset();
    await exchange([ada, ben], conversation, a, b, "counted");
    line("one isolated direct message, delivered and read", meter);
    expect(meter.bill.rowsWritten).toBeLessThanOrEqual(6);
    expect(requestsOf(meter.bill), meter.bill.log.join(" ")).toBeLessThanOrEqual(6);
  });

  it("the first message after both sides took a new sync token", async () => {
    const { ada, ben, conversation, a, b, phone, laptop } = await two();
    await exchange([ada, ben], conversation, a, b, "one");
    await a.close();
    await b.close();
    const again = [await phone.connect(a.greeting.sync), await laptop.connect(b.greeting.sync)] as const;
    const meter = new Meter();
    await meter.person(ada);
    await meter.person(ben);
    await meter.conversation(conversation);
    meter.reset();
    await exchange([ada, ben], conversation, again[0], again[1], "counted");
    line("the same, the first since both took a sync token", meter);
    expect(meter.bill.rowsWritten).toBeLessThanOrEqual(9);
  });

  it("a burst of 100 messages: at most 3 rows each", async () => {
    const { ada, ben, conversation, a, b } = await two();
    await exchange([ada, ben], conversation, a, b, "first");
    const meter = new Meter();
    await meter.person(ada);
    await meter.person(ben);
    await meter.conversation(conversation);
    a.acknowledges = b.acknowledges = true;
    meter.reset();
    // Two senders: one user's burst is 60.
    const sends = Array.from({ length: 50 }, (_, index) => [
      a.say(conversation, `a${index}`),
      b.say(conversation, `b${index}`),
    ]);
    const results = await Promise.all(sends.flat());
    await b.next("entries", ({ to }) => to >= 101);
    // Marks end at the last entry of the other side, wherever that fell.
    const lastOf = (side: number): number =>
      Math.max(...results.filter((_, index) => index % 2 === side).map(({ seq }) => seq));
    await a.next("receipts", ({ receipts }) => (receipts[0]?.delivered ?? 0) >= lastOf(0));
    await b.next("receipts", ({ receipts }) => (receipts[0]?.delivered ?? 0) >= lastOf(1));
    for (const one of [ada, ben])
      await until(async () => (await headOf(one, conversation)) === 101, "the head is written");
    line("each of 100 messages in a burst", meter, 100);
    expect(meter.bill.rowsWritten / 100).toBeLessThanOrEqual(3);
  });

  it("a message to a group of 50 online members", async () => {
    const crew: Person[] = Array.from({ length: 50 }, () => person("crew"));
    const sockets: TestSocket[] = [];
    for (const one of crew) await one.device();
    const [first, ...others] = crew as [Person, ...Person[]];
    const conversation = await first.group("Fifty", ...others);
    for (const one of crew) sockets.push(await (await one.device()).connect());
    const [a] = sockets as [TestSocket];
    await a.say(conversation, "first");
    for (const socket of sockets) await socket.next("entries", ({ to }) => to === 2);
    // The meter makes the objects start anew: one with its alarm armed would hand out again what it handed out before.
    await runDurableObjectAlarm(env.CONVERSATION.getByName(conversation));
    const meter = new Meter();
    for (const one of crew) await meter.person(one);
    await meter.conversation(conversation);
    meter.reset();
    const { seq } = await a.say(conversation, "counted");
    for (const socket of sockets) {
      await socket.next("entries", ({ to }) => to === seq);
      socket.send({ type: "received", conversation, seq });
    }
    // Asked past the meter: how often depends on the machine.
    const receipts = () => conversationObject(conversation).receiptsAt(first.id, seq);
    await until(async () => (await receipts()).delivered.length === 49, "all have it");
    for (const one of crew) await until(async () => (await headOf(one, conversation)) === seq, "the head is written");
    await runDurableObjectAlarm(env.CONVERSATION.getByName(conversation));
    line("one message to a group of 50, delivered to all", meter);
    // The log, an inbox row and a mark for each member: nothing that grows faster than the group.
    expect(meter.bill.rowsWritten).toBeLessThanOrEqual(3 + 50 + 49 + 2);
  });

  it("[D4] a resume with 1,000 conversations of which 10 changed: at most 20 KB, and only those 10 are asked", async () => {
    const ada = person("ada");
    const phone = await ada.device();
    const others = Array.from({ length: 10 }, () => person("friend"));
    const chats: ConversationId[] = [];
    for (const other of others) {
      await other.device();
      chats.push(await ada.directWith(other));
    }
    await runInDurableObject(
      env.USER.getByName(ada.id) as never,
      (instance: unknown, { storage }: DurableObjectState) => {
        for (let index = 0; index < 990; index++) {
          storage.sql.exec(
            "INSERT INTO inbox (conversation, epoch, head, chain, at, gone) VALUES (?, 1, 5, 'AAAAAAAAAAAAAAAAAAAAAA', ?, 0)",
            `g_quiet${index}`,
            index,
          );
          storage.sql.exec(
            "INSERT INTO cursors (conversation, device, acked) VALUES (?, ?, 5)",
            `g_quiet${index}`,
            phone.id,
          );
        }
        storage.sql.exec("UPDATE inbox SET epoch = 1");
        storage.sql.exec("UPDATE devices SET settled = 1");
        storage.sql.exec("INSERT INTO meta (key, value) VALUES ('epoch', '2') ON CONFLICT DO UPDATE SET value = '2'");
        (instance as { forgetMemory(): void }).forgetMemory();
      },
    );
    for (const [index, other] of others.entries()) {
      const socket = await (await other.device()).connect();
      await socket.say(chats[index] as ConversationId, "a line of ordinary length, as people write them to each other");
    }
    await until(
      async () =>
        (await ada.object.conversations(phone.id, 10, undefined)).conversations.every(({ head }) => head === 1),
      "all arrived",
    );
    const meter = new Meter();
    await meter.person(ada);
    meter.reset();
    const socket = await phone.connect("s1-1");
    expect(socket.greeting.conversations).toHaveLength(10);
    for (const id of chats) await socket.next("entries", ({ conversation, to }) => conversation === id && to === 1);
    const bytes = JSON.stringify(socket.frames).length;
    line("a resume with 1,000 conversations, 10 of them changed", meter);
    table.push("", `The resume sends ${Math.ceil(bytes / 1024)} KB and asks ${meter.bill.asked.size} conversations.`);
    expect(bytes).toBeLessThanOrEqual(20 * 1024);
    expect([...meter.bill.asked].toSorted()).toEqual(chats.toSorted());
  });

  afterAll(() => {
    // Read by tools/costs.ts.
    const text = [
      "| what | rows written | rows read | calls between objects | socket messages in | billed requests |",
      "| --- | --- | --- | --- | --- | --- |",
      ...table,
    ].join("\n");
    console.log(`COSTS\n${text}\nEND`);
  });

  it("docs/costs.md says of the isolated message what was counted", () => {
    const [isolated] = table;
    expect(page, "run `npm run costs` to write the page anew").toContain(isolated);
  });
});
