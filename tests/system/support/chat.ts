/**
 * A raw client of the wire contract for tests of real processes: one socket of one device, every frame recorded.
 */
import type { ReadyFrame, ServerFrame, Session } from "../../../protocol/index.ts";
import type { SimulatedSocket } from "../../simulation/ports.ts";
import type { Target } from "./http.ts";

type Of<Type extends ServerFrame["type"]> = Extract<ServerFrame, { type: Type }>;

export class ChatSocket implements SimulatedSocket {
  readonly frames: ServerFrame[] = [];
  closed: { readonly code: number } | undefined;
  /** Whether `entries` frames are acknowledged as they come. */
  acknowledges = false;
  /** The platform's socket, for what this class does not show. */
  readonly raw: WebSocket;
  #wake: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.raw = socket;
    socket.addEventListener("message", ({ data }) => {
      if (data !== "pong") this.#take(JSON.parse(String(data)) as ServerFrame);
    });
    socket.addEventListener("close", ({ code }) => {
      this.closed = { code };
      this.#changed();
    });
    // A close event follows every error.
    socket.addEventListener("error", () => undefined);
  }

  /** Opens a socket without a hello. */
  static open(target: Target, token: string): Promise<ChatSocket> {
    const url = new URL("/v1/socket", target.url);
    url.protocol = "ws:";
    const socket = new WebSocket(url, ["meridian.v1", `bearer.${token}`]);
    const chat = new ChatSocket(socket);
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve(chat), { once: true });
      socket.addEventListener("error", () => reject(new Error("the socket did not open")), { once: true });
    });
  }

  /** Opens a socket and says hello. */
  static async connect(target: Target, { accessToken }: Session, since: string | null = null): Promise<ChatSocket> {
    const chat = await ChatSocket.open(target, accessToken);
    chat.send({ type: "hello", since });
    await chat.ready();
    return chat;
  }

  get protocol(): string {
    return this.raw.protocol;
  }

  send(frame: Record<string, unknown>): void {
    if (this.raw.readyState === WebSocket.OPEN) this.raw.send(JSON.stringify(frame));
  }

  sendRaw(data: string | Uint8Array<ArrayBuffer>): void {
    this.raw.send(data);
  }

  ready(): Promise<ReadyFrame> {
    return this.next("ready");
  }

  cut(): void {
    this.raw.close(1000, "cut");
  }

  /** The first frame of a type, past or future, for which the predicate holds. */
  async next<Type extends ServerFrame["type"]>(
    type: Type,
    predicate: (frame: Of<Type>) => boolean = () => true,
    timeoutMs = 20_000,
  ): Promise<Of<Type>> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const found = this.frames.find((one): one is Of<Type> => one.type === type && predicate(one as Of<Type>));
      if (found !== undefined) return found;
      if (this.closed !== undefined) throw new Error(`closed with ${this.closed.code} while waiting for ${type}`);
      if (Date.now() > until)
        throw new Error(`no ${type} in time; got ${this.frames.map((one) => one.type).join(" ")}`);
      await this.#change(until - Date.now());
    }
  }

  async whenClosed(timeoutMs = 20_000): Promise<{ code: number }> {
    const until = Date.now() + timeoutMs;
    while (this.closed === undefined) {
      if (Date.now() > until) throw new Error("the socket stayed open");
      await this.#change(until - Date.now());
    }
    return this.closed;
  }

  /** Sends a text and resolves with its `sent`; throws with the code of an error. */
  async say(conversation: string, text: string, id: string = crypto.randomUUID()): Promise<Of<"sent">> {
    this.send({ type: "send", conversation, id, kind: "message", body: { text } });
    for (;;) {
      for (const frame of this.frames) {
        if (frame.type === "sent" && frame.id === id) return frame;
        if (frame.type === "error" && frame.ref === id) throw Object.assign(new Error(frame.code), frame);
      }
      if (this.closed !== undefined) throw new Error(`closed with ${this.closed.code}`);
      await this.#change(20_000);
    }
  }

  seqs(conversation: string): number[] {
    return this.frames.flatMap((frame) =>
      frame.type === "entries" && frame.conversation === conversation ? frame.entries.map(({ seq }) => seq) : [],
    );
  }

  #take(frame: ServerFrame): void {
    this.frames.push(frame);
    if (frame.type === "entries" && this.acknowledges) {
      this.send({ type: "received", conversation: frame.conversation, seq: frame.to });
    }
    this.#changed();
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, ms));
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
