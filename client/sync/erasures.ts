/**
 * [E3] a delete erases bodies from the server; this finds what it erases of what the device holds.
 */
import type { ConversationId, EntryId, UserId } from "../../protocol/ids.ts";
import type { Storage, StoredEntry } from "../storage/storage.ts";
import { readable } from "./content.ts";

/**
 * What the deletes among new entries erase: by the delete's seq, the target and its edits as they are held.
 *
 * @param fresh entries that are about to be stored, ascending; a delete may mean one of them
 */
export async function erasures(
  storage: Storage,
  conversation: ConversationId,
  fresh: readonly StoredEntry[],
): Promise<ReadonlyMap<number, readonly StoredEntry[]>> {
  const erased = new Map<number, readonly StoredEntry[]>();
  const gone = new Set<number>();
  for (const stored of fresh) {
    const entry = readable(stored);
    if (entry.kind !== "delete" || entry.deleted) continue;
    const { target } = entry.body;
    const older = ({ entry: { seq } }: StoredEntry) => seq < entry.seq;
    const named = fresh.filter((each) => each.entry.id === target && older(each));
    const candidates = merge(await storage.byId(conversation, target), named).filter(older);
    const meant = pick(candidates, entry.sender.user);
    if (meant === undefined) continue;
    const changers = fresh.filter((each) => each.target === target && older(each));
    const edits = merge(await storage.targeting(conversation, [target]), changers).filter(
      (each) => older(each) && readable(each).kind === "edit" && each.entry.sender.user === meant.entry.sender.user,
    );
    const found = [meant, ...edits].filter((each) => each.entry.deleted !== true && !gone.has(each.entry.seq));
    for (const each of found) gone.add(each.entry.seq);
    erased.set(entry.seq, found);
  }
  return erased;
}

/** The sender's own entry of an id if there is one, else the one of lowest seq. */
export function pick(entries: readonly StoredEntry[], user: UserId): StoredEntry | undefined {
  return entries.find(({ entry }) => entry.sender.user === user) ?? entries[0];
}

/** What a sender means by an id, of what is held. */
export async function meant(
  storage: Storage,
  conversation: ConversationId,
  user: UserId,
  id: EntryId,
): Promise<StoredEntry | undefined> {
  return pick(await storage.byId(conversation, id), user);
}

/** Both lists by seq, the second one's entry where both have one. */
function merge(held: readonly StoredEntry[], fresh: readonly StoredEntry[]): StoredEntry[] {
  const bySeq = new Map([...held, ...fresh].map((stored) => [stored.entry.seq, stored]));
  return [...bySeq.values()].sort((a, b) => a.entry.seq - b.entry.seq);
}
