/**
 * A small server for tests of the SDK: one process, everything in memory, and every answer can be bent.
 */
import { GENESIS_CHAIN, digestOf, jcs, nextChain } from "../../../../protocol/chain.ts";
import type { Summary } from "../../../../protocol/conversation.ts";
import type { Entry } from "../../../../protocol/entry.ts";
import type { SendFrame } from "../../../../protocol/frames-client.ts";
import type { ErrorCode } from "../../../../protocol/errors.ts";
import type { ServerFrame } from "../../../../protocol/frames-server.ts";
import type { ConversationId, DeviceId, EntryId, UserId } from "../../../../protocol/ids.ts";
import type { Clock } from "../../../../client/clock.ts";
import { FakeAccounts, problem, profile, type Answer } from "./accounts.ts";
import { erased } from "./entries.ts";
import type { FakeNetwork, FakeSocket } from "./ports.ts";

interface Link {
  readonly socket: FakeSocket;
  readonly user: UserId;
  readonly device: DeviceId;
  readonly pushed: Map<ConversationId, number>;
  greeted: boolean;
}

interface Log {
  readonly id: ConversationId;
  readonly members: UserId[];
  readonly read: Map<UserId, number>;
  readonly delivered: Map<UserId, number>;
  readonly hidden: Map<UserId, Set<number>>;
  entries: Entry[];
  title: string;
  version: number;
  floor: number;
}

export interface HttpCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly user: UserId | null;
}

export class FakeServer {
  readonly clock: Clock;
  readonly accounts: FakeAccounts;
  readonly links: Link[] = [];
  readonly logs = new Map<ConversationId, Log>();
  readonly calls: HttpCall[] = [];
  /** Frames from clients, newest last, with their user. */
  readonly frames: { readonly user: UserId; readonly frame: { type: string; [field: string]: unknown } }[] = [];
  /** Answers a call instead of the server where it returns something. */
  onCall: ((call: HttpCall) => Answer | undefined) | undefined;
  /** What to do with a send: store it and lose the answer, refuse it, or (undefined) nothing special. */
  onSend:
    | ((frame: SendFrame) => "lose" | "swallow" | { code: ErrorCode; retryAfterMs?: number } | undefined)
    | undefined;
  /** Whether the network lets anything through. */
  reachable = true;
  /** Pulls are not answered. */
  swallowPulls = false;
  /** Conversations in one `ready`. */
  readyLimit = 200;
  #version = 0;
  readonly #cursors = new Map<string, number>();

  constructor(clock: Clock, network: FakeNetwork) {
    this.clock = clock;
    this.accounts = new FakeAccounts(clock);
    network.onSocket = (socket) => queueMicrotask(() => this.#accept(socket));
  }

  // ── what a test does ──

  /** Makes a conversation; members by name. */
  conversation(name: string, members: readonly string[], kind: "d" | "g" = "g"): ConversationId {
    const id = `${kind}_${name}` as ConversationId;
    this.logs.set(id, {
      id,
      members: members.map((each) => `u_${each}` as UserId),
      read: new Map(),
      delivered: new Map(),
      hidden: new Map(),
      entries: [],
      title: name,
      version: ++this.#version,
      floor: 1,
    });
    for (const link of this.links) {
      if (this.#sees(link, id)) this.#push(link, { type: "conversation", conversation: this.summary(id, link) });
    }
    return id;
  }

  /** Appends as somebody who has no socket here. */
  append(id: ConversationId, by: string, kind: Entry["kind"], body: unknown, entryId?: string): Entry {
    const log = this.#log(id);
    const seq = log.entries.length + 1;
    const at = this.clock.now();
    const digest = digestOf(jcs(body));
    const previous = log.entries.at(-1)?.chain ?? GENESIS_CHAIN;
    const fields = {
      seq,
      id: (entryId ?? `by-${by}-${seq}`) as EntryId,
      sender: { user: `u_${by}` as UserId, device: `dev_${by}` as DeviceId },
      at,
      kind,
    };
    const entry = { ...fields, body, chain: nextChain(previous, { ...fields, digest }) } as Entry;
    log.entries.push(entry);
    log.version = ++this.#version;
    if (kind === "delete") this.#erase(log, (body as { target: string }).target);
    for (const link of this.links) this.pump(link, id);
    return entry;
  }

  say(id: ConversationId, by: string, text: string): Entry {
    return this.append(id, by, "message", { text });
  }

  /** Sends a frame to every socket of a user. */
  tell(name: string, frame: ServerFrame): void {
    for (const link of this.links) if (link.user === `u_${name}`) this.#push(link, frame);
  }

  /** Breaks every link. */
  cut(code = 1006): void {
    for (const { socket } of this.links.splice(0)) if (!socket.closedByClient) socket.close(code);
  }

  /** Texts of the messages of a log. */
  texts(id: ConversationId): string[] {
    return this.#log(id).entries.map((entry) =>
      entry.kind === "message" && !entry.deleted ? (entry.body.text ?? "") : entry.kind,
    );
  }

  framesOf(type: string): { type: string; [field: string]: unknown }[] {
    return this.frames.filter(({ frame }) => frame.type === type).map(({ frame }) => frame);
  }

  summary(id: ConversationId, link: { user: UserId; device: DeviceId }): Summary {
    const log = this.#log(id);
    const head = log.entries.length;
    const read = log.read.get(link.user) ?? 0;
    const countable = log.entries.filter(
      ({ kind, seq }) => kind === "message" && log.hidden.get(link.user)?.has(seq) !== true,
    );
    const lowest = (marks: Map<UserId, number>) =>
      Math.min(head, ...log.members.filter((user) => user !== link.user).map((user) => marks.get(user) ?? 0));
    const peer = log.members.find((user) => user !== link.user) ?? link.user;
    return {
      id,
      kind: id.startsWith("d_") ? "direct" : "group",
      ...(id.startsWith("g_") ? { title: log.title } : {}),
      memberCount: log.members.length,
      head,
      floor: log.floor,
      role: log.members.includes(link.user) ? "member" : null,
      cursor: this.#cursors.get(`${link.device} ${id}`) ?? head,
      read,
      unread: countable.filter((entry) => entry.seq > read && entry.sender.user !== link.user && !entry.deleted).length,
      mutedUntil: null,
      last: countable.at(-1) ?? null,
      receipts: { delivered: lowest(log.delivered), read: lowest(log.read) },
      ...(id.startsWith("d_")
        ? { peer: { id: peer, handle: peer.slice(2), displayName: peer.slice(2), avatar: null } }
        : {}),
    };
  }

  /** Everything that a socket has not been sent yet, in frames of at most `size`. */
  pump(link: Link, id: ConversationId, size = 100): void {
    if (!link.greeted || !link.socket.alive || !this.#sees(link, id)) return;
    const log = this.#log(id);
    let after = link.pushed.get(id) ?? this.#cursors.get(`${link.device} ${id}`) ?? 0;
    while (after < log.entries.length) {
      const to = Math.min(after + size, log.entries.length);
      const entries = this.#visible(log, link.user, after, to);
      this.#push(link, { type: "entries", conversation: id, after, to, entries, head: log.entries.length });
      link.pushed.set(id, to);
      after = to;
    }
  }

  // ── HTTP ──

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    if (!this.reachable) throw new TypeError("fetch failed");
    const path = url.replace(/^https?:\/\/[^/]+/, "");
    const token = new Headers(init.headers).get("authorization")?.slice("Bearer ".length) ?? null;
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    const session = token === null ? undefined : this.accounts.byToken(token);
    const call: HttpCall = { method: init.method ?? "GET", path, body, user: session?.user ?? null };
    this.calls.push(call);
    const stale = token !== null && session === undefined;
    const [status, answer] =
      this.onCall?.(call) ?? (stale ? problem(401, "token_expired") : this.#route(call, session));
    // An answer takes a turn, like any answer.
    await Promise.resolve();
    return new Response(answer === undefined ? null : JSON.stringify(answer), { status });
  };

  #route({ method, path, body }: HttpCall, session: { user: UserId; device: DeviceId } | undefined): Answer {
    const route = `${method} ${path.replace(/\?.*/, "")}`;
    const account = this.accounts.route(route, body);
    if (account !== undefined) return account;
    if (session === undefined) return problem(401, "invalid_token");
    if (route === "GET /v1/conversations") {
      const ids = [...this.logs.keys()].filter((id) => this.#sees(session, id));
      return [200, { conversations: ids.map((id) => this.summary(id, session)) }];
    }
    const user = /^GET \/v1\/users\/(\w+)$/.exec(route)?.[1];
    if (user !== undefined) return [200, profile(user.slice(2))];
    const members = /^GET \/v1\/conversations\/(\w+)\/members$/.exec(route)?.[1];
    if (members !== undefined) {
      const log = this.#log(members as ConversationId);
      const list = log.members.map((id) => ({
        user: id,
        role: "member",
        delivered: log.delivered.get(id) ?? 0,
        read: log.read.get(id) ?? 0,
      }));
      return [200, { members: list }];
    }
    const hide = /^DELETE \/v1\/conversations\/(\w+)\/entries\/(\d+)$/.exec(route);
    if (hide !== null) {
      const log = this.#log(hide[1] as ConversationId);
      const mine = log.hidden.get(session.user) ?? new Set();
      log.hidden.set(session.user, mine.add(Number(hide[2])));
      return [204];
    }
    const one = /^GET \/v1\/conversations\/(\w+)$/.exec(route)?.[1];
    if (one !== undefined) return [200, this.summary(one as ConversationId, session)];
    return method === "DELETE" || method === "PUT" ? [204] : problem(404, "not_found");
  }

  // ── the socket ──

  #accept(socket: FakeSocket): void {
    const session = this.accounts.byToken(socket.accessToken());
    if (!this.reachable || session === undefined) {
      socket.close(1006);
      return;
    }
    const link: Link = { socket, user: session.user, device: session.device, pushed: new Map(), greeted: false };
    this.links.push(link);
    socket.onText = (text) => queueMicrotask(() => this.#take(link, text));
    socket.accept();
  }

  #take(link: Link, text: string): void {
    if (text === "ping") {
      if (link.socket.alive) link.socket.push("pong");
      return;
    }
    const frame = JSON.parse(text) as { type: string; [field: string]: unknown };
    this.frames.push({ user: link.user, frame });
    const id = frame["conversation"] as ConversationId;
    switch (frame.type) {
      case "hello":
        this.#hello(link, frame as never);
        return;
      case "send":
        this.#send(link, frame as never);
        return;
      case "received": {
        const seq = Math.min(frame["seq"] as number, link.pushed.get(id) ?? 0);
        this.#cursors.set(`${link.device} ${id}`, seq);
        this.#log(id).delivered.set(link.user, seq);
        return;
      }
      case "read":
        this.#log(id).read.set(link.user, frame["seq"] as number);
        this.#log(id).version = ++this.#version;
        return;
      case "pull":
        if (!this.swallowPulls) this.#pull(link, frame as never);
        return;
      default:
    }
  }

  #hello(
    link: Link,
    { since, cursors }: { since: string | null; cursors?: Record<ConversationId, { seq: number; chain?: string }> },
  ): void {
    const from = since === null ? 0 : Number(since.slice(1));
    const version = this.#version;
    const places = new Map(Object.entries(cursors ?? {}) as [ConversationId, { seq: number; chain?: string }][]);
    const diverged: { conversation: ConversationId; seq: number }[] = [];
    for (const [id, place] of places) {
      const log = this.logs.get(id);
      const wrong =
        log === undefined ||
        place.seq > log.entries.length ||
        (place.chain !== undefined && log.entries[place.seq - 1]?.chain !== place.chain);
      if (wrong) diverged.push({ conversation: id, seq: place.seq });
      this.#cursors.set(`${link.device} ${id}`, wrong ? (log?.entries.length ?? 0) : place.seq);
    }
    const changed = [...this.logs.values()].filter((log) => log.version > from && this.#sees(link, log.id));
    const shown = changed.slice(0, this.readyLimit);
    this.#push(link, {
      type: "ready",
      user: link.user,
      device: link.device,
      sync: `v${version}`,
      conversations: shown.map(({ id }) => this.summary(id, link)),
      more: shown.length < changed.length,
      serverTime: this.clock.now(),
    });
    for (const { conversation, seq } of diverged) this.#push(link, { type: "diverged", conversation, seq });
    link.greeted = true;
    for (const { id, entries } of this.logs.values()) {
      const key = `${link.device} ${id}`;
      if (!this.#cursors.has(key)) this.#cursors.set(key, entries.length);
      this.pump(link, id);
    }
  }

  #send(link: Link, frame: SendFrame): void {
    const { conversation, id, kind, body } = frame;
    const bent = this.onSend?.(frame);
    if (bent === "swallow") return;
    if (typeof bent === "object") {
      this.#push(link, { type: "error", ref: id, message: bent.code, ...bent });
      return;
    }
    const log = this.#log(conversation);
    const known = log.entries.find((entry) => entry.id === id && entry.sender.user === link.user);
    const entry = known ?? this.append(conversation, link.user.slice(2), kind, body, id);
    if (bent === "lose") return;
    const { seq, at } = entry;
    this.#push(link, { type: "sent", conversation, id, seq, at, ...(known === undefined ? {} : { duplicate: true }) });
  }

  #pull(
    link: Link,
    {
      ref,
      conversation,
      after,
      before,
      limit = 50,
    }: { ref: string; conversation: ConversationId; after?: number; before?: number; limit?: number },
  ): void {
    const log = this.#log(conversation);
    const head = log.entries.length;
    const [from, to] =
      after === undefined
        ? [Math.max(0, Math.min((before ?? head + 1) - 1, head) - limit), Math.min((before ?? head + 1) - 1, head)]
        : [after, Math.min(after + limit, head)];
    const entries = this.#visible(log, link.user, from, to);
    const more = after === undefined ? from > 0 : to < head;
    this.#push(link, { type: "page", ref, conversation, after: from, to, entries, head, floor: log.floor, more });
  }

  #visible(log: Log, user: UserId, after: number, to: number): Entry[] {
    const hidden = log.hidden.get(user);
    return log.entries.slice(after, to).filter(({ seq }) => seq >= log.floor && hidden?.has(seq) !== true);
  }

  #erase(log: Log, target: string): void {
    log.entries = log.entries.map((entry) => {
      const isEdit = entry.kind === "edit" && !entry.deleted && entry.body.target === target;
      return (entry.id === target && entry.kind === "message") || isEdit ? erased(entry) : entry;
    });
  }

  #push(link: Link, frame: ServerFrame): void {
    if (link.socket.alive) link.socket.push(frame);
  }

  #sees({ user }: { user: UserId }, id: ConversationId): boolean {
    return this.logs.get(id)?.members.includes(user) === true;
  }

  #log(id: ConversationId): Log {
    const log = this.logs.get(id);
    if (log === undefined) throw new Error(`no conversation ${id}`);
    return log;
  }
}
