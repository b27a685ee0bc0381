/** A network and a platform that a test plays. */
import type { Platform, SocketEvents, SocketFactory } from "../../../../client/types/options.ts";
import type { ServerFrame } from "../../../../protocol/frames-server.ts";

/** The server's end of one socket. */
export class FakeSocket {
  readonly url: string;
  readonly protocols: readonly string[];
  /** What the client sent and nobody has looked at yet. */
  readonly received: string[] = [];
  closedByClient = false;
  onText: ((text: string) => void) | undefined;
  readonly #events: SocketEvents;
  #open = false;

  constructor(url: string, protocols: readonly string[], events: SocketEvents) {
    this.url = url;
    this.protocols = protocols;
    this.#events = events;
  }

  get alive(): boolean {
    return this.#open && !this.closedByClient;
  }

  accept(): void {
    this.#open = true;
    this.#events.open();
  }

  push(frame: ServerFrame | string): void {
    this.#events.message(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** Closes from the server's side; 1006 for a broken link. */
  close(code = 1006): void {
    this.#open = false;
    this.#events.close(code);
  }

  /** The frames that came since the last look, without pings. */
  frames(): { type: string; [field: string]: unknown }[] {
    return this.received
      .splice(0)
      .filter((text) => text !== "ping")
      .map((text) => JSON.parse(text) as { type: string });
  }

  accessToken(): string {
    return (this.protocols.find((each) => each.startsWith("bearer.")) ?? "").slice("bearer.".length);
  }

  /** The client's end. */
  get client() {
    return {
      send: (text: string) => {
        this.received.push(text);
        this.onText?.(text);
      },
      close: () => {
        this.closedByClient = true;
      },
    };
  }
}

/** Every socket that the client opened, in order. */
export class FakeNetwork {
  readonly sockets: FakeSocket[] = [];
  /** Called for each new socket, before it is open. */
  onSocket: ((socket: FakeSocket) => void) | undefined;

  readonly open: SocketFactory = (url, protocols, events) => {
    const socket = new FakeSocket(url, protocols, events);
    this.sockets.push(socket);
    this.onSocket?.(socket);
    return socket.client;
  };

  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  }
}

export class FakePlatform implements Platform {
  online = true;
  readonly #listeners = new Set<(event: "online" | "offline" | "visible") => void>();

  isOnline(): boolean {
    return this.online;
  }

  subscribe(listener: (event: "online" | "offline" | "visible") => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  emit(event: "online" | "offline" | "visible"): void {
    if (event !== "visible") this.online = event === "online";
    for (const listener of this.#listeners) listener(event);
  }
}
