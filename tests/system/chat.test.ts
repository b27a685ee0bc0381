/** Two people over real sockets of the real service. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page, Session } from "../../protocol/index.ts";
import { ChatSocket } from "./support/chat.ts";
import { call, DEVICE, PASSWORD, register, startDirect } from "./support/http.ts";
import { startStack, type Stack } from "./support/stack.ts";

let stack: Stack;
let ada: Session;
let ben: Session;
let chat: string;
beforeAll(async () => {
  stack = await startStack({ vars: { PASSWORD_COST: "1024,8,1" } });
  [ada, ben] = await Promise.all([register(stack), register(stack)]);
  chat = await startDirect(stack, ada.accessToken, ben.user.id);
});
afterAll(() => stack?.stop());

describe("two people", () => {
  test("[S1] [S5] [W1] a message is acknowledged, comes back, and reaches the other side", async () => {
    const a = await ChatSocket.connect(stack, ada);
    const b = await ChatSocket.connect(stack, ben);
    expect(a.protocol).toBe("meridian.v1");
    const { seq } = await a.say(chat, "hello");
    for (const socket of [a, b]) {
      const frame = await socket.next("entries", ({ to, conversation }) => conversation === chat && to >= seq);
      expect(frame.entries.at(-1)).toMatchObject({ seq, body: { text: "hello" }, sender: { user: ada.user.id } });
    }
    a.cut();
    b.cut();
  });

  test("[D2] [D3] a message to somebody who is offline is there when they connect", async () => {
    const a = await ChatSocket.connect(stack, ada);
    const first = await ChatSocket.connect(stack, ben);
    const { sync } = await first.ready();
    first.cut();
    await first.whenClosed();
    const { seq } = await a.say(chat, "are you there?");
    const back = await ChatSocket.connect(stack, ben, sync);
    const frame = await back.next("entries", ({ to }) => to >= seq);
    expect(frame.entries.at(-1)).toMatchObject({ seq, body: { text: "are you there?" } });
    expect((await back.ready()).conversations[0]).toMatchObject({ id: chat, head: seq, last: { seq } });
    a.cut();
    back.cut();
  });

  test("[S4] [E1] a send over HTTP and over the socket with the same id is one entry", async () => {
    const id = crypto.randomUUID();
    const path = `POST /v1/conversations/${chat}/entries`;
    const body = { id, kind: "message", body: { text: "twice" } };
    const first = await call(stack, path, { token: ada.accessToken, body });
    expect(first.status).toBe(201);
    const second = await call(stack, path, { token: ada.accessToken, body });
    expect(second.status).toBe(200);
    expect(second.json()).toMatchObject({ seq: (first.json() as { seq: number }).seq, duplicate: true });
    const a = await ChatSocket.connect(stack, ada);
    expect(await a.say(chat, "twice", id)).toMatchObject({ duplicate: true });
    const other = { ...body, body: { text: "another" } };
    expect((await call(stack, path, { token: ada.accessToken, body: other })).status).toBe(409);
    a.cut();
  });

  test("[E5] bodies past their limits are refused on both ways, and nothing is appended", async () => {
    const a = await ChatSocket.connect(stack, ada);
    const path = `/v1/conversations/${chat}/entries`;
    const head = async (): Promise<number> =>
      ((await call(stack, `GET ${path}`, { token: ada.accessToken })).json() as Page).head;
    const before = await head();
    const text = "x".repeat(8_193);
    await expect(a.say(chat, text)).rejects.toMatchObject({ code: "payload_too_large" });
    const body = { id: crypto.randomUUID(), kind: "message", body: { text } };
    const answer = await call(stack, `POST ${path}`, { token: ada.accessToken, body });
    expect([answer.status, (answer.json() as { code: string }).code]).toEqual([413, "payload_too_large"]);
    const sealed = { id: crypto.randomUUID(), kind: "sealed", body: { ciphertext: "A".repeat(262_200) } };
    expect((await call(stack, `POST ${path}`, { token: ada.accessToken, body: sealed })).status).toBe(413);
    expect(await head()).toBe(before);
    a.cut();
  });

  test("history pages forwards and backwards without a gap", async () => {
    const a = await ChatSocket.connect(stack, ada);
    for (let index = 0; index < 25; index++) await a.say(chat, `n${index}`);
    const get = async (query: string): Promise<Page> => {
      const path = `GET /v1/conversations/${chat}/entries?${query}`;
      return (await call(stack, path, { token: ben.accessToken })).json() as Page;
    };
    const { head } = await get("limit=1");
    const onwards: number[] = [];
    for (let after = 0, more = true; more;) {
      const page = await get(`after=${after}&limit=7`);
      expect(page.after).toBe(after);
      onwards.push(...page.entries.map(({ seq }) => seq));
      ({ more, to: after } = page);
    }
    const back: number[] = [];
    for (let before = head + 1, more = true; more;) {
      const page = await get(`before=${before}&limit=7`);
      expect(page.to).toBe(before - 1);
      back.unshift(...page.entries.map(({ seq }) => seq));
      ({ more } = page);
      before = page.after + 1;
    }
    const all = Array.from({ length: head }, (_, index) => index + 1);
    expect(onwards).toEqual(all);
    expect(back).toEqual(all);
    a.cut();
  });

  test("[W3] ping is answered by pong", async () => {
    const a = await ChatSocket.connect(stack, ada);
    const pong = new Promise<void>((resolve) => {
      a.raw.addEventListener("message", ({ data }) => data === "pong" && resolve());
    });
    a.sendRaw("ping");
    await pong;
    a.cut();
  });

  test("[W2] binary and broken frames are answered, ten in a row close with 4400", async () => {
    const a = await ChatSocket.connect(stack, ada);
    a.sendRaw(new Uint8Array([1, 2, 3]));
    a.sendRaw("{");
    await a.next("error", () => a.frames.filter(({ type }) => type === "error").length === 2);
    for (let count = 0; count < 8; count++) a.sendRaw("nonsense");
    expect(await a.whenClosed()).toEqual({ code: 4400 });
  });

  test("[A5] [W4] a device that another one revokes is closed with 4403 and refused", async () => {
    const body = { handle: ben.user.handle, password: PASSWORD, device: DEVICE };
    const second = (await call(stack, "POST /v1/sessions", { body })).json() as Session;
    const socket = await ChatSocket.connect(stack, second);
    const path = `DELETE /v1/me/devices/${second.device.id}`;
    expect((await call(stack, path, { token: ben.accessToken })).status).toBe(204);
    expect(await socket.whenClosed()).toEqual({ code: 4403 });
    const send = { id: crypto.randomUUID(), kind: "message", body: { text: "still me" } };
    const refused = await call(stack, `POST /v1/conversations/${chat}/entries`, {
      token: second.accessToken,
      body: send,
    });
    expect([refused.status, (refused.json() as { code: string }).code]).toEqual([401, "device_revoked"]);
    await expect(ChatSocket.open(stack, second.accessToken)).rejects.toThrow();
  });
});
