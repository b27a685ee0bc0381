import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { STREAM_WINDOW, type ConversationId } from "../../protocol/index.ts";
import { person, until, type TestDevice } from "./support/people.ts";
import { fill } from "./support/fill.ts";

async function scene() {
  const [ada, ben] = [person("ada"), person("ben")];
  const [phone, laptop] = [await ada.device(), await ben.device()];
  const conversation = await ada.directWith(ben);
  return { ada, ben, phone, laptop, conversation };
}

/** Evicts a user's object but keeps its sockets, as hibernation does. */
async function hibernate(device: TestDevice): Promise<void> {
  await evictDurableObject(env.USER.getByName(device.owner.id));
}

describe("the stream", () => {
  it("[D1] stops at 256 unacknowledged entries and goes on as they are acknowledged", async () => {
    const { ada, phone, laptop, conversation } = await scene();
    const reader = await laptop.connect();
    await fill(ada, phone, conversation, 600);
    await reader.next("entries", ({ to }) => to === STREAM_WINDOW);
    // Nothing more may follow: a later event of the same object is answered before any further entry.
    reader.send({ type: "pull", ref: "later", conversation, limit: 1 });
    await reader.next("page", ({ ref }) => ref === "later");
    expect(reader.seqs(conversation)).toHaveLength(STREAM_WINDOW);
    reader.send({ type: "received", conversation, seq: 100 });
    await reader.next("entries", ({ to }) => to === STREAM_WINDOW + 100);
    reader.acknowledges = true;
    reader.send({ type: "received", conversation, seq: STREAM_WINDOW + 100 });
    await reader.next("entries", ({ to }) => to === 600);
    expect(reader.seqs(conversation)).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
    expectContiguous(reader.entriesFrames(conversation), 0);
  });

  it("[D1] [S3] goes on without a gap or a repeat when the object hibernates under an open socket", async () => {
    const { ada, phone, laptop, conversation } = await scene();
    const sender = await phone.connect();
    const reader = await laptop.connect();
    await sender.say(conversation, "one");
    await reader.next("entries", ({ to }) => to === 1);
    await hibernate(laptop);
    await sender.say(conversation, "two");
    await reader.next("entries", ({ to }) => to === 2);
    await hibernate(laptop);
    reader.send({ type: "received", conversation, seq: 2 });
    await fill(ada, phone, conversation, 300);
    await reader.next("entries", ({ to }) => to >= 200);
    await hibernate(laptop);
    reader.acknowledges = true;
    reader.send({ type: "received", conversation, seq: reader.seqs(conversation).at(-1) });
    await reader.next("entries", ({ to }) => to === 302);
    expect(reader.seqs(conversation)).toEqual(Array.from({ length: 302 }, (_, index) => index + 1));
    expectContiguous(reader.entriesFrames(conversation), 0);
  });

  it("[S3] [S5] goes on where it was after hibernation, also where another device of the same user had sent", async () => {
    const { ada, phone, conversation } = await scene();
    const sender = await phone.connect();
    const tablet = await ada.device("tablet");
    const other = await tablet.connect();
    await sender.say(conversation, "one");
    await other.next("entries", ({ to }) => to === 1);
    await hibernate(tablet);
    await sender.say(conversation, "two");
    await other.next("entries", ({ to }) => to === 2);
    expect(other.seqs(conversation)).toEqual([1, 2]);
  });

  it("[D2] an unacknowledged entry comes again, and nothing is skipped, when the socket is lost", async () => {
    const { phone, laptop, conversation } = await scene();
    const sender = await phone.connect();
    const reader = await laptop.connect();
    for (const text of ["one", "two", "three"]) await sender.say(conversation, text);
    await reader.next("entries", ({ to }) => to === 3);
    reader.send({ type: "received", conversation, seq: 1 });
    reader.send({ type: "pull", ref: "settled", conversation, limit: 1 });
    await reader.next("page", ({ ref }) => ref === "settled");
    const { sync } = reader.greeting;
    await reader.close();
    const again = await laptop.connect(sync);
    await again.next("entries", ({ to }) => to === 3);
    expect(again.seqs(conversation)).toEqual([2, 3]);
    expect(again.greeting.conversations[0]).toMatchObject({ cursor: 1 });
  });

  it("[D2] what was not acknowledged is sent again even where the conversation did not change since the token", async () => {
    const { phone, laptop, conversation } = await scene();
    const sender = await phone.connect();
    const reader = await laptop.connect();
    await sender.say(conversation, "one");
    await reader.next("entries", ({ to }) => to === 1);
    await reader.close();
    const second = await laptop.connect(reader.greeting.sync);
    await second.next("entries", ({ to }) => to === 1);
    await second.close();
    const third = await laptop.connect(second.greeting.sync);
    await third.next("entries", ({ to }) => to === 1);
    expect(third.greeting.conversations).toEqual([]);
  });

  it("[D3] a cursor in the hello overrides what the server remembers", async () => {
    const { phone, laptop, conversation } = await scene();
    const sender = await phone.connect();
    const reader = await laptop.connect();
    reader.acknowledges = true;
    for (const text of ["one", "two", "three"]) await sender.say(conversation, text);
    await reader.next("entries", ({ to }) => to === 3);
    await reader.close();
    const again = await laptop.connect(reader.greeting.sync, { [conversation]: { seq: 1 } });
    await again.next("entries", ({ to }) => to === 3);
    expect(again.seqs(conversation)).toEqual([2, 3]);
  });

  it("[D4] a resume names what changed and nothing else", async () => {
    const { ada, phone } = await scene();
    const others = [person("cyd"), person("dan"), person("eve")];
    for (const other of others) await other.device();
    const chats: ConversationId[] = [];
    for (const other of others) chats.push(await ada.directWith(other));
    const first = await phone.connect();
    expect(first.greeting.conversations).toHaveLength(4);
    await first.close();
    const [, changed] = chats as [ConversationId, ConversationId];
    const danDevice = await others[1]?.device();
    const dan = await danDevice?.connect();
    await dan?.say(changed, "news");
    await until(
      async () => (await ada.object.conversations(phone.id, 10, undefined)).conversations[0]?.id === changed,
      "news first",
    );
    const second = await phone.connect(first.greeting.sync);
    expect(second.greeting.conversations.map(({ id }) => id)).toEqual([changed]);
    expect(second.greeting.sync).not.toBe(first.greeting.sync);
    const third = await phone.connect(second.greeting.sync);
    expect(third.greeting.conversations).toEqual([]);
  });

  it("[D5] what is committed while a hello is answered is in the answer or follows it", async () => {
    const { phone, laptop, conversation } = await scene();
    const sender = await phone.connect();
    for (let round = 1; round <= 8; round++) {
      const socket = await laptop.open();
      socket.acknowledges = true;
      socket.send({ type: "hello", since: null, cursors: { [conversation]: { seq: (round - 1) * 3 } } });
      for (let index = 0; index < 3; index++) await sender.say(conversation, `r${round}.${index}`);
      await socket.next("entries", ({ to }) => to === round * 3);
      expect(socket.seqs(conversation)).toEqual([1, 2, 3].map((index) => (round - 1) * 3 + index));
      await socket.close();
    }
  });

  it("[D6] one socket that reads nothing delays neither sends nor another reader", async () => {
    const { ada, phone, laptop, conversation } = await scene();
    const deaf = await laptop.connect();
    const other = await laptop.owner.device("second");
    const reader = await other.connect();
    reader.acknowledges = true;
    await fill(ada, phone, conversation, 400);
    await reader.next("entries", ({ to }) => to === 400);
    expect(deaf.seqs(conversation).length).toBeLessThanOrEqual(STREAM_WINDOW);
    expect(reader.seqs(conversation)).toHaveLength(400);
  });

  it("[D7] a cursor above the head, or with another chain, is answered with diverged", async () => {
    const { phone, laptop, conversation } = await scene();
    const sender = await phone.connect();
    await sender.say(conversation, "one");
    await sender.say(conversation, "two");
    const ahead = await laptop.connect(null, { [conversation]: { seq: 9 } });
    expect(await ahead.next("diverged")).toMatchObject({ conversation, seq: 2 });
    const forked = await laptop.connect(ahead.greeting.sync, {
      [conversation]: { seq: 2, chain: "AAAAAAAAAAAAAAAAAAAAAA" },
    });
    expect(await forked.next("diverged")).toMatchObject({ conversation, seq: 2 });
    const chain = (await laptop.owner.object.entries(conversation, { limit: 1 })).match(/"chain":"([^"]+)"/)?.[1] ?? "";
    const right = await laptop.connect(forked.greeting.sync, { [conversation]: { seq: 2, chain } });
    right.send({ type: "pull", ref: "end", conversation, limit: 1 });
    await right.next("page");
    expect(right.frames.filter(({ type }) => type === "diverged")).toEqual([]);
    const stranger = await laptop.connect(null, { d_unknown: { seq: 1 } });
    expect(await stranger.next("diverged")).toMatchObject({ conversation: "d_unknown", seq: 0 });
  });

  it("[S5] every device of a user gets everything, its own user's sends included, up to ten devices", async () => {
    const { ada, conversation, phone } = await scene();
    const sockets = [await phone.connect()];
    for (let index = 1; index < 10; index++) sockets.push(await (await ada.device(`d${index}`)).connect());
    await sockets[0]?.say(conversation, "to all of me");
    for (const socket of sockets) {
      expect((await socket.next("entries", ({ to }) => to === 1)).entries[0]?.sender).toEqual({
        user: ada.id,
        device: phone.id,
      });
    }
    await ada.device("eleventh");
    expect(await ada.object.devices(phone.id)).toHaveLength(10);
  });
});

function expectContiguous(frames: readonly { after: number; to: number }[], start: number): void {
  let previous = start;
  for (const { after, to } of frames) {
    expect(after).toBe(previous);
    expect(to).toBeGreaterThanOrEqual(after);
    previous = to;
  }
}
