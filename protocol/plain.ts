/**
 * The frames that nearly all traffic consists of, told without their schemas: a send of a plain text, and a `received`.
 * Nothing is decided here: what is recognised is exactly what the schema would make of it, and everything else, right or
 * wrong, is the schema's to judge.
 */
import type { SendFrame } from "./frames-client.ts";
import { isId, type ConversationId, type EntryId } from "./ids.ts";

/** Longer texts are rare, and held against more limits than this one. */
const MAX_CHARS = 4_000;

interface Received {
  readonly type: "received";
  readonly conversation: ConversationId;
  readonly seq: number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * @param json what came from JSON
 * @returns the frame, or undefined where its schema must look at it
 */
export function plainFrame(json: unknown): SendFrame | Received | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { type, conversation, id, kind, body, seq } = json as Fields;
  if (!isId(conversation)) return undefined;
  if (type === "received") {
    const counts = Number.isSafeInteger(seq) && (seq as number) >= 0;
    return counts ? { type, conversation: conversation as ConversationId, seq: seq as number } : undefined;
  }
  if (type !== "send" || kind !== "message" || !isId(id) || !isPlain(body)) return undefined;
  return { type, conversation: conversation as ConversationId, id: id as EntryId, kind, body };
}

/** Whether a body has a text and nothing else. */
export function isPlain(body: unknown): body is { text: string } {
  if (typeof body !== "object" || body === null) return false;
  const { text } = body as Fields;
  if (typeof text !== "string" || text === "" || text.length > MAX_CHARS) return false;
  for (const key in body) if (key !== "text") return false;
  return true;
}
