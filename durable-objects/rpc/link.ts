/**
 * What goes over the link between a Conversation object and a member's User object: deliveries one way, appends the other.
 * Both may be said as calls too, and mean the same there. Entries travel as the JSON text they are, never parsed on the way.
 */
import type { AppendItem, AppendReply } from "./conversation.ts";
import type { Delivery, NotedBatch } from "./user.ts";

/** The address at which a User object takes a link in; the edge hands over upgrades of one other path only. */
const PATH = "/link/";

export function linkRequest(conversation: string): Request {
  return new Request(`https://user${PATH}${conversation}`, { headers: { Upgrade: "websocket" } });
}

/** @returns the conversation whose object wants a link, or undefined where the request is something else */
export function linkedConversation(url: string): string | undefined {
  const { pathname } = new URL(url);
  return pathname.startsWith(PATH) ? pathname.slice(PATH.length) : undefined;
}

export function encodeDelivery({ json, ...head }: Delivery): string {
  return `${JSON.stringify(head)}\n${json}`;
}

export function decodeDelivery(text: string): Delivery {
  const end = text.indexOf("\n");
  return { ...(JSON.parse(text.slice(0, end)) as Omit<Delivery, "json">), json: text.slice(end + 1) };
}

export function encodeItems(items: readonly AppendItem[]): string {
  return JSON.stringify(items);
}

export function decodeItems(text: string): AppendItem[] {
  return JSON.parse(text) as AppendItem[];
}

export function encodeReply({ outcomes, batch }: AppendReply): string {
  if (batch === null) return `${JSON.stringify({ outcomes, batch })}\n`;
  const { json, ...head } = batch;
  return `${JSON.stringify({ outcomes, batch: head })}\n${json}`;
}

export function decodeReply(text: string): AppendReply {
  const end = text.indexOf("\n");
  const { outcomes, batch } = JSON.parse(text.slice(0, end)) as Pick<AppendReply, "outcomes"> & {
    batch: Omit<NotedBatch, "json"> | null;
  };
  return { outcomes, batch: batch === null ? null : { ...batch, json: text.slice(end + 1) } };
}
