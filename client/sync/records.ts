/**
 * Pure steps of a conversation's record: by a summary from the server, and by entries of the stream.
 */
import type { Conversation, Summary, Watermarks } from "../../protocol/conversation.ts";
import type { EntryId, UserId } from "../../protocol/ids.ts";
import type { ConversationRecord, StoredEntry } from "../storage/storage.ts";
import { erase, isCountable, isMessage, readable } from "./content.ts";

/** A record of which nothing is known but what an HTTP call or a first entry told. */
export function newRecord(conversation: Conversation, now: number): ConversationRecord {
  return {
    ...conversation,
    read: 0,
    readSent: 0,
    unread: 0,
    countedTo: 0,
    mentions: 0,
    mutedUntil: null,
    receipts: { delivered: 0, read: 0 },
    last: null,
    lastEdited: false,
    activityAt: now,
    draft: "",
  };
}

/** The parts that an HTTP call answers. */
export function withConversation(record: ConversationRecord, conversation: Conversation): ConversationRecord {
  const { head, floor, ...rest } = conversation;
  return { ...record, ...rest, head: Math.max(record.head, head), floor: Math.max(record.floor, floor) };
}

/**
 * Takes the server's view of a conversation. A summary may be older than entries that came since; what this device
 * knows better it keeps.
 *
 * @param last `summary.last`, read by the codec
 * @param now server time in ms, for a conversation that nothing has happened in
 */
export function withSummary(
  before: ConversationRecord | undefined,
  summary: Summary,
  last: StoredEntry | null,
  now: number,
): ConversationRecord {
  const { cursor: _, read, unread, mutedUntil, last: __, receipts, peer, ...conversation } = summary;
  const record = before ?? newRecord(conversation, last?.entry.at ?? now);
  const next: ConversationRecord = {
    ...withConversation(record, conversation),
    // A title that is gone from the summary is gone; everything else of a conversation is always there.
    title: conversation.title,
    read: Math.max(record.read, read),
    readSent: Math.max(record.readSent, read),
    mutedUntil,
    receipts: highest(record.receipts, receipts),
    ...(peer === undefined ? {} : { peer }),
    activityAt: Math.max(record.activityAt, last?.entry.at ?? 0),
  };
  if (before !== undefined && summary.head < record.countedTo) return next;
  const counted = { ...withLast(next, last), countedTo: summary.head };
  // Reads that the server does not know of yet: what it calls unread is too much.
  if (next.read > read) return next.read >= summary.head ? { ...counted, unread: 0, mentions: 0 } : counted;
  return { ...counted, unread, mentions: unread === 0 ? 0 : next.mentions };
}

/** The server's last message, unless ours is the same one with newer text. */
function withLast(record: ConversationRecord, last: StoredEntry | null): ConversationRecord {
  const held = record.last;
  if (held !== null && last !== null && held.entry.seq === last.entry.seq && last.entry.deleted !== true) return record;
  return { ...record, last, lastEdited: false };
}

export interface Advance {
  readonly record: ConversationRecord;
  /** Messages by others that nobody had counted before. */
  readonly arrived: readonly StoredEntry[];
}

/**
 * Takes entries of the stream, ascending; those that were counted before change nothing.
 *
 * @param to end of the range that they cover
 * @param erased by the seq of a `delete`, what it erased of what is held
 */
export function withEntries(
  before: ConversationRecord,
  me: UserId,
  entries: readonly StoredEntry[],
  { to, head, erased }: { to: number; head: number; erased: ReadonlyMap<number, readonly StoredEntry[]> },
): Advance {
  let record = before;
  const arrived: StoredEntry[] = [];
  for (const stored of entries) {
    const { entry } = stored;
    if (entry.seq <= before.countedTo) continue;
    const unread = isUnread(stored, record, me);
    if (unread) record = { ...record, unread: record.unread + 1, mentions: record.mentions + mentions(stored, me) };
    if (isCountable(entry) && entry.sender.user !== me && entry.deleted !== true) arrived.push(stored);
    if (isMessage(stored)) record = { ...record, last: stored, lastEdited: false };
    if (entry.kind !== "reaction") record = { ...record, activityAt: Math.max(record.activityAt, activity(stored)) };
    record = withChange(record, me, stored, erased.get(entry.seq) ?? []);
  }
  return {
    record: { ...record, head: Math.max(record.head, head, to), countedTo: Math.max(record.countedTo, to) },
    arrived,
  };
}

/** Edits and deletes of what counts, and changes of the conversation itself. */
function withChange(
  record: ConversationRecord,
  me: UserId,
  stored: StoredEntry,
  erased: readonly StoredEntry[],
): ConversationRecord {
  const entry = readable(stored);
  if (entry.deleted) return record;
  switch (entry.kind) {
    case "edit":
      return withEditedLast(record, entry.sender.user, entry.body.target, entry.body.text);
    case "delete": {
      let next = record;
      for (const target of erased) {
        // Its seq is lower than the delete's, so it was counted, by the summary or by this loop.
        if (isUnread(target, record, me)) next = { ...next, unread: Math.max(0, next.unread - 1) };
        if (next.last?.entry.seq === target.entry.seq) next = { ...next, last: erase(target), lastEdited: false };
      }
      return next;
    }
    case "conversation_updated": {
      const { title, avatar, retentionDays } = entry.body;
      return {
        ...record,
        ...(title === undefined ? {} : { title }),
        ...(avatar === undefined ? {} : { avatar }),
        ...(retentionDays === undefined ? {} : { retentionDays }),
      };
    }
    default:
      return record;
  }
}

/** What history says of the last message: its edits, where it was known without them. */
export function withHistory(record: ConversationRecord, entries: readonly StoredEntry[]): ConversationRecord {
  if (record.lastEdited) return record;
  return entries.map(readable).reduce((next, entry) => {
    if (entry.kind !== "edit" || entry.deleted) return next;
    return withEditedLast(next, entry.sender.user, entry.body.target, entry.body.text);
  }, record);
}

function withEditedLast(record: ConversationRecord, user: UserId, target: EntryId, text: string): ConversationRecord {
  const { last } = record;
  if (last === null || last.entry.id !== target || last.entry.sender.user !== user) return record;
  const entry = readable(last);
  if (entry.deleted || entry.kind !== "message") return record;
  return {
    ...record,
    lastEdited: true,
    last: { ...last, content: { kind: "message", body: { ...entry.body, text } } },
  };
}

/** [E6] */
export function isUnread({ entry }: StoredEntry, record: { readonly read: number }, me: UserId): boolean {
  return isCountable(entry) && entry.sender.user !== me && entry.deleted !== true && entry.seq > record.read;
}

function mentions(stored: StoredEntry, me: UserId): number {
  const entry = readable(stored);
  return entry.kind === "message" && !entry.deleted && (entry.body.mentions ?? []).includes(me) ? 1 : 0;
}

/** Edits and deletes of old messages do not lift a conversation to the top. */
function activity(stored: StoredEntry): number {
  const { kind, at } = readable(stored);
  return kind === "edit" || kind === "delete" || kind === "reaction" ? 0 : at;
}

/** [R1] watermarks only rise. */
export function highest(a: Watermarks, b: Watermarks): Watermarks {
  return { delivered: Math.max(a.delivered, b.delivered, a.read, b.read), read: Math.max(a.read, b.read) };
}
