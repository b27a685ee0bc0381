/**
 * Faults planted in a recorded history. Each takes a valid one and changes one thing, as a service with that fault would
 * have made it; it answers false where the history has no place for it.
 */
import type { EventOf, EventType, HistoryEvent, RecordedEntry } from "../../../../tools/history/events.ts";
import type { ModelConversation } from "./conversation.ts";
import type { Ran } from "./program.ts";

export type Spoil = (ran: Ran) => boolean;

/** The events of a type that fit, the middle one first: faults shall not always sit at the start. */
function fitting<T extends EventType>(
  { history }: Ran,
  type: T,
  fits: (event: EventOf<T>, index: number) => boolean,
): { event: EventOf<T>; index: number } | undefined {
  const found = history.events.flatMap((event, index) =>
    event.type === type && fits(event as EventOf<T>, index) ? [{ event: event as EventOf<T>, index }] : [],
  );
  return found[Math.floor(found.length / 2)];
}

function conversationOf({ service }: Ran, id: string): ModelConversation {
  const conversation = service.conversations.get(id);
  if (conversation === undefined) throw new Error(`no ${id}`);
  return conversation;
}

function userOf({ service }: Ran, device: string): string {
  return service.devices.get(device)?.user ?? "";
}

/** Entries that nothing excuses a frame from showing. */
function due(ran: Ran, event: EventOf<"entries">, own: boolean): RecordedEntry | undefined {
  const user = userOf(ran, event.device);
  const blocks = ran.history.events.some((each) => each.type === "block" && each.conversation === event.conversation);
  const { hidden } = conversationOf(ran, event.conversation);
  if (blocks) return undefined;
  return event.entries.find((entry) => (entry.user === user) === own && !hidden.has(`${user} ${entry.seq}`));
}

const dropFrom =
  (own: boolean): Spoil =>
  (ran) => {
    const at = fitting(ran, "entries", (event) => due(ran, event, own) !== undefined);
    const entry = at === undefined ? undefined : due(ran, at.event, own);
    if (at === undefined || entry === undefined) return false;
    at.event.entries = at.event.entries.filter((each) => each !== entry);
    return true;
  };

export const dropped = dropFrom(false);
export const droppedOwn = dropFrom(true);

export const repeated: Spoil = (ran) => {
  const at = fitting(ran, "entries", ({ after, to }) => to > after);
  if (at === undefined) return false;
  ran.history.events.splice(at.index + 1, 0, structuredClone(at.event));
  return true;
};

export const swapped: Spoil = (ran) => {
  const at = fitting(ran, "entries", ({ entries }) => entries.length > 1);
  const [first, second, ...rest] = at?.event.entries ?? [];
  if (at === undefined || first === undefined || second === undefined) return false;
  at.event.entries = [second, first, ...rest];
  return true;
};

/** A frame is lost; the device pulls the range afterwards, so that only the stream is wrong. */
export const streamGap: Spoil = (ran) => {
  const { events } = ran.history;
  const next = (of: EventOf<"entries">, from: number) =>
    events.findIndex(
      (each, index) =>
        index > from && each.type === "entries" && each.device === of.device && each.conversation === of.conversation,
    );
  const at = fitting(ran, "entries", (event, index) => {
    const following = events[next(event, index)];
    return event.to > event.after && following?.type === "entries" && following.session === event.session;
  });
  if (at === undefined) return false;
  const { device, session, conversation, after, to, entries, t } = at.event;
  events[at.index] = { type: "page", device, session, conversation, after, to, entries, t };
  return true;
};

/** Shows one device one entry that it may not see, in the frame whose range it falls in. */
const show =
  (which: (conversation: ModelConversation, user: string, entry: RecordedEntry) => boolean): Spoil =>
  (ran) => {
    const foreign = (event: EventOf<"entries">): RecordedEntry | undefined => {
      const conversation = conversationOf(ran, event.conversation);
      const user = userOf(ran, event.device);
      return conversation.log.slice(event.after, event.to).find((entry) => which(conversation, user, entry));
    };
    const at = fitting(ran, "entries", (event) => foreign(event) !== undefined);
    const entry = at === undefined ? undefined : foreign(at.event);
    if (at === undefined || entry === undefined) return false;
    at.event.entries = [...at.event.entries, entry].sort((a, b) => a.seq - b.seq);
    return true;
  };

const isOutside = (conversation: ModelConversation, user: string, { seq }: RecordedEntry): boolean =>
  !(conversation.windows.get(user) ?? []).some(({ from, until }) => from <= seq && seq <= until);

export const seenInAGap = show(isOutside);

export const seenAfterBlock: Spoil = (ran) => {
  const settled = new Set<number>();
  for (const block of ran.history.events) {
    if (block.type !== "block") continue;
    for (let seq = block.after + 1; seq <= block.by; seq++) settled.add(seq);
  }
  const isBlocked = (conversation: ModelConversation, user: string, entry: RecordedEntry): boolean =>
    conversation.unseen.has(entry.seq) &&
    entry.user !== user &&
    !settled.has(entry.seq) &&
    !conversation.hidden.has(`${user} ${entry.seq}`);
  return show(isBlocked)(ran);
};

/** A removed member's device is pushed what follows its removal. */
export const seenAfterRemoval: Spoil = (ran) => {
  for (const conversation of ran.service.conversations.values()) {
    for (const device of ran.service.devices.values()) {
      const until = conversation.windows.get(device.user)?.at(-1)?.until ?? Infinity;
      const entry = conversation.log[until];
      const stream = device.streams?.get(conversation.id);
      if (entry === undefined || stream?.to !== until) continue;
      const { session } = device;
      const range = { conversation: conversation.id, after: until, to: until + 1, head: conversation.head };
      const last = ran.history.events.findIndex(({ type }) => type === "log");
      const frame = { device: device.id, session, ...range, entries: [entry], t: 1 };
      ran.history.events.splice(last, 0, { type: "entries", ...frame });
      return true;
    }
  }
  return false;
};

/** The last entry of the conversation list is one from outside the window. */
export const seenInTheList: Spoil = (ran) => {
  const foreign = (event: EventOf<"ready">) => {
    for (const [id, listed] of Object.entries(event.conversations)) {
      const conversation = conversationOf(ran, id);
      const last = conversation.log.find((each) => isOutside(conversation, userOf(ran, event.device), each));
      if (last !== undefined) return { listed, last };
    }
    return undefined;
  };
  const at = fitting(ran, "ready", (event) => foreign(event) !== undefined);
  const found = at === undefined ? undefined : foreign(at.event);
  if (found === undefined) return false;
  found.listed.last = found.last;
  return true;
};

const receipts =
  (change: (marks: { delivered: number; read: number }, head: number) => boolean): Spoil =>
  (ran) => {
    const at = fitting(ran, "receipts", ({ receipts: [first] }) => (first?.delivered ?? 0) > 0);
    if (at === undefined) return false;
    const copy = structuredClone(at.event);
    const [first] = copy.receipts;
    if (first === undefined || !change(first, conversationOf(ran, copy.conversation).head)) return false;
    ran.history.events.splice(at.index + 1, 0, copy);
    return true;
  };

export const receiptBack = receipts((marks) => {
  marks.delivered--;
  marks.read = Math.min(marks.read, marks.delivered);
  return true;
});
export const receiptPastHead = receipts((marks, head) => {
  marks.delivered = head + 1;
  return true;
});
export const readNotDelivered = receipts((marks, head) => {
  if (marks.delivered >= head) return false;
  marks.read = marks.delivered + 1;
  return true;
});

/** A member is said to have received what none of its devices acknowledged: it never said anything of the sort. */
export const receiptFromNowhere: Spoil = (ran) => {
  const at = fitting(ran, "receipts", ({ receipts: [first] }) => first !== undefined);
  const [first] = at?.event.receipts ?? [];
  if (at === undefined || first === undefined) return false;
  const silent = new Set([...ran.service.devices.keys()].filter((device) => userOf(ran, device) === first.user));
  const { conversation, session, device } = at.event;
  const { head, windows } = conversationOf(ran, conversation);
  const said = (event: HistoryEvent): boolean =>
    (event.type === "received" || event.type === "read" || event.type === "acknowledged") &&
    event.conversation === conversation &&
    silent.has(event.device) &&
    event.seq >= head;
  if (!windows.has(first.user) || ran.history.events.some(said)) return false;
  const marks = { user: first.user, delivered: head, read: first.read };
  const frame = { device, session: session + 99, conversation, receipts: [marks], t: 1 };
  ran.history.events.push({ type: "receipts", ...frame });
  return true;
};

const answer =
  (duplicate: boolean, change: (event: EventOf<"acknowledged">) => void): Spoil =>
  (ran) => {
    const at = fitting(ran, "acknowledged", (event) => event.duplicate === duplicate && alone(ran, event));
    if (at === undefined) return false;
    change(at.event);
    return true;
  };

/** No other answer of the device is about the seq that the changed one will name. */
function alone({ service }: Ran, event: EventOf<"acknowledged">): boolean {
  return event.seq < (service.conversations.get(event.conversation)?.head ?? 0);
}

export const duplicateElsewhere = answer(true, (event) => event.seq++);
export const duplicateAtAnotherTime = answer(true, (event) => event.at++);
export const acknowledgedElsewhere = answer(false, (event) => event.seq++);

/** Two answers to one id both claim to be the first. */
export const twoFirsts: Spoil = (ran) => {
  const firsts = new Set<string>();
  const key = (event: EventOf<"acknowledged">) => `${userOf(ran, event.device)} ${event.id}`;
  for (const event of ran.history.events) if (event.type === "acknowledged" && !event.duplicate) firsts.add(key(event));
  const at = fitting(ran, "acknowledged", (event) => event.duplicate && firsts.has(key(event)));
  if (at !== undefined) at.event.duplicate = false;
  return at !== undefined;
};

/** A retry is refused as a conflict. */
export const falseConflict: Spoil = (ran) => {
  const at = fitting(ran, "acknowledged", (event) => event.duplicate);
  if (at === undefined) return false;
  const { device, session, conversation, id, t } = at.event;
  ran.history.events[at.index] = { type: "rejected", device, session, conversation, id, code: "id_conflict", t };
  return true;
};

const other = (chain: string | undefined): string => (chain?.startsWith("A") ? "B" : "A") + (chain ?? "").slice(1);

export const wrongChainSeen: Spoil = (ran) => {
  const at = fitting(ran, "entries", ({ entries }) => entries.length > 0);
  const [first, ...rest] = at?.event.entries ?? [];
  if (at === undefined || first === undefined) return false;
  at.event.entries = [{ ...first, chain: other(first.chain) }, ...rest];
  return true;
};

/** In the log itself; at a seq that no device named as its cursor, for that would be D7's too. */
export const wrongChainInLog: Spoil = (ran) => {
  const named = new Set<string>();
  for (const event of ran.history.events) {
    if (event.type !== "hello") continue;
    for (const [id, { seq }] of Object.entries(event.cursors)) named.add(`${id} ${seq}`);
  }
  const free = (event: EventOf<"log">) =>
    event.entries.findIndex(({ seq }) => !named.has(`${event.conversation} ${seq}`));
  const at = fitting(ran, "log", (event) => free(event) >= 0);
  if (at === undefined) return false;
  const index = free(at.event);
  at.event.entries = at.event.entries.map((entry, n) =>
    n === index ? { ...entry, chain: other(entry.chain) } : entry,
  );
  return true;
};

/** Another entry at that seq than in the log. */
export const anotherEntry: Spoil = (ran) => {
  const at = fitting(ran, "entries", ({ entries }) => entries.length > 0);
  const [first, ...rest] = at?.event.entries ?? [];
  if (at === undefined || first === undefined) return false;
  at.event.entries = [{ ...first, id: "m_other" }, ...rest];
  return true;
};

/** The log has no entry where others saw one. */
export const holeInLog: Spoil = (ran) => {
  const at = fitting(ran, "log", ({ entries }) => entries.length > 2);
  if (at === undefined) return false;
  at.event.entries = at.event.entries.filter((_, index) => index !== 1);
  return true;
};

export const needlesslyDiverged: Spoil = (ran) => {
  const right = (event: EventOf<"hello">) =>
    Object.entries(event.cursors).find(([, { chain }]) => chain !== undefined && chain !== "foreign");
  const at = fitting(ran, "hello", (event) => right(event) !== undefined);
  const [conversation] = (at === undefined ? undefined : right(at.event)) ?? [];
  if (at === undefined || conversation === undefined) return false;
  const { device, session, t } = at.event;
  ran.history.events.splice(at.index + 2, 0, { type: "diverged", device, session, conversation, seq: 1, t });
  return true;
};

/** A wrong cursor goes unnoticed, and the stream goes on from it. */
export const silentDivergence: Spoil = (ran) => {
  const { events } = ran.history;
  const streams = (of: EventOf<"diverged">, from: number) =>
    events.some(
      (each, index) =>
        index > from &&
        each.type === "entries" &&
        each.device === of.device &&
        each.session === of.session &&
        each.conversation === of.conversation,
    );
  const at = fitting(ran, "diverged", streams);
  if (at !== undefined) events.splice(at.index, 1);
  return at !== undefined;
};

const without =
  (type: EventType): Spoil =>
  ({ history }) => {
    const kept = history.events.filter((event) => event.type !== type);
    const fewer = kept.length < history.events.length;
    history.events.splice(0, history.events.length, ...kept);
    return fewer;
  };

export const noRun: Spoil = (ran) => {
  const { events } = ran.history;
  const [first] = events;
  if (first?.type !== "run") return false;
  events.splice(0, 1, ...first.devices.map((device) => ({ type: "device", ...device }) as const));
  return true;
};
export const nobodyCaughtUp = without("caughtUp");
export const unknownDevice: Spoil = ({ history }) => {
  history.events.push({ type: "connected", device: "dev_stranger", session: 1, t: 1 });
  return true;
};
export const noFinalLog: Spoil = (ran) => {
  const { events } = ran.history;
  const kept = events.filter((event) => event.type !== "log" || event.conversation !== "g_1");
  events.splice(0, events.length, ...kept);
  return events.some((event) => event.type === "entries" && event.conversation === "g_1");
};
