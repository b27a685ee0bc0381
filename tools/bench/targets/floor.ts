/** The floor as a target. */
import { randomUUID } from "node:crypto";
import type { Server } from "../servers.ts";
import { openWire, type Wire } from "../wire.ts";
import { inParallel, Lags, numberAfter, range } from "./parts.ts";
import {
  TEXT,
  type Absent,
  type Device,
  type History,
  type Resumer,
  type Room,
  type Target,
  type Waiting,
} from "./target.ts";

const CONNECTING = 32;

/** A socket of the floor: its answers in order, and how far it was sent the log. */
class FloorDevice implements Device {
  seen = 0;
  readonly #waiting: ((answer: Buffer) => void)[] = [];
  readonly #onEntries: (from: number, to: number) => void;
  #wire: Wire | undefined;

  private constructor(onEntries: (after: number, to: number) => void) {
    this.#onEntries = onEntries;
  }

  static async open(
    url: string,
    onEntries: (after: number, to: number) => void = () => undefined,
  ): Promise<FloorDevice> {
    const device = new FloorDevice(onEntries);
    device.#wire = await openWire(url, { onText: (message) => device.#take(message) });
    return device;
  }

  send(acknowledged: (answer: Buffer) => void): void {
    this.#waiting.push(acknowledged);
    this.#wire?.send(JSON.stringify({ type: "send", id: randomUUID(), text: TEXT }));
  }

  pull(before: number, limit: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve());
      this.#wire?.send(JSON.stringify({ type: "pull", before, limit }));
    });
  }

  close(): void {
    this.#wire?.close();
  }

  #take(message: Buffer): void {
    if (message.includes('{"type":"entry"')) {
      const seq = numberAfter(message, '"seq":');
      this.#onEntries(this.seen, seq);
      this.seen = seq;
    } else if (message.includes('{"type":"entries"')) {
      this.#onEntries(this.seen, message.length);
    } else {
      this.#waiting.shift()?.(message);
    }
  }
}

export class FloorTarget implements Target {
  readonly server: Server;
  #rooms = 0;

  constructor(server: Server) {
    this.server = server;
  }

  async room(size: number): Promise<Room> {
    const url = this.#newRoom();
    const lags = new Lags();
    const devices = await inParallel(range(size), CONNECTING, (index) =>
      FloorDevice.open(url, index === size - 1 ? (after, to) => lags.arrived(after, to) : undefined),
    );
    let head = 0;
    return {
      devices: devices.map((device) => ({
        get seen() {
          return device.seen;
        },
        send(acknowledged) {
          const at = performance.now();
          device.send((answer) => {
            const seq = numberAfter(answer, '"seq":');
            head = Math.max(head, seq);
            lags.sent(seq, at);
            acknowledged();
          });
        },
        close: () => device.close(),
      })),
      get head() {
        return head;
      },
      takeLags: () => lags.take(),
    };
  }

  idle(count: number, progress: (done: number) => void): Promise<readonly Pick<Device, "close">[]> {
    let done = 0;
    return inParallel(range(count), CONNECTING, async () => {
      const device = await FloorDevice.open(this.#newRoom());
      progress(++done);
      return device;
    });
  }

  async waiting(size: number): Promise<Waiting> {
    const url = this.#newRoom();
    const sender = await FloorDevice.open(url);
    let known = 0;
    let open: FloorDevice[] = [];
    const comeBack = (): Promise<number> => {
      const start = performance.now();
      return new Promise((resolve, reject) => {
        FloorDevice.open(`${url}?after=${known}`, () => resolve(performance.now() - start)).then(
          (device) => open.push(device),
          reject,
        );
      });
    };
    return {
      fill: (messages) => sendAll(sender, messages),
      absent: range(size).map((): Absent => ({ comeBack })),
      async leave() {
        for (const device of open) device.close();
        open = [];
        known = sender.seen;
      },
    };
  }

  async history(entries: number): Promise<History> {
    const device = await FloorDevice.open(this.#newRoom());
    await sendAll(device, entries);
    return { page: (before, limit) => device.pull(before, limit), close: () => device.close() };
  }

  /** One object has no conversations: its resume is so many new rows of one log. */
  async resumer(): Promise<Resumer> {
    const waiting = await this.waiting(1);
    return {
      async resume(changed) {
        await waiting.fill(changed);
        const [device] = waiting.absent;
        const ms = (await device?.comeBack()) ?? Number.NaN;
        await waiting.leave();
        return ms;
      },
    };
  }

  #newRoom(): string {
    return new URL(`/${process.pid}-${this.#rooms++}`, this.server.url).href;
  }
}

function sendAll(device: FloorDevice, messages: number): Promise<void> {
  return new Promise((resolve) => {
    let left = messages;
    for (let index = 0; index < messages; index++) device.send(() => --left === 0 && resolve());
  });
}
