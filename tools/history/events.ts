/**
 * What a history is made of: one JSON object a line, in the order in which each device saw it.
 *
 * A device's own events stand in their order; nothing is assumed about the order between devices, so that several
 * processes may record and their files be joined. Ids are plain strings here: a history tells what was seen, which may
 * be wrong. It holds no message text: bodies are recorded as digests.
 */
import { z } from "zod";
import { ENTRY_KINDS, Ms, Seq } from "../../protocol/index.ts";

const id = z.string().min(1);
const kind = z.enum(ENTRY_KINDS);
/** Milliseconds since the epoch by the recorder's clock; may have a fraction. */
const t = z.number();
/** Which socket of the device: 1, 2, 3 … in the order they were opened. Null for what went over HTTP. */
const session = z.int().min(1);
const onSocket = { device: id, session, t };
const onEither = { device: id, session: session.nullable(), t };

/** An entry as a device or the witness saw it. */
export const RecordedEntry = z.object({
  seq: Seq,
  id,
  user: id,
  device: id.nullable(),
  at: Ms,
  kind,
  chain: z.string().optional(),
  /** Of the body [E4]. Where the body itself is given, the checker makes the digest anew. */
  digest: z.string().optional(),
  body: z.unknown().optional(),
  /** The users whom a membership entry is about. */
  about: z.array(id).optional(),
});
export type RecordedEntry = z.infer<typeof RecordedEntry>;

/** What a `ready` or `conversation` frame says about one conversation. */
const Listed = z.object({ cursor: Seq, head: Seq, last: RecordedEntry.nullable().optional() });

/** The first line: what was run, and who took part. */
export const RunEvent = z.object({
  type: z.literal("run"),
  seed: z.union([z.string(), z.number()]),
  scenario: z.string(),
  version: z.string(),
  startedAt: t,
  devices: z.array(z.object({ device: id, user: id })),
  /** True where devices resend what is unanswered in its first order and before anything new, as the SDK does [S2]. */
  resendsInOrder: z.boolean().optional(),
});
/** A device that came during the run. */
const DeviceEvent = z.object({ type: z.literal("device"), device: id, user: id });
const ConnectedEvent = z.object({ type: z.literal("connected"), ...onSocket });
const ClosedEvent = z.object({ type: z.literal("closed"), ...onSocket, code: z.int() });
const HelloEvent = z.object({
  type: z.literal("hello"),
  ...onSocket,
  since: z.string().nullable(),
  cursors: z.record(z.string(), z.object({ seq: Seq, chain: z.string().optional() })),
});
const ReadyEvent = z.object({
  type: z.literal("ready"),
  ...onSocket,
  sync: z.string(),
  more: z.boolean(),
  conversations: z.record(z.string(), Listed),
});
/** A `conversation` frame: joined, left or changed. */
const SummaryEvent = z.object({ type: z.literal("summary"), ...onSocket, conversation: id, ...Listed.shape });
/** Written before the frame leaves, once for each attempt. */
const SentEvent = z.object({
  type: z.literal("sent"),
  ...onEither,
  conversation: id,
  id,
  kind,
  digest: z.string().optional(),
});
const AcknowledgedEvent = z.object({
  type: z.literal("acknowledged"),
  ...onEither,
  conversation: id,
  id,
  seq: Seq,
  at: Ms,
  duplicate: z.boolean(),
});
const RejectedEvent = z.object({ type: z.literal("rejected"), ...onEither, conversation: id, id, code: z.string() });
/** A frame of the stream. */
const EntriesEvent = z.object({
  type: z.literal("entries"),
  ...onSocket,
  conversation: id,
  after: Seq,
  to: Seq,
  head: Seq,
  entries: z.array(RecordedEntry),
});
/** A page of history, by socket or HTTP. */
const PageEvent = z.object({
  type: z.literal("page"),
  ...onEither,
  conversation: id,
  after: Seq,
  to: Seq,
  entries: z.array(RecordedEntry),
});
/** The device told the server what it holds; written before the frame leaves. */
const ReceivedEvent = z.object({ type: z.literal("received"), ...onSocket, conversation: id, seq: Seq });
/** The device told the server what its user read; written before the request leaves. */
const ReadEvent = z.object({ type: z.literal("read"), ...onEither, conversation: id, seq: Seq });
const ReceiptsEvent = z.object({
  type: z.literal("receipts"),
  ...onSocket,
  conversation: id,
  receipts: z.array(z.object({ user: id, delivered: Seq, read: Seq })),
});
const DivergedEvent = z.object({ type: z.literal("diverged"), ...onSocket, conversation: id, seq: Seq });
/** The user deleted an entry for itself. */
const HidEvent = z.object({ type: z.literal("hid"), user: id, conversation: id, seq: Seq });
/**
 * [V3] a block of a direct chat began or ended. `after` is the head that was known before the request, `by` a head known
 * after its answer: entries up to `after` are as before, entries past `by` surely are not, between them both may be.
 */
const BlockEvent = z.object({
  type: z.literal("block"),
  blocker: id,
  blocked: id,
  conversation: id,
  active: z.boolean(),
  after: Seq,
  by: Seq,
});
/** Something was done to the service. Only for the figures. */
const FaultEvent = z.object({ type: z.literal("fault"), kind: z.string(), target: z.string(), t });
/** Writing has ended, and this device has drained its streams: from here on [D2] is due. */
const CaughtUpEvent = z.object({ type: z.literal("caughtUp"), device: id, t });
/**
 * A part of a log as the witness read it at the end, when nobody wrote any more. Parts ascend; `floor`, `head` and the
 * `members` of that moment stand in each.
 */
export const LogEvent = z.object({
  type: z.literal("log"),
  conversation: id,
  members: z.array(id),
  floor: Seq,
  head: Seq,
  entries: z.array(RecordedEntry),
});

export const HistoryEvent = z.discriminatedUnion("type", [
  RunEvent,
  DeviceEvent,
  ConnectedEvent,
  ClosedEvent,
  HelloEvent,
  ReadyEvent,
  SummaryEvent,
  SentEvent,
  AcknowledgedEvent,
  RejectedEvent,
  EntriesEvent,
  PageEvent,
  ReceivedEvent,
  ReadEvent,
  ReceiptsEvent,
  DivergedEvent,
  HidEvent,
  BlockEvent,
  FaultEvent,
  CaughtUpEvent,
  LogEvent,
]);
export type HistoryEvent = z.infer<typeof HistoryEvent>;
export type EventType = HistoryEvent["type"];
export type EventOf<T extends EventType> = Extract<HistoryEvent, { type: T }>;

/** An event and its line: 1 is the first. */
export interface Recorded {
  readonly line: number;
  readonly event: HistoryEvent;
}

/** A history that can be read more than once. */
export interface History {
  /** @param only the types wanted; all where it is left out */
  read(only?: ReadonlySet<EventType>): Iterable<Recorded>;
}

/** Where events are recorded to. */
export interface Recorder {
  write(event: HistoryEvent): void;
}
