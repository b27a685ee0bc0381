/** The service from behind: what a test prepares faster without a page. */
import { randomBytes } from "node:crypto";
import type { Session } from "../../../protocol/accounts.ts";
import type { Conversation, ConversationList, Page } from "../../../protocol/conversation.ts";
import type { ServerFrame } from "../../../protocol/frames-server.ts";
import { call } from "../../../tools/dev/demo/call.ts";
import { freshHandle, PASSWORD } from "./person.ts";

/** Signs in somebody on a device without a page. */
export async function session(url: string, handle: string): Promise<Session> {
  const device = { name: "Test", platform: "test" };
  return call<Session>({ url }, { method: "POST", path: "/v1/sessions", body: { handle, password: PASSWORD, device } });
}

/** Somebody without a page. */
export async function stranger(url: string, name: string): Promise<Session> {
  const device = { name: "Test", platform: "test" };
  const body = { handle: freshHandle(name), password: PASSWORD, displayName: name, device };
  return call<Session>({ url }, { method: "POST", path: "/v1/accounts", body });
}

/** The direct chat of two people. */
export async function direct(url: string, one: Session, other: Session): Promise<Conversation> {
  const body = { kind: "direct", user: other.user.id };
  return call<Conversation>({ url }, { method: "POST", path: "/v1/conversations", token: one.accessToken, body });
}

/** The texts of somebody's newest conversation, as the server has them: at most 200. */
export async function newestLog(url: string, { accessToken: token }: Session): Promise<readonly string[]> {
  const get = <T>(path: string): Promise<T> => call<T>({ url }, { method: "GET", path, token });
  const { conversations } = await get<ConversationList>("/v1/conversations?limit=1");
  const { entries } = await get<Page>(`/v1/conversations/${conversations[0]?.id}/entries?after=0&limit=200`);
  return entries.flatMap((entry) => (entry.kind === "message" && entry.body !== null ? [entry.body.text ?? ""] : []));
}

/** Sends under way at once: the service takes few hundred of them before it asks for patience. */
const WINDOW = 64;

/**
 * Sends many messages over one socket, in their order and as fast as the service takes them.
 *
 * @returns when all are durable
 */
export async function sendMany(
  url: string,
  by: Session,
  conversation: string,
  texts: readonly string[],
): Promise<void> {
  const address = new URL("/v1/socket", url);
  address.protocol = "ws:";
  const socket = new WebSocket(address, ["meridian.v1", `bearer.${by.accessToken}`]);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let [begun, sent] = [0, 0];
  const sendOn = (): void => {
    for (; begun < texts.length && begun - sent < WINDOW; begun += 1) {
      const body = { text: texts[begun] };
      socket.send(JSON.stringify({ type: "send", conversation, id: freshId(), kind: "message", body }));
    }
  };
  socket.addEventListener("close", () => reject(new Error(`The socket closed after ${sent} of ${texts.length}.`)));
  socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "hello", since: null })));
  socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(String(data)) as ServerFrame;
    if (frame.type === "ready") {
      sendOn();
    } else if (frame.type === "sent") {
      sent += 1;
      if (sent === texts.length) resolve();
      else sendOn();
    } else if (frame.type === "error") {
      reject(new Error(`${frame.code}: ${frame.message}`));
    }
  });
  try {
    await promise;
  } finally {
    socket.close();
  }
}

function freshId(): string {
  const hex = Date.now().toString(16).padStart(12, "0") + randomBytes(10).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
