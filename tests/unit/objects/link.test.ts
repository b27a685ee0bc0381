import { describe, expect, test, vi } from "vitest";
import { Link, LinkBroken, type LinkPorts } from "../../../durable-objects/shared/link.ts";
import { MeridianError } from "../../../protocol/index.ts";

/** One end of a pair of sockets without a wire: what one sends, the other hears at once. */
class End extends EventTarget {
  other: End | undefined;
  readonly sent: unknown[] = [];
  closed = false;

  send(data: unknown): void {
    if (this.closed) throw new Error("closed");
    this.sent.push(data);
    this.other?.dispatchEvent(new MessageEvent("message", { data }));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.other?.close();
    this.dispatchEvent(new Event("close"));
  }
}

function pair(left: Partial<LinkPorts> = {}, right: Partial<LinkPorts> = {}) {
  const ends = [new End(), new End()] as const;
  [ends[0].other, ends[1].other] = [ends[1], ends[0]];
  const time = { now: 1_000 };
  const timers: { at: number; run: () => void }[] = [];
  const closed = { left: 0, right: 0 };
  const make = (end: End, side: "left" | "right", ports: Partial<LinkPorts>): Link =>
    new Link(end as unknown as WebSocket, {
      handle: (request) => `${side} heard ${request}`,
      closed: () => (closed[side] += 1),
      clock: () => time.now,
      later: (run, ms) => void timers.push({ at: time.now + ms, run }),
      idleMs: 2_000,
      ...ports,
    });
  const links = { left: make(ends[0], "left", left), right: make(ends[1], "right", right) };
  /** Lets time pass, with the timers that fall into it. */
  const pass = (ms: number): void => {
    const end = time.now + ms;
    for (;;) {
      const next = timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      timers.splice(timers.indexOf(next), 1);
      time.now = next.at;
      next.run();
    }
    time.now = end;
  };
  return { ...links, ends, closed, pass };
}

describe("a link", () => {
  test("answers both ways, in the order of the requests", async () => {
    const { left, right } = pair();
    const answers = await Promise.all([left.request("a"), right.request("b"), left.request("c")]);
    expect(answers.map(({ text }) => text)).toEqual(["right heard a", "left heard b", "right heard c"]);
  });

  test("confirms what needs no answer some at a time, and says how long it kept that back", async () => {
    const done = vi.fn<() => void>();
    const { left, ends, pass } = pair({}, { handle: () => undefined, confirming: done });
    const first = [left.request("1"), left.request("2")];
    expect(ends[1].sent).toEqual([]);
    pass(100);
    expect(ends[1].sent).toEqual(["+2 100"]);
    expect(done).toHaveBeenCalledTimes(1);
    expect(await Promise.all(first)).toEqual(Array.from({ length: 2 }, () => ({ text: undefined, keptMs: 100 })));
    const many = Array.from({ length: 8 }, (_, index) => left.request(String(index)));
    await Promise.all(many);
    expect(ends[1].sent).toEqual(["+2 100", "+8 0"]);
  });

  test("an answer takes the confirmations before it along, so that it overtakes none", async () => {
    const { left, ends } = pair({}, { handle: (request) => (request === "ask" ? "told" : undefined) });
    const [quiet, asked] = await Promise.all([left.request("note"), left.request("ask")]);
    expect(ends[1].sent).toEqual(["+1 0", "=told"]);
    expect([quiet.text, asked.text]).toEqual([undefined, "told"]);
  });

  test("an error crosses with its code, and the requests after it are answered as usual", async () => {
    const { left } = pair(
      {},
      {
        handle: (request) => {
          if (request === "bad") throw new MeridianError("rate_limited", "Later.", { retryAfterMs: 7 });
          return "fine";
        },
      },
    );
    const [bad, good] = [left.request("bad"), left.request("good")];
    await expect(bad).rejects.toMatchObject({ code: "rate_limited", message: "Later.", retryAfterMs: 7 });
    await expect(bad).rejects.toBeInstanceOf(MeridianError);
    expect((await good).text).toBe("fine");
    expect(left.open).toBe(true);
  });

  test("rejects everything that waits when it breaks, once, and everything after", async () => {
    const { left, ends, closed } = pair({}, { handle: () => undefined });
    const waiting = [left.request("1"), left.request("2")];
    // The wire is cut: nothing that was kept back arrives any more.
    ends[1].other = undefined;
    ends[0].close();
    for (const request of waiting) await expect(request).rejects.toBeInstanceOf(LinkBroken);
    await expect(left.request("3")).rejects.toBeInstanceOf(LinkBroken);
    left.close();
    expect(closed.left).toBe(1);
  });

  test("ends once, also where its last confirmations find the socket gone", async () => {
    const { left, right, ends, closed } = pair({}, { handle: () => undefined });
    const waiting = left.request("1");
    ends[1].closed = true;
    right.close();
    expect(closed.right).toBe(1);
    left.close();
    await expect(waiting).rejects.toBeInstanceOf(LinkBroken);
  });

  test("is given up where the other side fails in a way that the contract does not know", async () => {
    const { left, right } = pair(
      {},
      {
        handle: () => {
          throw new TypeError("a fault");
        },
      },
    );
    await expect(left.request("1")).rejects.toMatchObject({ code: "internal" });
    expect([left.open, right.open]).toEqual([false, false]);
  });

  test.each(["x unknown", new ArrayBuffer(2)])("closes at a frame that is none of its kind: %s", (frame) => {
    const { right, ends } = pair();
    ends[0].send(frame);
    expect(right.open).toBe(false);
  });

  test("closes when nothing was said for a while, and not before", async () => {
    const { left, right, pass } = pair();
    pass(1_500);
    await left.request("still there?");
    pass(1_500);
    expect([left.open, right.open]).toEqual([true, true]);
    pass(4_000);
    expect([left.open, right.open]).toEqual([false, false]);
  });

  test("closes when an answer does not come, though it is not idle", async () => {
    const { left, right, ends, pass } = pair();
    // The other side falls silent without a word.
    ends[1].other = undefined;
    const lost = left.request("hello?");
    for (let second = 0; second < 14; second += 1) {
      pass(1_000);
      void right.request("anybody?").catch(() => undefined);
    }
    await expect(lost).rejects.toBeInstanceOf(LinkBroken);
    expect(left.open).toBe(false);
  });

  test("takes only so many requests at once", async () => {
    const { left, ends } = pair({}, { handle: () => undefined });
    ends[0].other = undefined;
    const waiting = Array.from({ length: 64 }, () => left.request("x"));
    await expect(left.request("one more")).rejects.toBeInstanceOf(LinkBroken);
    left.close();
    expect((await Promise.allSettled(waiting)).every(({ status }) => status === "rejected")).toBe(true);
  });
});
