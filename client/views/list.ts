/**
 * The conversation list: newest activity first, with what waits in the outbox and who is typing.
 */
import type { ConversationId, UserId } from "../../protocol/ids.ts";
import type { Change } from "../engine/api.ts";
import { Derived } from "../observable.ts";
import type { ConversationRecord, OutboxRecord } from "../storage/storage.ts";
import type { ConversationItem, ConversationListState } from "../types/state.ts";
import { lastMessage } from "./items.ts";
import type { Mirror } from "./mirror.ts";

const NOBODY: readonly UserId[] = [];

interface Line {
  readonly record: ConversationRecord;
  readonly pending: OutboxRecord | undefined;
  readonly typing: readonly UserId[];
  readonly me: UserId;
  readonly item: ConversationItem;
}

/**
 * @param now server time in ms, for mutes that have run out
 */
export function conversationList(mirror: Mirror, now: () => number): Derived<ConversationListState> {
  let lines = new Map<ConversationId, Line>();

  function compute(previous: ConversationListState): ConversationListState {
    const { me } = mirror;
    if (me === null) {
      lines = new Map();
      return { status: mirror.loaded ? "ready" : "loading", items: [], unread: 0 };
    }
    const pending = newestPending(mirror.outbox.values());
    const next = new Map<ConversationId, Line>();
    for (const record of mirror.records.values()) {
      const before = lines.get(record.id);
      const made = line(record, pending.get(record.id), mirror.typing.get(record.id) ?? NOBODY, me);
      next.set(record.id, before !== undefined && sameSources(before, made) ? before : made);
    }
    lines = next;
    const items = [...next.values()].map(({ item }) => item).sort((a, b) => b.activityAt - a.activityAt || order(a, b));
    const time = now();
    const unread = items.reduce((sum, item) => sum + (isMuted(item, time) ? 0 : item.unread), 0);
    const same =
      previous.status === "ready" &&
      previous.unread === unread &&
      previous.items.length === items.length &&
      items.every((item, index) => item === previous.items[index]);
    return same ? previous : { status: "ready", items, unread };
  }

  const list = new Derived<ConversationListState>({ status: "loading", items: [], unread: 0 }, compute);
  mirror.watch((change) => {
    if (matters(change)) list.invalidate();
  });
  return list;
}

function matters({ type }: Change): boolean {
  return (
    type === "restart" ||
    type === "session" ||
    type === "record" ||
    type === "outbox" ||
    type === "outboxGone" ||
    type === "typing"
  );
}

function line(
  record: ConversationRecord,
  pending: OutboxRecord | undefined,
  typing: readonly UserId[],
  me: UserId,
): Line {
  const last = lastMessage(record, pending, me);
  const { id, kind, peer, memberCount, role, head, read, unread, mutedUntil, draft } = record;
  const item: ConversationItem = {
    id,
    kind,
    title: kind === "direct" ? (peer?.displayName ?? "") : (record.title ?? ""),
    avatar: (kind === "direct" ? peer?.avatar : record.avatar) ?? null,
    peer: peer ?? null,
    memberCount,
    role,
    retentionDays: record.retentionDays ?? null,
    head,
    read,
    unread,
    mentioned: record.mentions > 0,
    mutedUntil,
    last,
    activityAt: Math.max(record.activityAt, last?.at ?? 0),
    typing,
    draft,
  };
  return { record, pending, typing, me, item };
}

function sameSources(a: Line, b: Line): boolean {
  return a.record === b.record && a.pending === b.pending && a.typing === b.typing && a.me === b.me;
}

/** The newest message of each conversation that is not in its log yet. */
function newestPending(items: Iterable<OutboxRecord>): Map<ConversationId, OutboxRecord> {
  const newest = new Map<ConversationId, OutboxRecord>();
  for (const item of items) {
    if (item.content.kind !== "message") continue;
    const known = newest.get(item.conversation);
    if (known === undefined || known.position < item.position) newest.set(item.conversation, item);
  }
  return newest;
}

function isMuted({ mutedUntil }: ConversationItem, now: number): boolean {
  return mutedUntil !== null && mutedUntil > now;
}

/** What happened at the same time keeps one order everywhere. */
function order(a: ConversationItem, b: ConversationItem): number {
  return a.id < b.id ? -1 : 1;
}
