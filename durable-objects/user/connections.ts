/**
 * The open sockets of one user, restored from the platform after hibernation.
 */
import { Close, HELLO_TIMEOUT_MS, TOKEN_GRACE_MS, type ConversationId, type DeviceId } from "../../protocol/index.ts";
import type { Clock } from "../shared/sql.ts";
import { Connection } from "./connection.ts";
import type { Cursors } from "./cursors.ts";

export interface Sockets {
  /** Sockets that the platform kept, and the one whose end woke the object. */
  readonly all: () => WebSocket[];
  /** When the platform last answered a ping of this socket, in milliseconds. */
  readonly lastPing: (socket: WebSocket) => number | null;
}

export class Connections {
  readonly #sockets: Sockets;
  readonly #cursors: Cursors;
  readonly #clock: Clock;
  readonly #open = new Map<WebSocket, Connection>();

  constructor(sockets: Sockets, cursors: Cursors, clock: Clock) {
    this.#sockets = sockets;
    this.#cursors = cursors;
    this.#clock = clock;
    for (const socket of sockets.all()) {
      const connection = Connection.restore(socket);
      if (connection !== undefined) this.#open.set(socket, connection);
    }
  }

  /** Takes a new socket in; an older one of the same device is replaced [W4]. */
  add(connection: Connection): void {
    for (const other of this.ofDevice(connection.device)) {
      this.drop(other);
      other.close(Close.replaced, "replaced by a newer socket of this device");
    }
    this.#open.set(connection.socket, connection);
    connection.changed();
    connection.save(this.#cursors);
  }

  get(socket: WebSocket): Connection | undefined {
    return this.#open.get(socket);
  }

  /** Forgets a socket and writes down what its device acknowledged. */
  drop(connection: Connection): void {
    this.#open.delete(connection.socket);
    connection.flush(this.#cursors);
  }

  ofDevice(device: DeviceId): Connection[] {
    return [...this.#open.values()].filter((connection) => connection.device === device);
  }

  /** Up to where the open socket of a device has acknowledged a conversation; undefined where it does not say. */
  acked(device: DeviceId, conversation: ConversationId): number | undefined {
    return this.ofDevice(device)[0]?.streams.get(conversation)?.acked;
  }

  /** Sockets whose hello was answered. */
  ready(): Connection[] {
    return [...this.#open.values()].filter((connection) => connection.ready && connection.open);
  }

  all(): Connection[] {
    return [...this.#open.values()];
  }

  /** Sends a frame to every ready socket, but those of `except`. */
  broadcast(frame: object, except?: DeviceId): void {
    const text = JSON.stringify(frame);
    for (const connection of this.ready()) if (connection.device !== except) connection.send(text);
  }

  /** When this socket was last known to be alive. */
  aliveAt(connection: Connection): number {
    return Math.max(connection.openedAt, this.#sockets.lastPing(connection.socket) ?? 0);
  }

  /** Closes what outlived its time [W4, W5]. @returns when the next one will have */
  expire(): number | null {
    const now = this.#clock();
    let next: number | null = null;
    for (const connection of this.all()) {
      const helloDue = connection.ready ? Infinity : connection.openedAt + HELLO_TIMEOUT_MS;
      const tokenDue = connection.expiresAt + TOKEN_GRACE_MS;
      if (helloDue <= now) {
        this.drop(connection);
        connection.close(Close.noHello, "no hello within 10 seconds");
      } else if (tokenDue <= now) {
        this.drop(connection);
        connection.close(Close.tokenExpired, "the access token has expired");
      } else {
        next = Math.min(next ?? Infinity, helloDue, tokenDue);
      }
    }
    return next;
  }

  saveAll(): void {
    for (const connection of this.#open.values()) connection.save(this.#cursors);
  }
}
