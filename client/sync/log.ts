/**
 * Puts stretches of a log into the book: entries, ranges, stream position, record and outbox in one transaction.
 */
import type { Entry } from "../../protocol/entry.ts";
import type { ConversationId, UserId } from "../../protocol/ids.ts";
import type { Codec } from "../codec.ts";
import type { Change } from "../engine/api.ts";
import type { Book } from "../engine/book.ts";
import type { LogRecord, StoredEntry, Write } from "../storage/storage.ts";
import { erase, readable, store } from "./content.ts";
import { add, covers, trim, width } from "./ranges.ts";
import { newRecord, withEntries, withHistory } from "./records.ts";

/** Seqs of one conversation that a device holds at most; the oldest go first and can be pulled again. */
export const MAX_HELD = 20_000;

/** Everything that the user may see of (after, to], from a frame or a page. */
export interface Stretch {
  readonly after: number;
  readonly to: number;
  readonly entries: readonly Entry[];
  readonly head: number;
  readonly floor?: number;
}

export interface LogPorts {
  readonly book: Book;
  readonly codec: Codec;
  me(): UserId;
  /** Server time in ms. */
  now(): number;
  /** [C5] looks at new entries that follow what is held; absent where nobody asked for it. */
  verify?: ((conversation: ConversationId, previous: LogRecord, entries: readonly StoredEntry[]) => void) | undefined;
}

export function logOf(book: Book, conversation: ConversationId): LogRecord {
  return book.logs.get(conversation) ?? { conversation, ranges: [], stream: null, chain: null };
}

/**
 * Takes the next stretch of the stream. Its `after` must meet what is held [C2]; what is held already is dropped.
 *
 * @param more to be stored in the same transaction
 * @returns resolves when it is stored
 */
export async function takeStream(
  ports: LogPorts,
  conversation: ConversationId,
  stretch: Stretch,
  more: readonly Write[] = [],
): Promise<{ readonly stored: Promise<void> }> {
  const { book } = ports;
  const before = logOf(book, conversation);
  const { after, to } = stretch;
  if (before.stream !== null && to <= before.stream && covers(before.ranges, stretch)) {
    return { stored: book.commit(more) };
  }
  const { fresh, erased } = await read(ports, conversation, stretch);
  const log = logOf(book, conversation);
  const from = log.stream ?? after;
  ports.verify?.(conversation, log, fresh);
  const stream = Math.max(from, to);
  const last = fresh.find(({ entry }) => entry.seq === stream);
  const next: LogRecord = {
    conversation,
    ranges: add(log.ranges, { after, to }),
    stream,
    chain: last?.entry.chain ?? (stream === log.stream ? log.chain : null),
  };
  const record = book.records.get(conversation) ?? provisional(ports, conversation, stretch.head);
  const advance = withEntries(record, ports.me(), fresh, { to, head: stretch.head, erased });
  const outbox = arrivals(ports, conversation, fresh, stream);
  const writes: Write[] = [
    { put: "entries", value: withErased(fresh, erased) },
    ...held(next),
    { put: "conversation", value: advance.record },
    ...outbox.writes,
    ...more,
  ];
  const changes: Change[] = [
    {
      type: "entries",
      conversation,
      range: { after: from, to: stream },
      entries: fresh.filter(({ entry }) => entry.seq > from),
    },
    { type: "record", record: advance.record },
    ...outbox.changes,
  ];
  if (advance.arrived.length > 0) changes.push({ type: "arrived", conversation, entries: advance.arrived });
  return { stored: book.commit(writes, changes) };
}

/** Takes a stretch of history: what is older than the stream, or beyond a hole. */
export async function takeHistory(ports: LogPorts, conversation: ConversationId, stretch: Stretch): Promise<void> {
  const { book } = ports;
  const { fresh, erased } = await read(ports, conversation, stretch);
  const log = logOf(book, conversation);
  const outbox = arrivals(ports, conversation, fresh, 0);
  const writes: Write[] = [
    { put: "entries", value: withErased(fresh, erased) },
    { put: "log", value: { ...log, ranges: add(log.ranges, stretch) } },
    ...outbox.writes,
  ];
  const changes = [...outbox.changes];
  const record = book.records.get(conversation);
  if (record !== undefined) {
    let next = withHistory(record, fresh);
    if ((stretch.floor ?? 0) > next.floor) {
      next = { ...next, floor: stretch.floor ?? next.floor };
      writes.push({ remove: "entries", conversation, to: next.floor - 1 });
    }
    if (next !== record) {
      writes.push({ put: "conversation", value: next });
      changes.push({ type: "record", record: next });
    }
  }
  await book.commit(writes, changes);
}

interface Read {
  /** Without those that the user deleted for itself. */
  readonly fresh: readonly StoredEntry[];
  readonly erased: ReadonlyMap<number, readonly StoredEntry[]>;
}

/** Reads entries with the codec, and finds what the deletes among them erase. Everything after it is one turn. */
async function read({ book, codec }: LogPorts, conversation: ConversationId, { entries }: Stretch): Promise<Read> {
  const guard = book.guard();
  const all = await Promise.all(entries.map((entry) => store(codec, conversation, entry)));
  let erased: Read["erased"] = new Map();
  if (all.some((stored) => readable(stored).kind === "delete")) {
    const { erasures } = await import("./erasures.ts");
    await book.settled();
    erased = await erasures(book.storage, conversation, all);
  }
  guard();
  return { fresh: all.filter(({ entry }) => !book.isHidden(conversation, entry.seq)), erased };
}

/** What is to be put: the new entries, and the older ones whose bodies they erased. */
function withErased(
  fresh: readonly StoredEntry[],
  erased: ReadonlyMap<number, readonly StoredEntry[]>,
): readonly StoredEntry[] {
  const gone = [...erased.values()].flat().map(erase);
  return [...fresh, ...gone];
}

/** The log, and what goes because there is too much of it. */
function held(log: LogRecord): readonly Write[] {
  if (width(log.ranges) <= MAX_HELD) return [{ put: "log", value: log }];
  // A little more than needed goes at once, so that not every entry from now on costs a removal.
  const ranges = trim(log.ranges, Math.floor(MAX_HELD * 0.9));
  return [
    { remove: "entries", conversation: log.conversation, to: ranges[0]?.after ?? 0 },
    { put: "log", value: { ...log, ranges } },
  ];
}

/** Own entries that arrived: their outbox items have done their work. */
function arrivals(
  ports: LogPorts,
  conversation: ConversationId,
  fresh: readonly StoredEntry[],
  stream: number,
): { writes: readonly Write[]; changes: readonly Change[] } {
  const writes: Write[] = [];
  const changes: Change[] = [];
  const { outbox } = ports.book;
  if (outbox.size === 0) return { writes, changes };
  const me = ports.me();
  const own = new Map(fresh.filter(({ entry }) => entry.sender.user === me).map(({ entry }) => [entry.id, entry]));
  for (const item of outbox.values()) {
    if (item.conversation !== conversation) continue;
    const entry = own.get(item.id);
    // An entry that is behind the stream and was not in it is one that the user may not see: nothing follows.
    if (entry === undefined && !(item.status === "sent" && (item.seq ?? Infinity) <= stream)) continue;
    writes.push({ remove: "outbox", id: item.id });
    if (entry !== undefined && item.status !== "sent") {
      changes.push({ type: "sent", conversation, id: item.id, seq: entry.seq, at: entry.at });
    }
    changes.push({ type: "outboxGone", id: item.id, why: "sent" });
  }
  return { writes, changes };
}

/** A conversation of which an entry came before anything else. Its summary follows. */
function provisional(ports: LogPorts, conversation: ConversationId, head: number) {
  const kind = conversation.startsWith("d_") ? "direct" : "group";
  return newRecord({ id: conversation, kind, memberCount: 0, head, floor: 1, role: "member" }, ports.now());
}
