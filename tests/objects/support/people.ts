/**
 * Users, devices and sockets for tests inside workerd. A `TestSocket` records every frame and lets a test await one.
 */
import { env } from "cloudflare:workers";
import {
  type AppendResult,
  type ClientFrame,
  type ConversationId,
  type DeviceId,
  type EntriesFrame,
  type ReadyFrame,
  type ServerFrame,
  type User,
  type UserId,
} from "../../../protocol/index.ts";
import type { ConversationRpc } from "../../../durable-objects/rpc/conversation.ts";
import { SOCKET_HEADERS, type UserRpc } from "../../../durable-objects/rpc/user.ts";

let counter = 0;

/** A name that no other test has. */
export function unique(prefix: string): string {
  counter += 1;
  return `${prefix}${counter}x${Math.random().toString(36).slice(2, 8)}`;
}

export function userObject(id: UserId): UserRpc & { fetch: typeof fetch } {
  return env.USER.getByName(id);
}

export function conversationObject(id: ConversationId): ConversationRpc {
  return env.CONVERSATION.getByName(id);
}

export class Person {
  readonly id: UserId;
  readonly handle: string;

  constructor(id: UserId, handle: string) {
    this.id = id;
    this.handle = handle;
  }

  get object(): UserRpc & { fetch: typeof fetch } {
    return userObject(this.id);
  }

  async device(name = "phone"): Promise<TestDevice> {
    const grant = await this.object.signIn(this.profile(), { name, platform: "test" });
    return new TestDevice(this, grant.device.id, grant.refreshToken);
  }

  profile(): User {
    return {
      id: this.id,
      handle: this.handle,
      displayName: this.handle,
      about: "",
      avatar: null,
      privacy: { lastSeen: "everyone" },
      createdAt: 0,
    };
  }

  async directWith(other: Person): Promise<ConversationId> {
    const { conversation } = await this.object.createConversation({ kind: "direct", user: other.id });
    return conversation.id;
  }

  async group(title: string, ...others: Person[]): Promise<ConversationId> {
    const { conversation } = await this.object.createConversation({
      kind: "group",
      title,
      members: others.map(({ id }) => id),
    });
    return conversation.id;
  }
}

export function person(name = "user"): Person {
  const handle = unique(name);
  return new Person(`u_${handle}` as UserId, handle);
}

export class TestDevice {
  readonly owner: Person;
  readonly id: DeviceId;
  readonly refreshToken: string;

  constructor(owner: Person, id: DeviceId, refreshToken: string) {
    this.owner = owner;
    this.id = id;
    this.refreshToken = refreshToken;
  }

  /** Opens a socket without a hello. */
  async open(expiresAt = Date.now() + 15 * 60_000): Promise<TestSocket> {
    const response = await this.owner.object.fetch("https://objects.test/v1/socket", {
      headers: {
        Upgrade: "websocket",
        [SOCKET_HEADERS.user]: this.owner.id,
        [SOCKET_HEADERS.device]: this.id,
        [SOCKET_HEADERS.expiresAt]: String(expiresAt),
      },
    });
    const socket = response.webSocket;
    if (socket === null) throw new Error(`no socket: ${response.status} ${await response.text()}`);
    return new TestSocket(socket);
  }

  /** Opens a socket and says hello. */
  async connect(
    since: string | null = null,
    cursors?: Record<string, { seq: number; chain?: string }>,
  ): Promise<TestSocket> {
    const socket = await this.open();
    await socket.hello(since, cursors);
    return socket;
  }
}

type Of<Type extends ServerFrame["type"]> = Extract<ServerFrame, { type: Type }>;

export class TestSocket {
  readonly raw: WebSocket;
  readonly frames: ServerFrame[] = [];
  closed: { code: number; reason: string } | undefined;
  /** Whether `entries` frames are acknowledged as they come. */
  acknowledges = false;
  #waiters: (() => void)[] = [];

  constructor(raw: WebSocket) {
    this.raw = raw;
    raw.accept();
    raw.addEventListener("message", ({ data }) => {
      if (data === "pong") return;
      const frame = JSON.parse(data as string) as ServerFrame;
      this.frames.push(frame);
      if (frame.type === "entries" && this.acknowledges) {
        this.send({ type: "received", conversation: frame.conversation, seq: frame.to });
      }
      this.#wake();
    });
    raw.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
      this.#wake();
    });
  }

  send(frame: ClientFrame | Record<string, unknown>): void {
    this.raw.send(JSON.stringify(frame));
  }

  async hello(
    since: string | null = null,
    cursors?: Record<string, { seq: number; chain?: string }>,
  ): Promise<Of<"ready">> {
    this.send({ type: "hello", since, ...(cursors === undefined ? {} : { cursors }) });
    return this.next("ready");
  }

  /** The first frame of a type, past or future, for which the predicate holds. */
  async next<Type extends ServerFrame["type"]>(
    type: Type,
    predicate: (frame: Of<Type>) => boolean = () => true,
    timeoutMs = 8_000,
  ): Promise<Of<Type>> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const found = this.frames.find((frame): frame is Of<Type> => frame.type === type && predicate(frame as Of<Type>));
      if (found !== undefined) return found;
      if (this.closed !== undefined) throw new Error(`closed with ${this.closed.code} while waiting for ${type}`);
      if (Date.now() > until)
        throw new Error(`no ${type} frame; got ${this.frames.map((frame) => frame.type).join(", ")}`);
      await this.#changed(until - Date.now());
    }
  }

  async whenClosed(timeoutMs = 8_000): Promise<{ code: number; reason: string }> {
    const until = Date.now() + timeoutMs;
    while (this.closed === undefined) {
      if (Date.now() > until) throw new Error("the socket stayed open");
      await this.#changed(until - Date.now());
    }
    return this.closed;
  }

  /** Sends a text message and resolves with its `sent`; throws with the code of an error. */
  async say(conversation: ConversationId, text: string, id: string = crypto.randomUUID()): Promise<AppendResult> {
    this.send({ type: "send", conversation, id, kind: "message", body: { text } });
    return this.outcome(id);
  }

  async append(
    conversation: ConversationId,
    kind: string,
    body: unknown,
    id: string = crypto.randomUUID(),
  ): Promise<AppendResult> {
    this.send({ type: "send", conversation, id, kind, body });
    return this.outcome(id);
  }

  async outcome(id: string): Promise<AppendResult> {
    const until = Date.now() + 8_000;
    for (;;) {
      for (const frame of this.frames) {
        if (frame.type === "sent" && frame.id === id) return frame;
        if (frame.type === "error" && frame.ref === id) throw Object.assign(new Error(frame.code), frame);
      }
      if (Date.now() > until) throw new Error(`no outcome of ${id}`);
      await this.#changed(until - Date.now());
    }
  }

  /** Seqs of the entries that came for a conversation, in the order they came. */
  seqs(conversation: ConversationId): number[] {
    return this.entriesFrames(conversation).flatMap(({ entries }) => entries.map(({ seq }) => seq));
  }

  entriesFrames(conversation: ConversationId): EntriesFrame[] {
    return this.frames.filter(
      (frame) => frame.type === "entries" && frame.conversation === conversation,
    ) as EntriesFrame[];
  }

  /** The answer to the hello. */
  get greeting(): ReadyFrame {
    const frame = this.frames.find((one) => one.type === "ready");
    if (frame === undefined) throw new Error("not ready");
    return frame;
  }

  ready(): Promise<ReadyFrame> {
    return this.next("ready");
  }

  /** Cuts the socket and waits for nothing. */
  cut(): void {
    this.raw.close(1000, "cut");
  }

  async close(): Promise<void> {
    this.raw.close(1000, "done");
    await this.whenClosed();
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #changed(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, ms));
      this.#waiters.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** Waits until a condition holds, for what no event announces. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 8_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
