/**
 * A device of the service under load: keeps the contract as the SDK does (acknowledges what it got, coalesced, and
 * resumes by token and cursors), but reads no more of a frame than it must.
 */
import { uuidv7 } from "uuidv7";
import { STREAM_WINDOW, SUBPROTOCOL } from "../../../protocol/limits.ts";
import { openWire, type Wire } from "../wire.ts";
import { numberAfter } from "./parts.ts";
import { TEXT } from "./target.ts";

/** The SDK's own pause before it acknowledges what it stored; sooner where half a window waits for it. */
const COALESCE_MS = 150;
const COALESCE_ENTRIES = STREAM_WINDOW / 2;

export interface Session {
  readonly user: string;
  readonly accessToken: string;
}

/** What a device remembers while it is away. */
export interface Memory {
  token: string | null;
  /** How far it was sent each log; in the order of the newest activity, oldest first. */
  readonly cursors: Map<string, number>;
}

export class MeridianDevice {
  readonly memory: Memory;
  onEntries: (conversation: string, after: number, to: number) => void = () => undefined;
  readonly #sent: ((seq: number) => void)[] = [];
  readonly #pages: (() => void)[] = [];
  readonly #unacknowledged = new Set<string>();
  #entriesUnacknowledged = 0;
  #timer: NodeJS.Timeout | undefined;
  #wire: Wire | undefined;
  #ready: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #closed = false;

  constructor(memory: Memory = { token: null, cursors: new Map() }) {
    this.memory = memory;
  }

  /**
   * Connects and resolves once the hello is answered.
   * @param cursors how many places it names, as the SDK does for the newest
   */
  async open(url: string, { accessToken }: Session, cursors = 100): Promise<void> {
    const { token } = this.memory;
    const ready = new Promise<void>((resolve, reject) => (this.#ready = { resolve, reject }));
    this.#wire = await openWire(new URL("/v1/socket", url).href, {
      protocol: SUBPROTOCOL,
      headers: { Authorization: `Bearer ${accessToken}` },
      onText: (message) => this.#take(message),
      onClose: (code) => {
        if (!this.#closed) this.#ready?.reject(new Error(`the service closed a socket with ${code}`));
      },
    });
    const named = [...this.memory.cursors].slice(-cursors).map(([id, seq]) => [id, { seq }]);
    this.#wire.send(JSON.stringify({ type: "hello", since: token, cursors: Object.fromEntries(named) }));
    await ready;
  }

  /** @param acknowledged is given the seq */
  send(conversation: string, acknowledged: (seq: number) => void): void {
    this.#sent.push(acknowledged);
    this.#wire?.send(
      JSON.stringify({ type: "send", conversation, id: uuidv7(), kind: "message", body: { text: TEXT } }),
    );
  }

  pull(conversation: string, before: number, limit: number): Promise<void> {
    return new Promise((resolve) => {
      this.#pages.push(resolve);
      this.#wire?.send(JSON.stringify({ type: "pull", ref: "page", conversation, before, limit }));
    });
  }

  seen(conversation: string): number {
    return this.memory.cursors.get(conversation) ?? 0;
  }

  close(): void {
    this.#closed = true;
    this.#acknowledge();
    this.#wire?.close();
  }

  #take(message: Buffer): void {
    // Frames begin {"type":"… and these letters tell them apart.
    const letters = message.toString("latin1", 9, 14);
    switch (letters) {
      case 'sent"':
        this.#sent.shift()?.(numberAfter(message, '"seq":'));
        return;
      case "entri":
        this.#entries(message);
        return;
      case 'page"':
        this.#pages.shift()?.();
        return;
      case "ready":
        this.#answered(message);
        return;
      case "error":
        throw new Error(`The service answered with an error: ${message.toString()}`);
      default:
    }
  }

  #entries(message: Buffer): void {
    const start = message.indexOf('"conversation":"') + 16;
    const conversation = message.toString("latin1", start, message.indexOf('"', start));
    const after = numberAfter(message, '"after":');
    const to = numberAfter(message, '"to":');
    // Behind the entries, where there is one at all.
    const tail = message.toString("latin1", Math.max(0, message.length - 120));
    const token = /,"sync":"([^"]+)"\}$/.exec(tail)?.[1];
    if (token !== undefined) this.memory.token = token;
    this.memory.cursors.delete(conversation);
    this.memory.cursors.set(conversation, to);
    this.#unacknowledged.add(conversation);
    this.#entriesUnacknowledged += to - after;
    if (this.#entriesUnacknowledged >= COALESCE_ENTRIES) this.#acknowledge();
    else this.#timer ??= setTimeout(() => this.#acknowledge(), COALESCE_MS);
    this.onEntries(conversation, after, to);
  }

  #answered(message: Buffer): void {
    const { sync, conversations } = JSON.parse(message.toString()) as {
      sync: string;
      conversations: { id: string; cursor: number }[];
    };
    this.memory.token = sync;
    for (const { id, cursor } of conversations.toReversed()) {
      if (!this.memory.cursors.has(id)) this.memory.cursors.set(id, cursor);
    }
    this.#ready?.resolve();
  }

  #acknowledge(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const conversation of this.#unacknowledged) {
      this.#wire?.send(JSON.stringify({ type: "received", conversation, seq: this.seen(conversation) }));
    }
    this.#unacknowledged.clear();
    this.#entriesUnacknowledged = 0;
  }
}
