/**
 * The answer to a hello [D3, D4, D5]: what changed since the token, and the streams from there on.
 *
 * Snapshot and subscription are one step: a token is taken first, so that whatever changes while the answer is made is
 * after it; and streams are started for everything whose head is beyond the device's place when the answer goes out.
 */
import {
  MAX_READY_CONVERSATIONS,
  type ConversationId,
  type HelloFrame,
  type ReadyFrame,
  type Summary,
} from "../../protocol/index.ts";
import type { MemberView, Place } from "../rpc/conversation.ts";
import type { Connection } from "./connection.ts";
import type { Core } from "./core.ts";
import type { Cursors } from "./cursors.ts";
import type { Deliveries } from "./delivery.ts";
import { epochOf, tokenOf, type Inbox, type InboxRow } from "./inbox.ts";
import type { Summaries } from "./summaries.ts";

/** Conversations asked at once. */
const PARALLEL = 32;

export interface HelloPorts {
  readonly core: Core;
  readonly inbox: Inbox;
  readonly cursors: Cursors;
  readonly deliveries: Deliveries;
  readonly summaries: Summaries;
  readonly retry: (conversation: ConversationId) => void;
}

/** What is known of one conversation while the answer is made. */
interface Looked {
  readonly row: InboxRow;
  readonly place: Place | undefined;
  readonly view: MemberView | null;
  readonly failed: boolean;
}

export class Hello {
  readonly #ports: HelloPorts;

  constructor(ports: HelloPorts) {
    this.#ports = ports;
  }

  async answer(connection: Connection, frame: HelloFrame): Promise<void> {
    const { core, inbox, cursors } = this.#ports;
    const user = core.id;
    const given = epochOf(frame.since);
    // A token from ahead of this object's time is none that it remembers giving out: start over.
    const since = given !== undefined && given < inbox.epoch ? given : undefined;
    const issued = inbox.issue();
    const places = new Map(Object.entries(frame.cursors ?? {}) as [ConversationId, Place][]);

    const listed = since === undefined ? inbox.all() : inbox.since(since);
    const changed = listed.slice(0, MAX_READY_CONVERSATIONS);
    const shown = new Set(changed.map(({ conversation }) => conversation));
    // Where the device says itself how far it is, what is remembered of it does not count.
    const toCheck = this.#unsettled(connection, since).filter(
      ({ conversation }) => !shown.has(conversation) && !places.has(conversation),
    );
    const strangers: ConversationId[] = [];
    inbox.fetch([...places.keys()]);
    const settled: [ConversationId, number][] = [];
    for (const [conversation, place] of places) {
      if (shown.has(conversation)) continue;
      const row = inbox.get(conversation);
      // Who was removed while its device was away is still owed what came before [V2].
      if (row === undefined) strangers.push(conversation);
      else if (inbox.isUnsure(conversation) || !isAtHead(row, place)) toCheck.push(row);
      else settled.push([conversation, place.seq]);
    }
    cursors.save(connection.device, settled);

    // Those of which this answer says nothing are not covered by its token, if they may have changed unseen.
    for (const { conversation } of listed.slice(MAX_READY_CONVERSATIONS)) {
      if (inbox.isUnsure(conversation)) inbox.touch(conversation);
    }

    const looked = await inParallel([...changed, ...unique(toCheck)], (row) =>
      this.#look(row, places.get(row.conversation)),
    );
    const summaries: Summary[] = [];
    const diverged: { conversation: ConversationId; seq: number }[] = strangers.map((conversation) => ({
      conversation,
      seq: 0,
    }));
    for (const look of looked) {
      const { conversation } = look.row;
      if (look.failed) this.#ports.retry(conversation);
      if (look.view === null) {
        if (!look.failed && look.place !== undefined) diverged.push({ conversation, seq: 0 });
        continue;
      }
      if (look.view.diverged !== null) diverged.push({ conversation, seq: look.view.diverged });
      const cursor = this.#place(connection, look.view, look.place);
      if (shown.has(conversation)) summaries.push(await this.#ports.summaries.summary(look.view, cursor));
    }
    if (!connection.open) return;

    const ready: ReadyFrame = {
      type: "ready",
      user,
      device: connection.device,
      sync: tokenOf(issued),
      conversations: summaries.toSorted((a, b) => (b.last?.at ?? 0) - (a.last?.at ?? 0)),
      more: listed.length > changed.length,
      serverTime: core.clock(),
    };
    connection.send(ready);
    connection.ready = true;
    connection.changed();
    for (const { conversation, seq } of diverged) connection.send({ type: "diverged", conversation, seq });
    if (since !== undefined) {
      for (const hidden of inbox.hidesSince(since)) connection.send({ type: "hidden", ...hidden });
    }
    core.sql.exec("UPDATE devices SET last_seen_at = ? WHERE id = ?", core.clock(), connection.device);
    for (const { row } of looked) this.#ports.deliveries.pump(connection, row.conversation);
    // What was delivered while the answer was made is beyond the token: it was noted, and is offered now.
    for (const row of inbox.since(issued)) this.#ports.deliveries.pump(connection, row.conversation);
  }

  /** Conversations whose summary the device has, but which it may not have acknowledged to their end. */
  #unsettled(connection: Connection, since: number | undefined): InboxRow[] {
    const { core, inbox, cursors } = this.#ports;
    if (since === undefined) return [];
    const settled = core.sql
      .exec<{ settled: number }>("SELECT settled FROM devices WHERE id = ?", connection.device)
      .toArray()[0]?.settled;
    if (settled === undefined || settled >= since) return [];
    return inbox
      .since(settled)
      .filter(
        ({ head, conversation }) =>
          inbox.isUnsure(conversation) || (cursors.get(connection.device, conversation) ?? head) < head,
      );
  }

  async #look(row: InboxRow, place: Place | undefined): Promise<Looked> {
    try {
      return { row, place, view: await this.#ports.summaries.view(row.conversation, place), failed: false };
    } catch {
      // One conversation that cannot be reached keeps nobody from the others: it follows when it can.
      return { row, place, view: null, failed: true };
    }
  }

  /** Where the stream starts: at the place that the client names, else at the one that is remembered, else at the head. */
  #place(connection: Connection, view: MemberView, place: Place | undefined): number {
    const { cursors, summaries } = this.#ports;
    const known = connection.streams.get(view.id);
    if (known !== undefined) return known.acked;
    let cursor: number;
    if (view.diverged !== null) cursor = view.head;
    else if (place !== undefined) cursor = place.seq;
    else cursor = summaries.cursor(connection.device, view);
    cursors.save(connection.device, [[view.id, cursor]]);
    return cursor;
  }
}

/** Nothing to ask: the place is the head that this object was told of, and so is its chain. */
function isAtHead(row: InboxRow, place: Place): boolean {
  return place.seq === row.head && (place.chain === undefined || place.chain === row.chain);
}

function unique(rows: readonly InboxRow[]): InboxRow[] {
  return [...new Map(rows.map((row) => [row.conversation, row])).values()];
}

async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += PARALLEL) {
    results.push(...(await Promise.all(items.slice(start, start + PARALLEL).map(work))));
  }
  return results;
}
