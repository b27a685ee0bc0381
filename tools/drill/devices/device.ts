/** A simulated device: the real SDK with its storage in memory, somewhere in the world, with a tape running. */
import { Meridian } from "../../../client/index.ts";
import { MemoryStorage } from "../../../client/storage/memory.ts";
import type { ConversationId, Session, UserId } from "../../../protocol/index.ts";
import type { Recorder } from "../../history/events.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { REGIONS, type Region } from "../cluster/geography.ts";
import type { Link } from "../net/wan.ts";
import { recordingSocket } from "./recording-socket.ts";
import { Tape } from "./tape.ts";

export interface DeviceOptions {
  readonly handle: string;
  readonly region: Region;
  readonly cluster: Cluster;
  readonly random: () => number;
  /** Told of every message when it enters the outbox. */
  readonly queued: (id: string, t: number) => void;
}

/** Of every account that a drill makes. */
export const PASSWORD = "a password of drills";

export class Device {
  readonly region: Region;
  readonly handle: string;
  readonly sdk: Meridian;
  /** Its own way to each edge: what is done to these happens to no other device. */
  readonly links: ReadonlyMap<Region, Link>;
  /** Conversations that it writes in. */
  readonly conversations: ConversationId[] = [];
  /** True: it only reads. */
  quiet = false;
  /** How often its connection was lost. */
  losses = 0;
  /** Bad news that no frame tells of. */
  readonly problems: string[] = [];
  readonly #storage = new MemoryStorage();
  readonly #queued: DeviceOptions["queued"];
  /** Which region each of the SDK's addresses leads to. */
  readonly #urls: ReadonlyMap<string, Region>;
  readonly #delays: ReadonlyMap<Link, number>;
  #tape: Tape | undefined;
  #closing = false;

  private constructor(options: DeviceOptions, links: ReadonlyMap<Region, Link>, urls: readonly string[]) {
    const { handle, region, random, queued } = options;
    this.region = region;
    this.handle = handle;
    this.links = links;
    this.#urls = new Map(urls.map((url, index) => [url, REGIONS[index] ?? region]));
    this.#delays = new Map([...links.values()].map((link) => [link, link.delayMs]));
    this.#queued = queued;
    this.sdk = new Meridian({
      url: urls,
      storage: this.#storage,
      socket: recordingSocket(() => this.tape),
      device: { name: `drill ${region}`, platform: "node" },
      random,
      autoConnect: false,
      verifyChains: true,
    });
    let live = false;
    this.sdk.connection.subscribe(({ status }) => {
      if (live && status !== "online") this.losses++;
      live = status === "online";
    });
    this.sdk.on("failed", ({ id, error }) => this.#problem(`its message ${id} was refused for good: ${error.code}`));
    this.sdk.on("diverged", ({ conversation, seq, by }) =>
      this.#problem(`found another history in ${conversation} at ${seq} (told by the ${by})`),
    );
    this.sdk.on("signedOut", ({ reason }) => this.#problem(`was signed out: ${reason}`));
  }

  /** Makes a device that is not known to the service yet. */
  static async make(options: DeviceOptions): Promise<Device> {
    const links = new Map<Region, Link>();
    const urls: string[] = [];
    for (const region of REGIONS) {
      const link = options.cluster.linkTo(options.region, region);
      links.set(region, link);
      urls.push(`http://127.0.0.1:${await link.listen()}`);
    }
    return new Device(options, links, urls);
  }

  get tape(): Tape {
    if (this.#tape === undefined) throw new Error("A device has no tape before it is registered.");
    return this.#tape;
  }

  get online(): boolean {
    return this.sdk.connection.current.status === "online";
  }

  /** The region whose edge it uses now. */
  get at(): Region {
    return this.#urls.get(this.sdk.connection.current.url) ?? this.region;
  }

  /** Gives its links the latency back that they had. */
  restoreLinks(): void {
    for (const [link, delayMs] of this.#delays) link.delayMs = delayMs;
  }

  /** Makes its account, or joins it as one more device, and starts the tape. */
  async enter(recorder: Recorder, how: "register" | "signIn"): Promise<UserId> {
    const user = await this.sdk[how]({ handle: this.handle, password: PASSWORD });
    const { device } = await this.session();
    this.#tape = new Tape(device.id, user.id, recorder);
    return user.id;
  }

  async session(): Promise<Session> {
    const { session } = await this.#storage.load();
    if (session === null) throw new Error("The device is not signed in.");
    return session;
  }

  async say(conversation: ConversationId, text: string): Promise<void> {
    const now = Date.now();
    try {
      const { id } = await this.sdk.send(conversation, text);
      this.#queued(id, now);
    } catch (error) {
      this.#problem(`could not take a message into its outbox: ${String(error)}`);
    }
  }

  /** True while it is online and has nothing left to send. */
  get idle(): boolean {
    return this.online && !this.sdk.outbox.current.some(({ status }) => status === "queued");
  }

  /** True once it has told the server that it holds everything up to the heads. */
  isCaughtUp(heads: ReadonlyMap<string, number>): boolean {
    return this.idle && this.conversations.every((id) => (this.tape.received.get(id) ?? 0) >= (heads.get(id) ?? 0));
  }

  /** Ids of the entries that the SDK holds, by seq: what its user would see. */
  async held(conversation: ConversationId): Promise<readonly { seq: number; id: string }[]> {
    const query = { after: 0, to: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER, newest: false };
    const stored = await this.#storage.entries(conversation, query);
    return stored.map(({ entry }) => ({ seq: entry.seq, id: entry.id }));
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.sdk.close();
    await Promise.all([...this.links.values()].map((link) => link.close()));
  }

  #problem(what: string): void {
    if (!this.#closing && this.problems.length < 20) this.problems.push(what);
  }
}
