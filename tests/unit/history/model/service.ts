/**
 * The model of the service and its devices: a few hundred lines that keep the contract in memory and record what the
 * devices see. `plant` names the one promise that a run breaks; the checker must name the rule.
 */
import type { EntryKind } from "../../../../protocol/index.ts";
import { MemoryHistory } from "../../../../tools/history/record.ts";
import { bodyDigest, ModelConversation } from "./conversation.ts";
import type { Plants } from "./plants.ts";
import type { Random } from "../../../../tools/random.ts";

export interface ModelDevice {
  readonly id: string;
  readonly user: string;
  session: number;
  /** Streams of the open socket by conversation; null while offline. */
  streams: Map<string, { to: number; flight: number[] }> | null;
  token: string | null;
  /** What the server remembers, and what it may fall back to when it loses the newest. */
  readonly remembered: Map<string, number>;
  readonly older: Map<string, number>;
  /** The highest that the device ever told the server. */
  readonly confirmed: Map<string, number>;
  /** What the device holds in one piece from its start. */
  readonly held: Map<string, number>;
  /** Sent and not answered, in order. */
  readonly outbox: { conversation: string; id: string }[];
}

export class ModelService {
  readonly history = new MemoryHistory();
  readonly random: Random;
  readonly window: number;
  readonly plants: Plants;
  readonly conversations = new Map<string, ModelConversation>();
  readonly devices = new Map<string, ModelDevice>();
  readonly attempted = new Set<string>();
  #clock = 0;
  #ids = 0;

  constructor(random: Random, window: number, plants: Plants) {
    this.random = random;
    this.window = window;
    this.plants = plants;
  }

  t(): number {
    return 1_000_000 + ++this.#clock;
  }

  newId(): string {
    return `m${++this.#ids}`;
  }

  on(device: ModelDevice) {
    return { device: device.id, session: device.session, t: this.t() };
  }

  addDevice(id: string, user: string): ModelDevice {
    const blank = { session: 0, streams: null, token: null, outbox: [] };
    const maps = { remembered: new Map(), older: new Map(), confirmed: new Map(), held: new Map() };
    const device: ModelDevice = { id, user, ...blank, ...maps };
    this.devices.set(id, device);
    return device;
  }

  addDirect(id: string, users: readonly [string, string]): void {
    this.conversations.set(id, new ModelConversation(id, users));
  }

  addGroup(id: string, creator: string, members: readonly string[]): void {
    const group = new ModelConversation(id);
    this.conversations.set(id, group);
    for (const user of new Set([creator, ...members])) group.open(user, 1);
    group.append({ user: creator, device: null, id: this.newId(), kind: "group_created", about: [...members] });
    this.pumpAll();
  }

  system(group: ModelConversation, actor: string, kind: EntryKind, member: string): void {
    if (kind === "member_added") group.open(member, group.head + 1);
    group.append({ user: actor, device: null, id: this.newId(), kind, about: [member] });
    if (kind === "member_removed") group.close(member, group.head);
    this.pumpAll();
  }

  /** Records an attempt; what becomes of it is the caller's. */
  attempt(device: ModelDevice, conversation: string, id: string, overHttp = false): void {
    this.attempted.add(id);
    const event = { ...this.on(device), conversation, id, kind: "message", digest: bodyDigest(id) } as const;
    this.history.write({ type: "sent", ...event, session: overHttp ? null : device.session });
  }

  /** The server's side of a send, with its answer. */
  append(device: ModelDevice, conversation: ModelConversation, id: string, overHttp = false): void {
    const before = conversation.find(device.user, id);
    if (before !== undefined && this.plants.now("append twice")) {
      conversation.append({ user: device.user, device: device.id, id });
    }
    const text = before === undefined && this.plants.now("garble") ? "something else" : id;
    const entry = before ?? conversation.append({ user: device.user, device: device.id, id, text });
    this.answer(device, conversation, { ...entry, duplicate: before !== undefined }, overHttp);
    this.pumpAll();
  }

  answer(
    device: ModelDevice,
    conversation: ModelConversation,
    { id, seq, at, duplicate }: { id: string; seq: number; at: number; duplicate: boolean },
    overHttp = false,
  ): void {
    conversation.mark(device.user, seq, seq);
    const session = overHttp ? null : device.session;
    const event = { ...this.on(device), session, conversation: conversation.id, id, seq, at, duplicate };
    this.history.write({ type: "acknowledged", ...event });
    for (const other of this.devices.values()) {
      if (other.user !== device.user) continue;
      const index = other.outbox.findIndex((send) => send.id === id);
      if (index >= 0) other.outbox.splice(index, 1);
    }
  }

  connect(device: ModelDevice): void {
    device.session++;
    const streams = new Map<string, { to: number; flight: number[] }>();
    const cursors: Record<string, { seq: number; chain?: string }> = {};
    const { token } = device;
    if (token !== null && this.random.chance(0.5)) this.#nameCursors(device, cursors);
    this.history.write({ type: "connected", ...this.on(device) });
    this.history.write({ type: "hello", ...this.on(device), since: token, cursors });
    const listed: Record<string, { cursor: number; head: number }> = {};
    const diverged: string[] = [];
    for (const conversation of this.conversations.values()) {
      const { id } = conversation;
      if (!conversation.windows.has(device.user)) continue;
      const end = conversation.endFor(device.user);
      const named = cursors[id];
      const foreign = named?.chain === "foreign";
      if (foreign) diverged.push(id);
      let cursor = named === undefined || foreign ? this.#rememberedCursor(device, conversation, foreign) : named.seq;
      const lower = device.remembered.get(id) ?? cursor;
      if (named !== undefined && !foreign && lower < cursor && this.plants.now("ignore hello")) cursor = lower;
      streams.set(id, { to: cursor, flight: [] });
      // Unchanged since the token: the stream goes on without being listed.
      if (device.held.has(id) && end === cursor && this.random.chance(0.7)) continue;
      listed[id] = { cursor, head: Math.max(end, cursor) };
      if (!device.held.has(id)) device.held.set(id, cursor);
      device.remembered.set(id, cursor);
    }
    device.token = `token ${device.session}`;
    device.streams = streams;
    this.history.write({ type: "ready", ...this.on(device), sync: device.token, more: false, conversations: listed });
    for (const conversation of diverged)
      this.history.write({ type: "diverged", ...this.on(device), conversation, seq: 1 });
    this.pump(device);
  }

  close(device: ModelDevice): void {
    if (device.streams === null) return;
    this.history.write({ type: "closed", ...this.on(device), code: 1006 });
    device.streams = null;
    // A lost cursor may repeat.
    for (const [id, seq] of device.older) if (this.random.chance(0.3)) device.remembered.set(id, seq);
  }

  pumpAll(): void {
    for (const device of this.devices.values()) this.pump(device);
  }

  /** [D1] one stream for each conversation, as far as its window allows. */
  pump(device: ModelDevice): void {
    if (device.streams === null) return;
    for (const conversation of this.conversations.values()) {
      if (!conversation.windows.has(device.user) || this.plants.isWithheld(device.id, conversation.id)) continue;
      let stream = device.streams.get(conversation.id);
      if (stream === undefined) {
        stream = { to: this.#begin(device, conversation), flight: [] };
        device.streams.set(conversation.id, stream);
      }
      while (stream.to < conversation.endFor(device.user)) if (!this.#frame(device, conversation, stream)) break;
    }
  }

  received(device: ModelDevice, conversation: string): void {
    const stream = device.streams?.get(conversation);
    if (stream === undefined) return;
    const seq = stream.to;
    this.history.write({ type: "received", ...this.on(device), conversation, seq });
    device.older.set(conversation, device.remembered.get(conversation) ?? 0);
    device.remembered.set(conversation, seq);
    device.confirmed.set(conversation, Math.max(device.confirmed.get(conversation) ?? 0, seq));
    stream.flight = stream.flight.filter((flying) => flying > seq);
    this.conversations.get(conversation)?.mark(device.user, seq, 0);
    this.pump(device);
  }

  #frame(device: ModelDevice, conversation: ModelConversation, stream: { to: number; flight: number[] }): boolean {
    const after = stream.to;
    let to = Math.min(after + this.random.int(1, 4), conversation.endFor(device.user));
    let entries = conversation.range(device.user, after, to);
    while (stream.flight.length + entries.length > this.window) {
      if (this.plants.now("overrun")) break;
      to--;
      if (to <= after) return false;
      entries = conversation.range(device.user, after, to);
    }
    const event = { ...this.on(device), conversation: conversation.id, after, to, head: conversation.head, entries };
    this.history.write({ type: "entries", ...event });
    stream.to = to;
    stream.flight.push(...entries.map(({ seq }) => seq));
    const held = device.held.get(conversation.id) ?? after;
    device.held.set(conversation.id, Math.max(held, after <= held ? to : held));
    return true;
  }

  /** A conversation that the device has not heard of: just made, or just joined. */
  #begin(device: ModelDevice, conversation: ModelConversation): number {
    const { id } = conversation;
    const cursor = this.#rememberedCursor(device, conversation, false);
    device.held.set(id, cursor);
    device.remembered.set(id, cursor);
    this.history.write({ type: "summary", ...this.on(device), conversation: id, cursor, head: conversation.head });
    return cursor;
  }

  #rememberedCursor(device: ModelDevice, conversation: ModelConversation, diverged: boolean): number {
    const { id } = conversation;
    const known = device.remembered.get(id);
    const end = conversation.endFor(device.user);
    if (known !== undefined) {
      const held = device.held.get(id) ?? 0;
      const seen = held > Math.max(known, device.confirmed.get(id) ?? 0) && end > held;
      return seen && !diverged && this.plants.now("skip on resume") ? held : known;
    }
    if (device.token === null) return end;
    const first = conversation.windows.get(device.user)?.[0]?.from ?? 1;
    return end > first && this.plants.now("join skips") ? end : first - 1;
  }

  #nameCursors(device: ModelDevice, cursors: Record<string, { seq: number; chain?: string }>): void {
    for (const [id, seq] of device.held) {
      const chain = this.conversations.get(id)?.log[seq - 1]?.chain;
      if (chain !== undefined && this.random.chance(0.05)) cursors[id] = { seq, chain: "foreign" };
      else if (this.random.chance(0.8)) {
        cursors[id] = { seq, ...(chain === undefined ? {} : { chain }) };
        device.confirmed.set(id, Math.max(device.confirmed.get(id) ?? 0, seq));
      }
    }
  }
}
