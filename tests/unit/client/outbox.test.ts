import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { MAX_ITEMS, MAX_LANES, Outbox } from "../../../client/outbox/outbox.ts";
import type { OutboxRecord } from "../../../client/storage/storage.ts";
import type { ErrorCode } from "../../../protocol/errors.ts";
import type { SendFrame } from "../../../protocol/frames-client.ts";
import type { ConversationId, EntryId } from "../../../protocol/ids.ts";
import { FakeClock } from "./support/clock.ts";
import { outboxRecord } from "./support/storage-contract.ts";

let clock: FakeClock;
let items: Map<EntryId, OutboxRecord>;
let wire: SendFrame[];
let online: boolean;
let outbox: Outbox;
let sent: string[];

beforeEach(() => {
  clock = new FakeClock();
  items = new Map();
  [wire, sent, online] = [[], [], true];
  outbox = new Outbox({
    clock,
    random: () => 0.5,
    items: () => items.values(),
    save: async (item) => {
      items.set(item.id, item);
    },
    transmit: (frame) => {
      if (online) wire.push(frame);
      return online;
    },
    sent: ({ id }, seq) => sent.push(`${id}=${seq}`),
  });
});

function put(name: string, position: number, conversation = "g_tea"): void {
  const item = { ...outboxRecord(name, position), conversation: conversation as ConversationId };
  items.set(item.id, item);
  outbox.pump();
}

const taken = () => wire.splice(0).map(({ id }) => id as string);
const ack = (id: string, seq: number, conversation = "g_tea") =>
  outbox.onSent({ conversation: conversation as ConversationId, id: id as EntryId, seq, at: seq });
const refuse = (id: string, code: ErrorCode, retryAfterMs?: number) =>
  outbox.onError({ ref: id, code, message: code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
const status = (id: string) => items.get(id as EntryId)?.status;

describe("[C1] order", () => {
  test("one item of a conversation is under way at a time, in the order of their positions", () => {
    outbox.up();
    put("b", 2);
    put("a", 3);
    expect(taken()).toEqual(["b"]);
    ack("b", 1);
    expect(taken()).toEqual(["a"]);
    expect(status("b")).toBe("sent");
    expect(sent).toEqual(["b=1"]);
  });

  test("conversations do not wait for each other", () => {
    outbox.up();
    put("a", 1);
    put("b", 2, "g_coffee");
    put("c", 3);
    expect(taken()).toEqual(["a", "b"]);
    ack("b", 1, "g_coffee");
    expect(taken()).toEqual([]);
  });

  test("only so many conversations are under way at once, and the next one follows", () => {
    outbox.up();
    for (let i = 0; i < MAX_LANES + 2; i++) put(`m${i}`, i + 1, `g_${i}`);
    expect(taken()).toHaveLength(MAX_LANES);
    ack("m0", 1, "g_0");
    expect(taken()).toEqual([`m${MAX_LANES}`]);
  });

  test("nothing goes out before there is a link", () => {
    put("a", 1);
    expect(taken()).toEqual([]);
    outbox.up();
    expect(taken()).toEqual(["a"]);
  });
});

describe("[C1] until it is sent or refused for good", () => {
  test("a broken link sends it again with the same id", () => {
    outbox.up();
    put("a", 1);
    outbox.down();
    outbox.up();
    expect(taken()).toEqual(["a", "a"]);
  });

  test("an answer that does not come within 20 s sends it again", async () => {
    outbox.up();
    put("a", 1);
    await clock.advance(19_999);
    expect(taken()).toEqual(["a"]);
    await clock.advance(1);
    expect(taken()).toEqual(["a"]);
  });

  test("a final error is a failure, and what comes after it goes on", () => {
    outbox.up();
    put("a", 1);
    put("b", 2);
    expect(refuse("a", "forbidden")).toBe(true);
    expect(items.get("a" as EntryId)).toMatchObject({ status: "failed", error: { code: "forbidden" } });
    expect(taken()).toEqual(["a", "b"]);
  });

  test("[S6] rate_limited waits as long as it says, and nothing overtakes", async () => {
    outbox.up();
    put("a", 1);
    put("b", 2);
    refuse("a", "rate_limited", 700);
    await clock.advance(699);
    expect(taken()).toEqual(["a"]);
    await clock.advance(1);
    expect(taken()).toEqual(["a"]);
    ack("a", 1);
    expect(taken()).toEqual(["b"]);
  });

  test("a server that is unavailable is asked again, later each time, for as long as it takes", async () => {
    outbox.up();
    put("a", 1);
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      taken();
      refuse("a", "unavailable");
      const before = clock.now();
      while (wire.length === 0) await clock.advance(50);
      waits.push(clock.now() - before);
    }
    expect(waits[0]).toBe(250);
    expect(waits.at(-1)).toBe(15_000);
    expect(status("a")).toBe("queued");
  });

  test("a server that fails at it eight times is believed", async () => {
    outbox.up();
    put("a", 1);
    for (let i = 0; i < 8; i++) {
      refuse("a", "internal");
      await clock.advance(30_000);
    }
    expect(status("a")).toBe("failed");
  });

  test("an error of the session says nothing about the item", () => {
    outbox.up();
    put("a", 1);
    refuse("a", "token_expired");
    expect(status("a")).toBe("queued");
  });

  test("an error that is about nothing here is left to others", () => {
    expect(refuse("pull-1", "not_found")).toBe(false);
  });
});

test("[S5] an entry that comes before its answer frees the lane", () => {
  outbox.up();
  put("a", 1);
  put("b", 2);
  items.delete("a" as EntryId);
  outbox.gone("a" as EntryId);
  ack("a", 1);
  expect(taken()).toEqual(["a", "b"]);
  expect(sent).toEqual([]);
});

test("a discarded item makes room for the next at once", async () => {
  outbox.up();
  put("a", 1);
  put("b", 2);
  refuse("a", "rate_limited", 500);
  items.delete("a" as EntryId);
  await clock.advance(500);
  expect(taken()).toEqual(["a", "b"]);
});

test("it is bounded, and what is sent does not count", () => {
  for (let i = 0; i < MAX_ITEMS; i++) items.set(`m${i}` as EntryId, outboxRecord(`m${i}`, i + 1));
  expect(outbox.full).toBe(true);
  items.set("m0" as EntryId, { ...outboxRecord("m0", 1), status: "sent", seq: 1 });
  expect(outbox.full).toBe(false);
  expect(outbox.nextPosition()).toBe(MAX_ITEMS + 1);
});

test("[S2] [S4] whatever the link and the server do, a log has every item once and in order", async () => {
  const fault = fc.constantFrom(
    "fine",
    "fine",
    "fine",
    "lose answer",
    "lose both",
    "rate_limited",
    "unavailable",
    "cut",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), async (faults, count) => {
      clock = new FakeClock();
      items = new Map();
      wire = [];
      const logs = new Map<string, string[]>();
      for (let i = 0; i < count; i++) {
        const conversation = `g_${i % 3}` as ConversationId;
        items.set(`m${i}` as EntryId, { ...outboxRecord(`m${i}`, i + 1), conversation });
      }
      const local = new Outbox({
        clock,
        random: () => 0.5,
        items: () => items.values(),
        save: async (item) => void items.set(item.id, item),
        transmit: (frame) => wire.push(frame) > 0,
        sent: () => {},
      });
      local.up();
      const left = [...faults];
      for (let turn = 0; turn < 1_000 && [...items.values()].some(({ status: is }) => is !== "sent"); turn++) {
        const frame = wire.shift();
        if (frame === undefined) {
          await clock.advance(20_000);
          continue;
        }
        const { conversation, id } = frame;
        const log = logs.get(conversation) ?? [];
        logs.set(conversation, log);
        const what = left.shift() ?? "fine";
        if (what === "rate_limited" || what === "unavailable") {
          local.onError({ ref: id, code: what, message: what, retryAfterMs: 100 });
          continue;
        }
        if (what === "cut") {
          wire = [];
          local.down();
          local.up();
          continue;
        }
        if (what === "lose both") continue;
        if (!log.includes(id)) log.push(id);
        if (what === "fine") local.onSent({ conversation, id, seq: log.indexOf(id) + 1, at: 1 });
      }
      const expected = new Map<string, string[]>();
      for (let i = 0; i < count; i++) expected.set(`g_${i % 3}`, [...(expected.get(`g_${i % 3}`) ?? []), `m${i}`]);
      expect(logs).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});
