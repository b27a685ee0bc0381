/** Small parts that are hard to see through the whole. */
import { beforeEach, describe, expect, test } from "vitest";
import type { OutFrame } from "../../../client/connection/frames.ts";
import { Acks } from "../../../client/sync/acks.ts";
import { Pulls } from "../../../client/sync/pulls.ts";
import { MAX_HELD } from "../../../client/sync/log.ts";
import { trim, width } from "../../../client/sync/ranges.ts";
import { backoff } from "../../../client/connection/backoff.ts";
import { Lines } from "../../../client/views/lines.ts";
import { Stretch } from "../../../client/views/stretch.ts";
import type { Page } from "../../../protocol/conversation.ts";
import { FakeClock, settle } from "./support/clock.ts";
import { conversation, device, message, user } from "./support/entries.ts";
import { outboxRecord } from "./support/storage-contract.ts";

const tea = conversation("tea");
let clock: FakeClock;
let sent: OutFrame[];
let linked: boolean;
const send = (frame: OutFrame) => linked && sent.push(frame) > 0;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  linked = true;
});

describe("[C4] acks", () => {
  test("only rise, whatever the order in which stretches were stored", async () => {
    const acks = new Acks(clock, send);
    acks.stored(tea, 5);
    acks.stored(tea, 3);
    acks.stored(conversation("coffee"), 1);
    await clock.advance(250);
    expect(sent).toEqual([
      { type: "received", conversation: tea, seq: 5 },
      { type: "received", conversation: conversation("coffee"), seq: 1 },
    ]);
  });

  test("of a link that broke are forgotten: the next hello says them", async () => {
    const acks = new Acks(clock, send);
    acks.stored(tea, 5);
    acks.down();
    await clock.advance(1_000);
    expect(sent).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe("pulls", () => {
  const page: Page = { after: 0, to: 1, entries: [], head: 1, floor: 1, more: false };
  const refs = () => sent.map((frame) => (frame.type === "pull" ? frame.ref : ""));

  test("each answer goes to its question", async () => {
    const pulls = new Pulls(clock, send);
    const [one, two] = [pulls.pull(tea, { after: 0 }), pulls.pull(tea, { before: 9 }, 5)];
    expect(sent).toMatchObject([
      { after: 0, limit: 200 },
      { before: 9, limit: 5 },
    ]);
    const [first = "", second = ""] = refs();
    expect(pulls.onPage(second, { ...page, to: 8 })).toBe(true);
    expect(pulls.onPage(first, page)).toBe(true);
    expect(pulls.onPage("pull-99", page)).toBe(false);
    expect([await one, (await two).to]).toEqual([page, 8]);
    expect(clock.pending).toBe(0);
  });

  test("a busy server is asked again after as long as it says, five times at most", async () => {
    const pulls = new Pulls(clock, send);
    const failure = pulls.pull(tea, { after: 0 }).catch((error: unknown) => error);
    for (let i = 1; i <= 5; i++) {
      expect(sent).toHaveLength(i);
      pulls.onError({ type: "error", ref: refs().at(-1) ?? "", code: "rate_limited", message: "x", retryAfterMs: 700 });
      await clock.advance(700);
    }
    expect(await failure).toMatchObject({ code: "rate_limited" });
    expect(sent).toHaveLength(5);
  });

  test("fail without a link, with a broken one, and when no answer comes", async () => {
    const pulls = new Pulls(clock, send);
    linked = false;
    await expect(pulls.pull(tea, { after: 0 })).rejects.toMatchObject({ code: "offline" });
    linked = true;
    const broken = pulls.pull(tea, { after: 0 }).catch((error: unknown) => error);
    pulls.down();
    expect(await broken).toMatchObject({ code: "offline" });
    const silent = pulls.pull(tea, { after: 0 }).catch((error: unknown) => error);
    await clock.advance(15_000);
    expect(await silent).toMatchObject({ code: "timeout" });
  });
});

test("[C3] back-off has full jitter up to a bound that doubles to 30 s, on top of what the server asks for", () => {
  expect([1, 2, 3, 7, 50].map((failures) => backoff(failures, 1))).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
  expect(backoff(3, 0)).toBe(0);
  expect(backoff(1, 0.5, 7_000)).toBe(7_250);
});

test("what a device holds of a conversation is bounded: the oldest goes", () => {
  const held = trim(
    [
      { after: 0, to: 10 },
      { after: 50, to: MAX_HELD },
    ],
    100,
  );
  expect(held).toEqual([{ after: MAX_HELD - 100, to: MAX_HELD }]);
  expect(
    width(
      trim(
        [
          { after: 0, to: 10 },
          { after: 50, to: 60 },
        ],
        15,
      ),
    ),
  ).toBe(15);
});

test("an outbox item whose entry is in the log already is not shown a second time", async () => {
  const entry = message(1, "ada", "once", "same");
  const stretch = new Stretch({
    range: { after: 0, to: 1 },
    entries: [{ conversation: tea, entry }],
    later: [],
    atStart: true,
    atEnd: true,
  });
  const { items } = new Lines().build({
    stretch,
    outbox: [outboxRecord("same", 1), outboxRecord("other", 2)],
    receipts: { delivered: 0, read: 0 },
    me: user("ada"),
    device: device("ada"),
    quotes: new Map(),
  });
  await settle();
  expect(items.map((item) => item.type === "message" && [item.text, item.status])).toEqual([
    ["once", "sent"],
    ["other", "queued"],
  ]);
});
