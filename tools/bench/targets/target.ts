/** What a shape asks of a server under load: the same of the service and of the floor. */
import type { Server } from "../servers.ts";

/** One connected device. */
export interface Device {
  /** Sends one message; `acknowledged` is called once the server said that it is durable. */
  send(acknowledged: () => void): void;
  /** How far this device was sent the log. */
  readonly seen: number;
  /** Cuts the link as a device does that goes away. */
  close(): void;
}

/** Devices that share one log. */
export interface Room {
  readonly devices: readonly Device[];
  /** The newest seq that was acknowledged to one of them. */
  readonly head: number;
  /** From a send to its arrival at the last device, in milliseconds: those since the last call. */
  takeLags(): number[];
}

/** Devices that were away. */
export interface Absent {
  /**
   * Connects one of them and resolves once it has everything.
   * @returns after how many milliseconds
   */
  comeBack(): Promise<number>;
}

/** A room whose devices come and go. */
export interface Waiting {
  /** Sends this many messages while everybody is away. */
  fill(messages: number): Promise<void>;
  readonly absent: readonly Absent[];
  /** Sends everybody away again. */
  leave(): Promise<void>;
}

/** Somebody who reads history. */
export interface History {
  /** Fetches the page that ends before `before`. */
  page(before: number, limit: number): Promise<void>;
  close(): void;
}

/** A user who was away while little of much changed. */
export interface Resumer {
  /** Changes some of the conversations, connects, and resolves with how long the answer took, in milliseconds. */
  resume(changed: number): Promise<number>;
}

export interface Target {
  readonly server: Server;
  /** A room of connected devices, each of a user of its own. */
  room(size: number): Promise<Room>;
  /** Connects devices of users of their own, in rooms of their own, that will do nothing. */
  idle(count: number, progress: (done: number) => void): Promise<readonly Pick<Device, "close">[]>;
  waiting(size: number): Promise<Waiting>;
  history(entries: number): Promise<History>;
  resumer(conversations: number): Promise<Resumer>;
}

/** Characters of every message: a chat's, not a letter's. */
export const TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(5).slice(0, 200);
