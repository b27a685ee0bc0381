/**
 * Search in the messages that this device holds; the server is asked nothing, so that it works on sealed ones too.
 */
import type { ConversationId } from "../../protocol/ids.ts";
import type { Storage } from "../storage/storage.ts";
import { readable } from "../sync/content.ts";
import type { SearchHit } from "../types/state.ts";

/** Entries read at once. */
const BATCH = 500;
/** Entries looked at in all, newest first, per conversation. */
const MAX_SCANNED = 20_000;

/** Text without case and accents, so that "Café" is found by "cafe". */
export function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * Messages that contain all words of a text, in what they say or in the names of their files, newest first over all conversations.
 *
 * @param conversations where to look
 * @param limit hits at most
 */
export async function search(
  storage: Storage,
  conversations: readonly ConversationId[],
  text: string,
  limit: number,
): Promise<readonly SearchHit[]> {
  const words = plain(text).split(/\s+/u).filter(Boolean);
  if (words.length === 0 || limit <= 0) return [];
  const hits: SearchHit[] = [];
  for (const conversation of conversations) hits.push(...(await searchOne(storage, conversation, words, limit)));
  return hits.sort((a, b) => b.at - a.at).slice(0, limit);
}

async function searchOne(
  storage: Storage,
  conversation: ConversationId,
  words: readonly string[],
  limit: number,
): Promise<readonly SearchHit[]> {
  const hits: SearchHit[] = [];
  // Backwards, an edit is met before its message: the first text met is the newest.
  const edited = new Map<string, string>();
  let to = Infinity;
  for (let scanned = 0; scanned < MAX_SCANNED && hits.length < limit; scanned += BATCH) {
    const batch = await storage.entries(conversation, { after: 0, to, limit: BATCH, newest: true });
    for (const stored of batch.toReversed()) {
      const entry = readable(stored);
      const { seq, id, sender, at } = entry;
      if (entry.deleted) continue;
      if (entry.kind === "edit") {
        const key = `${sender.user} ${entry.body.target}`;
        if (!edited.has(key)) edited.set(key, entry.body.text);
      }
      if (entry.kind !== "message") continue;
      const said = edited.get(`${sender.user} ${id}`) ?? entry.body.text ?? "";
      const names = (entry.body.media ?? []).map(({ name }) => name);
      // What is not in the text may be in the names of its files, which are then part of what is found.
      const text = [said, [said, ...names].join(" ").trim()].find((where) => {
        const found = plain(where);
        return words.every((word) => found.includes(word));
      });
      if (text !== undefined) hits.push({ conversation, seq, id, sender: sender.user, at, text });
      if (hits.length >= limit) break;
    }
    const [first] = batch;
    if (batch.length < BATCH || first === undefined) break;
    to = first.entry.seq - 1;
  }
  return hits;
}
