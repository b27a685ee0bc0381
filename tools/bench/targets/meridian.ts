/** The service as a target: everything by its public contract. */
import type { Server } from "../servers.ts";
import { MeridianDevice, type Session } from "./meridian-device.ts";
import { inParallel, Lags, range, until } from "./parts.ts";
import type { Absent, Device, History, Resumer, Room, Target, Waiting } from "./target.ts";

/** Requests and upgrades under way at once while something is set up. */
const CONNECTING = 16;
const IN_FLIGHT = 500;
/** How often a request is made that the service puts off. */
const ATTEMPTS = 20;
const PASSWORD = "benchmark only";

interface Member {
  readonly session: Session;
  readonly device: MeridianDevice;
}

export class MeridianTarget implements Target {
  readonly server: Server;
  #accounts = 0;

  constructor(server: Server) {
    this.server = server;
  }

  async room(size: number): Promise<Room> {
    const members = await this.#connect(size);
    const conversation = await this.#converse(members.map(({ session }) => session));
    // A group begins with an entry; a device that has it is in place.
    if (size > 2) await this.#everybodyAt(members, conversation, 1);
    const lags = new Lags();
    const last = members.at(-1)?.device;
    if (last !== undefined) last.onEntries = (_id, after, to) => lags.arrived(after, to);
    let head = 0;
    const devices = members.map(({ device }): Device => ({
      get seen() {
        return device.seen(conversation);
      },
      send(acknowledged) {
        const at = performance.now();
        device.send(conversation, (seq) => {
          head = Math.max(head, seq);
          lags.sent(seq, at);
          acknowledged();
        });
      },
      close: () => device.close(),
    }));
    return {
      devices,
      get head() {
        return head;
      },
      takeLags: () => lags.take(),
    };
  }

  async idle(count: number, progress: (done: number) => void): Promise<readonly Pick<Device, "close">[]> {
    let done = 0;
    return inParallel(range(count), CONNECTING, async () => {
      const { device } = await this.#member();
      progress(++done);
      return device;
    });
  }

  async waiting(size: number): Promise<Waiting> {
    const sender = await this.#member();
    const away = await this.#connect(size);
    const conversation = await this.#converse([sender, ...away].map(({ session }) => session));
    await this.#everybodyAt(away, conversation, 1);
    let open = away.map(({ device }) => device);
    let head = 1;
    const leave = async (): Promise<void> => {
      for (const device of open) device.close();
      open = [];
    };
    const comeBack = ({ session, device: before }: Member): Promise<number> => {
      const start = performance.now();
      const device = new MeridianDevice(before.memory);
      open.push(device);
      return new Promise((resolve, reject) => {
        device.onEntries = (_id, _after, to) => {
          if (to >= head) resolve(performance.now() - start);
        };
        device.open(this.server.url, session).catch(reject);
      });
    };
    await leave();
    return {
      async fill(messages) {
        head = await sendAll(sender.device, conversation, messages);
      },
      absent: away.map((member): Absent => ({ comeBack: () => comeBack(member) })),
      leave,
    };
  }

  async history(entries: number): Promise<History> {
    const [reader, other] = await this.#connect(2);
    if (reader === undefined || other === undefined) throw new Error("Two were asked for.");
    const conversation = await this.#converse([reader.session, other.session]);
    await sendAll(other.device, conversation, entries);
    other.device.close();
    return {
      page: (before, limit) => reader.device.pull(conversation, before, limit),
      close: () => reader.device.close(),
    };
  }

  /** One user with groups of two, all with the same other user. */
  async resumer(conversations: number): Promise<Resumer> {
    const reader = await this.#member();
    const writer = await this.#member();
    const ids = await inParallel(range(conversations), CONNECTING, (index) =>
      this.#group([writer.session, reader.session], `conversation ${index}`),
    );
    await until("every new group reaches its reader", () => reader.device.memory.cursors.size >= conversations);
    let turn = 0;
    const changeSome = async (count: number): Promise<void> => {
      await inParallel(range(count), 1, () => sendAll(writer.device, ids[turn++ % ids.length] ?? "", 1));
    };
    reader.device.close();
    return {
      resume: async (changed) => {
        await changeSome(changed);
        const device = new MeridianDevice(reader.device.memory);
        const start = performance.now();
        await device.open(this.server.url, reader.session);
        const ms = performance.now() - start;
        const behind = ids.slice(Math.max(0, turn - changed), turn);
        await until("what was missed arrives", () => behind.every((id) => device.seen(id) >= 2));
        device.close();
        return ms;
      },
    };
  }

  async #everybodyAt(members: readonly Member[], conversation: string, seq: number): Promise<void> {
    await until("a new group reaches its members", () =>
      members.every(({ device }) => device.seen(conversation) >= seq),
    );
  }

  #connect(count: number): Promise<Member[]> {
    return inParallel(range(count), CONNECTING, () => this.#member());
  }

  async #member(): Promise<Member> {
    const { user, accessToken } = await this.#post<{ user: { id: string }; accessToken: string }>("/v1/accounts", {
      handle: `bench_${this.#accounts++}`,
      password: PASSWORD,
      device: { name: "load", platform: "bench" },
    });
    const session = { user: user.id, accessToken };
    const device = new MeridianDevice();
    await device.open(this.server.url, session);
    return { session, device };
  }

  /** A direct chat for two, a group for more. @returns its id */
  async #converse(sessions: readonly Session[]): Promise<string> {
    const [first, second] = sessions;
    if (first === undefined || second === undefined || sessions.length > 2) return this.#group(sessions, "bench");
    const { id } = await this.#post<{ id: string }>(
      "/v1/conversations",
      { kind: "direct", user: second.user },
      first.accessToken,
    );
    return id;
  }

  async #group([first, ...others]: readonly Session[], title: string): Promise<string> {
    const members = others.map(({ user }) => user);
    const { id } = await this.#post<{ id: string }>(
      "/v1/conversations",
      { kind: "group", title, members },
      first?.accessToken,
    );
    return id;
  }

  async #post<Answer>(path: string, body: object, token?: string): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(new URL(path, this.server.url), {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      });
      if (response.ok) return (await response.json()) as Answer;
      const text = await response.text();
      // Set-up may ask for more sign-ins at once than the service takes: it says when to come back.
      const wait = (JSON.parse(text) as { retryAfterMs?: number }).retryAfterMs;
      if (wait === undefined || attempt >= ATTEMPTS) {
        throw new Error(`POST ${path} was answered ${response.status}: ${text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** Sends so many messages, a few hundred in flight: of more at once the service would refuse some. @returns the newest seq */
function sendAll(device: MeridianDevice, conversation: string, messages: number): Promise<number> {
  return new Promise((resolve) => {
    let left = messages;
    let unsent = messages;
    const next = (): void => {
      if (unsent === 0) return;
      unsent -= 1;
      device.send(conversation, (seq) => {
        left -= 1;
        if (left === 0) resolve(seq);
        else next();
      });
    };
    for (let index = 0; index < Math.min(messages, IN_FLIGHT); index++) next();
  });
}
