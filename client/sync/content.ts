/**
 * From entries to what they say: the only place where the codec's answer and the log meet.
 */
import type { Entry, LiveEntry, MemberContent } from "../../protocol/entry.ts";
import type { ConversationId, EntryId } from "../../protocol/ids.ts";
import type { Codec, Content } from "../codec.ts";
import type { StoredEntry } from "../storage/storage.ts";

type MemberEntry = Extract<LiveEntry, { kind: MemberContent["kind"] }>;

/** Reads an entry with the codec, once, for keeping. What the codec cannot read or throws at is unreadable. */
export async function store(codec: Codec, conversation: ConversationId, entry: Entry): Promise<StoredEntry> {
  if (!isMemberEntry(entry)) return { conversation, entry };
  const content = await decode(codec, conversation, entry);
  const target = targetOf(content);
  return {
    conversation,
    entry,
    // A codec that hands the entry back as it is needs no second copy.
    ...(content === (entry as unknown) ? {} : { content }),
    ...(target === undefined ? {} : { target }),
  };
}

/** The entry that a content refers to by changing it. */
export function targetOf(content: Content | null): EntryId | undefined {
  return content === null || content.kind === "message" ? undefined : content.body.target;
}

/** The entry as views see it: with its readable kind and body where there is one. */
export function readable({ entry, content }: StoredEntry): Entry {
  if (content === undefined || content === null || entry.deleted) return entry;
  // Kind and body come together from one Content, which the spread cannot show.
  return { ...entry, kind: content.kind, body: content.body } as Entry;
}

/** True where it is a line of its own in a timeline that a member wrote. */
export function isMessage(stored: StoredEntry): boolean {
  const { kind } = readable(stored);
  return kind === "message" || kind === "sealed";
}

/** [E6] what counts as unread; by the kind that the server sees, so that both count the same. */
export function isCountable({ kind }: Entry): boolean {
  return kind === "message" || kind === "sealed";
}

/** [E3] what is left of an entry once its body is erased. */
export function erase({ conversation, entry }: StoredEntry): StoredEntry {
  return { conversation, entry: { ...entry, body: null, deleted: true, digest: entry.digest ?? "" } };
}

async function decode(codec: Codec, conversation: ConversationId, entry: MemberEntry): Promise<Content | null> {
  try {
    return await codec.decode(entry, { conversation, id: entry.id });
  } catch {
    return null;
  }
}

function isMemberEntry(entry: Entry): entry is MemberEntry {
  switch (entry.kind) {
    case "message":
    case "sealed":
    case "edit":
    case "delete":
    case "reaction":
      return entry.deleted !== true;
    default:
      return false;
  }
}
