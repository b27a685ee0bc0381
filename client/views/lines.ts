/**
 * The items of a timeline: a folded stretch, what the outbox adds to it, quotes and ticks. What did not change keeps its
 * identity from one call to the next.
 */
import { apply, fork, holds, resolve, type FoldedMessage, type FoldState } from "../../protocol/fold.ts";
import type { DeviceId, EntryId, UserId } from "../../protocol/ids.ts";
import type { ConversationRecord, OutboxRecord } from "../storage/storage.ts";
import { readable } from "../sync/content.ts";
import type { MessageItem, MessageStatus, ReplyPreview, TimelineItem } from "../types/state.ts";
import { errorOfItem, missingReply, pendingStatus, statusOf } from "./items.ts";
import { messageItem, pendingEntry, replyPreview, systemItem } from "./timeline-items.ts";
import type { Stretch } from "./stretch.ts";

export interface LinesInput {
  readonly stretch: Stretch;
  readonly outbox: readonly OutboxRecord[];
  readonly receipts: ConversationRecord["receipts"];
  readonly me: UserId;
  readonly device: DeviceId;
  /** Messages beyond the stretch that replies quote, by {@link quoteKey}; null where the device does not hold them. */
  readonly quotes: ReadonlyMap<string, FoldedMessage | null>;
}

export interface LinesOutput {
  readonly items: readonly TimelineItem[];
  /** Quotes that nobody has looked for yet. */
  readonly wanted: readonly { readonly sender: UserId; readonly id: EntryId }[];
}

interface Cached {
  readonly message: FoldedMessage;
  readonly status: MessageStatus | null;
  readonly quoted: FoldedMessage | null | undefined;
  readonly outbox: OutboxRecord | undefined;
  readonly item: MessageItem;
}

export const quoteKey = (sender: UserId, id: EntryId): string => `${sender} ${id}`;

export class Lines {
  /** By the seq of the message in its fold. */
  #messages = new Map<number, Cached>();
  readonly #system = new Map<number, TimelineItem | null>();

  build({ stretch, outbox, receipts, me, device, quotes }: LinesInput): LinesOutput {
    const { state, pending } = withOutbox(stretch, outbox, me, device);
    const cache = new Map<number, Cached>();
    const wanted = new Map<string, { sender: UserId; id: EntryId }>();
    const items: TimelineItem[] = [];
    const itemOf = (
      message: FoldedMessage,
      seq: number | null,
      status: MessageStatus | null,
      quoted: FoldedMessage | null | undefined,
      item: OutboxRecord | undefined,
    ): MessageItem => {
      const error = item === undefined ? null : errorOfItem(item);
      return messageItem(message, { me, seq, status, error, replyTo: previewOf(stretch.fold, message, quoted) });
    };

    const add = (message: FoldedMessage, item: OutboxRecord | undefined): void => {
      const own = message.sender === me;
      const seq = item === undefined ? message.seq : (item.seq ?? null);
      const status = item !== undefined ? pendingStatus(item, receipts) : own ? statusOf(message.seq, receipts) : null;
      const quoted = this.#quoted(state, message, quotes, wanted);
      const held = this.#messages.get(message.seq);
      const same =
        held !== undefined &&
        held.message === message &&
        held.status === status &&
        held.quoted === quoted &&
        held.outbox === item;
      const made = same
        ? held
        : { message, status, quoted, outbox: item, item: itemOf(message, seq, status, quoted, item) };
      cache.set(message.seq, made);
      items.push(made.item);
    };

    for (const stored of stretch.entries) {
      const message = state.messages.get(stored.entry.seq);
      if (message !== undefined) add(message, undefined);
      else {
        const { seq } = stored.entry;
        let line = this.#system.get(seq);
        if (line === undefined) this.#system.set(seq, (line = systemItem(readable(stored)) ?? null));
        if (line !== null) items.push(line);
      }
    }
    if (stretch.atEnd) for (const { message, item } of pending) add(message, item);
    this.#messages = cache;
    return { items, wanted: [...wanted.values()] };
  }

  /** The folded message that a reply quotes; null: not held; undefined: no reply, or not known yet. */
  #quoted(
    state: FoldState,
    message: FoldedMessage,
    quotes: LinesInput["quotes"],
    wanted: Map<string, { sender: UserId; id: EntryId }>,
  ): FoldedMessage | null | undefined {
    const { replyTo: id, sender } = message;
    if (id === null) return undefined;
    const seq = resolve(state, sender, id);
    const near = seq === undefined ? undefined : state.messages.get(seq);
    if (near !== undefined) return near;
    const key = quoteKey(sender, id);
    const far = quotes.get(key);
    if (far === undefined) wanted.set(key, { sender, id });
    return far;
  }
}

function previewOf(
  log: FoldState,
  message: FoldedMessage,
  quoted: FoldedMessage | null | undefined,
): ReplyPreview | null {
  if (message.replyTo === null) return null;
  if (quoted === null || quoted === undefined) return missingReply(message.replyTo);
  // Seqs above the log's belong to what waits in the outbox.
  return replyPreview(quoted, quoted.seq > log.seq ? null : quoted.seq);
}

/** The fold with everything that waits in the outbox done to it already, in a copy. */
function withOutbox(
  stretch: Stretch,
  outbox: readonly OutboxRecord[],
  me: UserId,
  device: DeviceId,
): { state: FoldState; pending: { message: FoldedMessage; item: OutboxRecord }[] } {
  // An item whose entry is here already has done its work; a change that failed changes nothing.
  const waiting = outbox
    .filter(({ id }) => !holds(stretch.fold, me, id))
    .filter(({ content, status }) => content.kind === "message" || status !== "failed")
    .sort((a, b) => a.position - b.position);
  if (waiting.length === 0) return { state: stretch.fold, pending: [] };
  const state = fork(stretch.fold);
  const pending: { message: FoldedMessage; item: OutboxRecord }[] = [];
  for (const item of waiting) {
    apply(state, pendingEntry(item, state.seq + 1, me, device));
  }
  for (const item of waiting) {
    const seq = item.content.kind === "message" ? resolve(state, me, item.id) : undefined;
    const message = seq === undefined ? undefined : state.messages.get(seq);
    if (message !== undefined) pending.push({ message, item });
  }
  return { state, pending };
}
