/** A planned stop on real processes: who is connected is told when to come back. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ChatSocket } from "./support/chat.ts";
import { register } from "./support/http.ts";
import { startStack, type Stack } from "./support/stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ vars: { PASSWORD_COST: "1024,8,1" } });
});
afterAll(() => stack?.stop());

test("[W4] SIGTERM: every client gets a goodbye with a moment of its own, then 1012, and can come back", async () => {
  const sessions = await Promise.all(Array.from({ length: 24 }, () => register(stack)));
  const sockets = await Promise.all(sessions.map((session) => ChatSocket.connect(stack, session)));
  const restarted = stack.restart();
  const goodbyes = await Promise.all(sockets.map((socket) => socket.next("goodbye")));
  const closes = await Promise.all(sockets.map((socket) => socket.whenClosed()));
  await restarted;

  expect(closes.map(({ code }) => code)).toEqual(closes.map(() => 1012));
  for (const socket of sockets) expect(socket.frames.at(-1)?.type, "nothing follows a goodbye").toBe("goodbye");
  const moments = goodbyes.map(({ reconnectAfterMs }) => reconnectAfterMs).toSorted((a, b) => a - b);
  expect(new Set(moments).size, "moments differ").toBeGreaterThan(18);
  // Spread over the whole window, not bunched: no quarter of it is empty, none has most of them.
  const [first = 0, last = 0] = [moments.at(0), moments.at(-1)];
  expect(last - first).toBeGreaterThan(400);
  const quarters = [0, 0, 0, 0];
  for (const moment of moments) {
    const quarter = Math.min(3, Math.floor((4 * (moment - first)) / (last - first)));
    quarters[quarter] = (quarters[quarter] ?? 0) + 1;
  }
  expect(Math.max(...quarters)).toBeLessThan(20);
  expect(stack.log()).toContain("Told 24 clients when to come back.");

  const [session, socket] = [sessions[0], sockets[0]];
  if (session === undefined || socket === undefined) throw new Error("there are 24");
  const { sync } = await socket.ready();
  const again = await ChatSocket.connect(stack, session, sync);
  expect(await again.ready()).toMatchObject({ conversations: [] });
  again.cut();
  await again.whenClosed();
});

test("SIGTERM with nobody connected has nobody to tell", async () => {
  await stack.restart();
  expect(stack.log().match(/^Told /gm)).toHaveLength(1);
});
