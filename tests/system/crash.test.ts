/** SIGKILL of everything under load, and what is left: the promise itself, on real processes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Entry, Page, Session } from "../../protocol/index.ts";
import { checkHistory } from "../../tools/history/check.ts";
import { MemoryHistory, recordedEntry } from "../../tools/history/record.ts";
import { SimulatedDevice } from "../simulation/device.ts";
import { Random } from "../../tools/random.ts";
import { ChatSocket } from "./support/chat.ts";
import { call, register, startDirect } from "./support/http.ts";
import { startStack, type Stack } from "./support/stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ vars: { PASSWORD_COST: "1024,8,1" } });
});
afterAll(() => stack?.stop());

/** Reads a whole log over HTTP. */
async function log(session: Session, conversation: string): Promise<{ entries: Entry[]; head: number; floor: number }> {
  const entries: Entry[] = [];
  for (let after = 0, more = true, head = 0, floor = 1; ;) {
    if (!more) return { entries, head, floor };
    const path = `GET /v1/conversations/${conversation}/entries?after=${after}&limit=200`;
    const answer = await call(stack, path, { token: session.accessToken });
    const page = answer.json() as Page;
    entries.push(...page.entries);
    ({ more, head, floor } = page);
    after = page.to;
  }
}

async function group(sessions: readonly Session[]): Promise<string> {
  const [first, ...others] = sessions as [Session, ...Session[]];
  const body = { kind: "group", title: "Everybody", members: others.map(({ user }) => user.id) };
  const answer = await call(stack, "POST /v1/conversations", { token: first.accessToken, body });
  expect(answer.status).toBe(201);
  return (answer.json() as { id: string }).id;
}

describe("SIGKILL of everything", () => {
  test.each([1, 2, 3])(
    "[S1] [S2] [S3] [S4] round %i: what was acknowledged to four senders is in the log once, in order",
    async () => {
      const sessions = await Promise.all(Array.from({ length: 4 }, () => register(stack)));
      const conversation = await group(sessions);
      const acknowledged = new Map<string, number>();
      const sent: string[][] = [];
      const flood = new AbortController();

      /** Sends as fast as it may: 16 are always on their way. */
      const sendAll = async (session: Session): Promise<void> => {
        const mine: string[] = [];
        sent.push(mine);
        const socket = await ChatSocket.connect(stack, session);
        socket.acknowledges = true;
        const lanes = Array.from({ length: 16 }, async () => {
          while (!flood.signal.aborted && socket.closed === undefined) {
            const id = crypto.randomUUID();
            mine.push(id);
            const result = await socket.say(conversation, `text of ${id}`, id).catch(() => undefined);
            if (result !== undefined) acknowledged.set(id, result.seq);
          }
        });
        await Promise.all(lanes);
      };
      const flooding = Promise.all(sessions.map(sendAll));
      while (acknowledged.size < 400) await new Promise((resolve) => setTimeout(resolve, 5));
      await stack.kill("SIGKILL");
      flood.abort();
      await flooding;
      const before = new Map(acknowledged);
      await stack.restart();

      const [witness] = sessions as [Session];
      const { entries, head } = await log(witness, conversation);
      expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, index) => index + 1));
      const seqs = new Map(entries.map(({ id, seq }) => [id as string, seq]));
      expect(seqs.size, "an id is in the log twice").toBe(entries.length);
      for (const [id, seq] of before) expect(seqs.get(id), `acknowledged ${id}`).toBe(seq);
      for (const mine of sent) {
        const order = mine.map((id) => seqs.get(id)).filter((seq) => seq !== undefined);
        expect(order, "a device's sends are out of order").toEqual(order.toSorted((a, b) => a - b));
      }
      // A retry over the crash is the same entry.
      const [id, seq] = [...before][0] as [string, number];
      const owner = sessions[sent.findIndex((mine) => mine.includes(id))] as Session;
      const again = await (await ChatSocket.connect(stack, owner)).say(conversation, `text of ${id}`, id);
      expect(again).toMatchObject({ seq, duplicate: true });
    },
    60_000,
  );

  test.each([1, 2, 3])(
    "[D1] [D2] [D3] [R1] round %i: devices that write through a crash end with everything, judged by the history checker",
    async (round) => {
      const random = new Random(round);
      const history = new MemoryHistory();
      const sessions = await Promise.all(Array.from({ length: 4 }, () => register(stack)));
      const everybody = await group(sessions);
      const direct = await startDirect(stack, (sessions[0] as Session).accessToken, (sessions[1] as Session).user.id);
      const devices = sessions.map(({ user, device, accessToken }) => {
        const open = (): Promise<ChatSocket> => ChatSocket.open(stack, accessToken);
        return new SimulatedDevice({ user: user.id, device: device.id, open }, history, random);
      });
      history.write({
        type: "run",
        seed: round,
        scenario: "crash",
        version: "test",
        startedAt: Date.now(),
        devices: devices.map(({ ports: { user, device } }) => ({ device, user })),
        resendsInOrder: true,
      });
      for (const device of devices) await device.connect();

      const step = async (): Promise<void> => {
        for (const [index, device] of devices.entries()) {
          device.noticeClosed();
          device.pump();
          if (device.outbox.length > 50) continue;
          const conversation = index < 2 && random.chance(0.4) ? direct : everybody;
          device.send(conversation as never, { kind: "message", body: { text: `text ${random.int(0, 1e6)}` } });
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      };
      for (let count = 0; count < 150; count++) await step();
      await stack.kill("SIGKILL");
      history.write({ type: "fault", kind: "SIGKILL", target: "everything", t: Date.now() });
      for (let count = 0; count < 20; count++) await step();
      await stack.restart();

      const caughtUp = async (): Promise<boolean> => {
        for (const device of devices) {
          device.noticeClosed();
          device.pump();
          if (!device.online) await device.connect();
        }
        if (devices.some(({ outbox }) => outbox.length > 0)) return false;
        const logs = await Promise.all([everybody, direct].map((id) => log(sessions[0] as Session, id)));
        const heads = [everybody, direct].map((id, index) => [id, logs[index]?.head ?? 0] as const);
        return devices.every((device, index) =>
          heads.every(([id, head]) => (id === direct && index > 1) || device.held.get(id as never) === head),
        );
      };
      const until = Date.now() + 40_000;
      while (!(await caughtUp())) {
        if (Date.now() > until) throw new Error("the devices never caught up");
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      for (const { ports } of devices) history.write({ type: "caughtUp", device: ports.device, t: Date.now() });
      for (const [id, members] of [
        [everybody, sessions],
        [direct, sessions.slice(0, 2)],
      ] as const) {
        const { entries, head, floor } = await log(sessions[0] as Session, id);
        history.write({
          type: "log",
          conversation: id,
          members: members.map(({ user }) => user.id),
          floor,
          head,
          entries: entries.map((entry) => recordedEntry(entry, "make")),
        });
      }
      const report = checkHistory(history);
      expect(report.violations).toEqual([]);
      expect(report.figures.acknowledged).toBeGreaterThan(100);
    },
    90_000,
  );
});
