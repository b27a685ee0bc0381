/**
 * Turns what a device sees on the wire into recorded events, and keeps small histories in memory.
 */
import {
  digestOf,
  jcs,
  type Entry,
  type EntriesFrame,
  type MemberContent,
  type Page,
  type ReadyFrame,
  type Summary,
} from "../../protocol/index.ts";
import type { EventOf, EventType, History, HistoryEvent, Recorded, RecordedEntry, Recorder } from "./events.ts";

/** The socket that an event belongs to; `t` in milliseconds since the epoch. */
export interface SocketMark {
  readonly device: string;
  readonly session: number;
  readonly t: number;
}

/**
 * An entry for the record, without its text.
 *
 * @param digest "make" hashes the body, so that chains can be made anew from it [E4]: wanted in the final log.
 *   "asIs" is cheaper and takes what the entry carries: enough for frames, whose chains are compared with the log's
 * @example
 * recordedEntry(entry, "make").digest; // base64url SHA-256 of the body
 */
export function recordedEntry(entry: Entry, digest: "make" | "asIs"): RecordedEntry {
  const { seq, id, sender, at, kind, chain } = entry;
  const out: RecordedEntry = { seq, id, user: sender.user, device: sender.device, at, kind, chain };
  if (entry.deleted) return { ...out, digest: entry.digest };
  if (digest === "make") out.digest = digestOf(jcs(entry.body));
  else if (entry.digest !== undefined) out.digest = entry.digest;
  if (entry.kind === "group_created") out.about = entry.body.members;
  if (entry.kind === "member_added" || entry.kind === "member_removed") out.about = [entry.body.user];
  return out;
}

/** The digest for a `sent` event: [S1] holds for what was sent, not only for its id. */
export function sentDigest(content: MemberContent): string {
  return digestOf(jcs(content.body));
}

/** A frame of the stream, for the record. */
export function recordedFrame(mark: SocketMark, frame: EntriesFrame): EventOf<"entries"> {
  const { conversation, after, to, head } = frame;
  return { type: "entries", ...mark, conversation, after, to, head, entries: asSeen(frame.entries) };
}

/** A page of history, for the record; the session is null where it came over HTTP. */
export function recordedPage(
  mark: Omit<SocketMark, "session"> & { readonly session: number | null },
  conversation: string,
  page: Pick<Page, "after" | "to" | "entries">,
): EventOf<"page"> {
  return { type: "page", ...mark, conversation, after: page.after, to: page.to, entries: asSeen(page.entries) };
}

/** A `ready`, for the record. */
export function recordedReady(mark: SocketMark, frame: ReadyFrame): EventOf<"ready"> {
  const conversations: EventOf<"ready">["conversations"] = {};
  for (const summary of frame.conversations) conversations[summary.id] = listed(summary);
  return { type: "ready", ...mark, sync: frame.sync, more: frame.more, conversations };
}

/** A `conversation` frame, for the record. */
export function recordedSummary(mark: SocketMark, summary: Summary): EventOf<"summary"> {
  return { type: "summary", ...mark, conversation: summary.id, ...listed(summary) };
}

/** A history in memory: for simulations that are checked where they ran. */
export class MemoryHistory implements History, Recorder {
  readonly events: HistoryEvent[] = [];

  write(event: HistoryEvent): void {
    this.events.push(event);
  }

  *read(only?: ReadonlySet<EventType>): Iterable<Recorded> {
    for (const [index, event] of this.events.entries()) {
      if (only === undefined || only.has(event.type)) yield { line: index + 1, event };
    }
  }
}

function listed(summary: Summary): { cursor: number; head: number; last: RecordedEntry | null } {
  const last = summary.last === null ? null : recordedEntry(summary.last, "asIs");
  return { cursor: summary.cursor, head: summary.head, last };
}

function asSeen(entries: readonly Entry[]): RecordedEntry[] {
  return entries.map((entry) => recordedEntry(entry, "asIs"));
}
