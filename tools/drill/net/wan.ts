/**
 * A wide area network in one process: TCP forwarders that delay each direction without reordering, and that can be cut,
 * frozen, slowed and pointed elsewhere while they are in use.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { Pipe, type Conditions } from "./pipe.ts";

export interface LinkOptions {
  /** Port to forward to. */
  readonly target: number;
  /** Milliseconds one way. */
  readonly delayMs: number;
}

export class Link {
  readonly #server: Server;
  readonly #connections = new Set<() => void>();
  readonly #pipes = new Set<Pipe>();
  readonly #conditions: Conditions;
  #target: number;
  #cut = false;

  constructor({ target, delayMs }: LinkOptions) {
    this.#target = target;
    this.#conditions = { delayMs, frozen: false, bytesPerSecond: undefined };
    // Half-open: the end of one direction travels as slowly as its bytes.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => this.#accept(near));
  }

  /** @returns the port that it listens on */
  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("A forwarder listens on a port.");
    return address.port;
  }

  /** Milliseconds one way; bytes that are on their way keep what they had. */
  get delayMs(): number {
    return this.#conditions.delayMs;
  }

  set delayMs(ms: number) {
    this.#conditions.delayMs = ms;
  }

  /** New connections go there from now on. */
  retarget(port: number): void {
    this.#target = port;
  }

  /** Resets every connection and refuses new ones until `mend`. */
  cut(): void {
    this.#cut = true;
    for (const destroy of this.#connections) destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  /** Holds every byte in both directions, and reads no more, until `thaw`. */
  freeze(): void {
    this.#conditions.frozen = true;
  }

  thaw(): void {
    this.#conditions.frozen = false;
    for (const pipe of this.#pipes) pipe.pump();
  }

  /** Lets only so many bytes a second through from the server; undefined ends it. */
  throttle(bytesPerSecond: number | undefined): void {
    this.#conditions.bytesPerSecond = bytesPerSecond;
    for (const pipe of this.#pipes) pipe.pump();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(near: Socket): void {
    if (this.#cut) {
      near.on("error", () => undefined);
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: this.#target, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const up = new Pipe(near, far, () => ({ ...this.#conditions, bytesPerSecond: undefined }));
    const down = new Pipe(far, near, () => this.#conditions);
    const destroy = (): void => {
      this.#connections.delete(destroy);
      for (const pipe of [up, down]) {
        this.#pipes.delete(pipe);
        pipe.stop();
      }
      near.resetAndDestroy();
      far.resetAndDestroy();
    };
    this.#connections.add(destroy);
    this.#pipes.add(up).add(down);
    let open = 2;
    for (const socket of [near, far]) {
      socket.on("error", destroy);
      socket.on("close", () => {
        if (--open === 0) destroy();
      });
    }
  }
}
