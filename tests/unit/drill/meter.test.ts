import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Meter } from "../../../tools/drill/run/meter.ts";

const START = 1_000_000;
const onSocket = { device: "a", session: 1 };

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

test("a message waits from the outbox to its first answer; repeats of the answer count nothing", () => {
  const meter = new Meter();
  meter.start();
  meter.enqueue("m", START);
  vi.setSystemTime(START + 700);
  const answer = { type: "acknowledged", conversation: "c", id: "m", seq: 1, at: START, duplicate: false } as const;
  meter.write({ ...answer, ...onSocket, t: START + 700 });
  meter.write({ ...answer, ...onSocket, t: START + 900 });
  expect(meter.longestStall).toBe(700);
  expect(meter.acknowledged).toBe(1);
  expect(meter.backlog.map(({ value }) => value)).toEqual([0, 1, 0]);
  expect(meter.series().backlog).toEqual([1, 1, 0]);
});

test("a device is live from its ready to its close, and a new socket counts as a connection", () => {
  const meter = new Meter();
  meter.start();
  meter.write({ type: "connected", ...onSocket, t: START });
  meter.write({ type: "ready", ...onSocket, t: START, sync: "1", more: false, conversations: {} });
  vi.setSystemTime(START + 300);
  meter.write({ type: "closed", ...onSocket, t: START + 300, code: 1006 });
  expect(meter.live.map(({ value }) => value)).toEqual([0, 1, 0]);
  expect(meter.series().live).toEqual([1, 0]);
  expect(meter.connects).toEqual([START]);
});

test("a delivery is the first arrival at each other device, not a replay and not one's own", () => {
  const meter = new Meter();
  meter.start();
  meter.enqueue("m", START);
  const entry = { seq: 1, id: "m", user: "u", device: "a", at: START, kind: "message" } as const;
  const frame = { type: "entries", session: 1, conversation: "c", after: 0, to: 1, head: 1, entries: [entry] } as const;
  for (const device of ["a", "b", "b", "c"]) {
    meter.write({ ...frame, entries: [entry], device, t: START + 100 });
  }
  expect(meter.series().delivered).toEqual([8]);
  expect(meter.series().deliveryMax).toEqual([100]);
});

test("where the answer was lost, the message's own entry in the stream ends its wait", () => {
  const meter = new Meter();
  meter.start();
  meter.enqueue("m", START);
  const entry = { seq: 1, id: "m", user: "u", device: "a", at: START, kind: "message" } as const;
  const frame = { conversation: "c", after: 0, to: 1, head: 1, entries: [entry], t: START + 400 };
  vi.setSystemTime(START + 400);
  meter.write({ type: "entries", ...onSocket, ...frame });
  expect(meter.longestStall).toBe(400);
  expect(meter.backlog.at(-1)?.value).toBe(0);
});
