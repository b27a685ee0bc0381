/**
 * What the worker does in the user's name. It uses the SDK as a page does: where a page is open, that page does the work
 * and the worker asks it; where none is, the worker takes the lock that pages share, and with it the store, the session
 * and the renewing of tokens, and lets go when it is done.
 */
import { Meridian, type ConversationId } from "../../client/index.ts";
import { IndexedDbStorage } from "../../client/storage/indexeddb.ts";
import { renewPush } from "../../client/push.ts";
import type { PushNotice } from "../../protocol/push.ts";
import type { Known } from "../src/notifications/content.ts";
import { scope } from "./scope.ts";

/** Browsers give a worker about half a minute. */
const PATIENCE_MS = 20_000;

/**
 * Sends a reply. It is in the outbox first: what does not reach the server now is sent when a page opens.
 *
 * @throws MeridianError where it was refused or could not be kept; Error where it is not sent yet
 */
export async function reply(conversation: ConversationId, text: string, upTo: number): Promise<void> {
  await withMeridian(true, async (meridian) => {
    const message = await meridian.send(conversation, text);
    await message.sent();
    await read(meridian, conversation, upTo);
  });
}

/** @throws MeridianError where the server could not be told */
export async function markRead(conversation: ConversationId, upTo: number): Promise<void> {
  await withMeridian(false, (meridian) => read(meridian, conversation, upTo));
}

/** The browser renewed its subscription: the server is told of the new one. */
export async function renew(): Promise<void> {
  await withMeridian(false, (meridian) => renewPush(meridian, scope.registration));
}

async function read(meridian: Meridian, conversation: ConversationId, upTo: number): Promise<void> {
  // On this device first: an open page shows it at once. One that this device does not hold yet is only the server's.
  await meridian.markRead(conversation, upTo).catch(() => undefined);
  await meridian.request("PUT", `/v1/conversations/${conversation}/read`, { seq: upTo });
}

async function withMeridian(connects: boolean, work: (meridian: Meridian) => Promise<void>): Promise<void> {
  const meridian = new Meridian({ url: location.origin, autoConnect: connects });
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("It took too long.")), PATIENCE_MS);
  try {
    await Promise.race([work(meridian), late.promise]);
  } finally {
    clearTimeout(timer);
    await meridian.close();
  }
}

/** What this device holds of a conversation. Read without the lock: only looked at. */
export interface Held extends Known {
  readonly read: number;
}

/** How far each conversation is read, and what the one of a notice is called here. */
export async function heldOf(notice: PushNotice): Promise<Held & { readonly reads: ReadonlyMap<string, number> }> {
  const storage = new IndexedDbStorage();
  try {
    const { conversations } = await storage.load();
    const reads = new Map<string, number>(conversations.map(({ id, read: seq }) => [id, seq]));
    const record = conversations.find(({ id }) => id === notice.conversation);
    const isGroup = record?.kind === "group";
    const sender =
      isGroup && notice.sender !== undefined ? (await storage.profile(notice.sender))?.profile?.displayName : undefined;
    const title = isGroup ? record.title : record?.peer?.displayName;
    return { read: record?.read ?? 0, reads, isGroup, title: title ?? undefined, sender };
  } catch {
    // A notification without a name is better than none.
    return { read: 0, reads: new Map() };
  } finally {
    await storage.close().catch(() => undefined);
  }
}
