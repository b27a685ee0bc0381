/**
 * Stretches of a conversation for timelines: from the device where it holds them, from the server where it does not.
 */
import type { ConversationId, EntryId, UserId } from "../../protocol/ids.ts";
import type { Window, WindowQuery } from "../engine/api.ts";
import type { StoredEntry } from "../storage/storage.ts";
import { meant } from "./erasures.ts";
import { logOf, takeHistory, type LogPorts } from "./log.ts";
import type { Pulls } from "./pulls.ts";
import { around, type Range } from "./ranges.ts";

/** Before every seq that there can be. */
const END = Number.MAX_SAFE_INTEGER;
/** Stretches without anything visible that are passed over in one go. */
const MAX_EMPTY = 20;

export interface HistoryPorts extends LogPorts {
  readonly pulls: Pulls;
}

/**
 * A gapless stretch.
 * @throws MeridianError `offline` where it is not held and there is no link
 */
export async function readWindow(
  ports: HistoryPorts,
  conversation: ConversationId,
  query: WindowQuery,
): Promise<Window> {
  const { range, entries } = await stretch(ports, conversation, query);
  const { floor } = ports.book.records.get(conversation) ?? { floor: 1 };
  const { stream } = logOf(ports.book, conversation);
  // The stream may have gone on while the end was read: what follows it reaches the view as news.
  const atEnd = query.from === "end" || range.to >= (stream ?? 0);
  return {
    range,
    entries,
    later: atEnd ? [] : await laterChanges(ports, conversation, range.to, entries),
    atStart: range.after <= Math.max(0, floor - 1),
    atEnd,
  };
}

/** What ids mean, and what was done to it; only of what is held. */
export async function quoted(
  { book }: LogPorts,
  conversation: ConversationId,
  wanted: readonly { readonly sender: UserId; readonly id: EntryId }[],
): Promise<readonly { readonly entry: StoredEntry; readonly later: readonly StoredEntry[] }[]> {
  await book.settled();
  const found = await Promise.all(wanted.map(({ sender, id }) => meant(book.storage, conversation, sender, id)));
  return Promise.all(
    found
      .filter((entry) => entry !== undefined)
      .map(async (entry) => ({
        entry,
        later: await book.storage.targeting(conversation, [entry.entry.id]),
      })),
  );
}

interface Stretch {
  readonly range: Range;
  readonly entries: readonly StoredEntry[];
}

async function stretch(ports: HistoryPorts, conversation: ConversationId, query: WindowQuery): Promise<Stretch> {
  const { limit } = query;
  switch (query.from) {
    case "end": {
      const { stream } = logOf(ports.book, conversation);
      return older(ports, conversation, stream ?? END - 1, limit);
    }
    case "before":
      return older(ports, conversation, query.before - 1, limit);
    case "after":
      return newer(ports, conversation, query.after, limit);
    case "around": {
      const half = Math.ceil(limit / 2);
      const { stream } = logOf(ports.book, conversation);
      const before = await older(ports, conversation, Math.min(query.seq, stream ?? query.seq), half);
      const behind = await newer(ports, conversation, before.range.to, half);
      return {
        range: { after: before.range.after, to: Math.max(before.range.to, behind.range.to) },
        entries: [...before.entries, ...behind.entries],
      };
    }
  }
}

/** The newest `limit` entries up to `to`. */
async function older(ports: HistoryPorts, conversation: ConversationId, to: number, limit: number): Promise<Stretch> {
  const { book, pulls } = ports;
  let end = to;
  let lowest = to;
  let entries: readonly StoredEntry[] = [];
  for (let empty = 0; empty < MAX_EMPTY && lowest > 0; empty++) {
    const held = around(logOf(book, conversation).ranges, lowest);
    if (held === undefined) {
      const page = await pulls.pull(conversation, { before: lowest + 1 }).catch((error: unknown) => {
        // What is held already has to do when there is no link.
        if (entries.length === 0) throw error;
      });
      if (page === undefined) break;
      await takeHistory(ports, conversation, page);
      // There is nothing as far up as was asked for: the log ends lower.
      if (page.to < lowest) {
        if (end === lowest) end = page.to;
        lowest = page.to;
      }
      if (page.to === 0) break;
      continue;
    }
    await book.settled();
    const wanted = limit - entries.length;
    const found = await book.storage.entries(conversation, {
      after: held.after,
      to: lowest,
      limit: wanted,
      newest: true,
    });
    entries = [...found, ...entries];
    const [first] = found;
    if (found.length >= wanted && first !== undefined)
      return { range: { after: first.entry.seq - 1, to: end }, entries };
    lowest = held.after;
  }
  return { range: { after: lowest, to: end }, entries };
}

/** The oldest `limit` entries after `after`, up to where the stream is. */
async function newer(
  ports: HistoryPorts,
  conversation: ConversationId,
  after: number,
  limit: number,
): Promise<Stretch> {
  const { book, pulls } = ports;
  let highest = after;
  for (let empty = 0; empty < MAX_EMPTY; empty++) {
    const log = logOf(book, conversation);
    if (highest >= (log.stream ?? 0)) break;
    const held = around(log.ranges, highest + 1);
    if (held === undefined) {
      const page = await pulls.pull(conversation, { after: highest });
      await takeHistory(ports, conversation, page);
      if (page.to <= highest) break;
      continue;
    }
    await book.settled();
    const found = await book.storage.entries(conversation, { after: highest, to: held.to, limit, newest: false });
    const last = found.at(-1);
    if (last === undefined) {
      highest = held.to;
      continue;
    }
    return { range: { after, to: found.length >= limit ? last.entry.seq : held.to }, entries: found };
  }
  return { range: { after, to: highest }, entries: [] };
}

/** Edits, deletes and reactions after `to` that change entries of a stretch. */
async function laterChanges(
  { book }: LogPorts,
  conversation: ConversationId,
  to: number,
  entries: readonly StoredEntry[],
): Promise<readonly StoredEntry[]> {
  await book.settled();
  const changes = await book.storage.targeting(
    conversation,
    entries.map(({ entry }) => entry.id),
  );
  return changes.filter(({ entry }) => entry.seq > to);
}
