/** The devices of a drill: users with one or two devices each, all over the world, in groups and direct chats. */
import type { ConversationId, UserId } from "../../../protocol/index.ts";
import type { Recorder } from "../../history/events.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { REGIONS, type Region } from "../cluster/geography.ts";
import { patiently, until } from "../patience.ts";
import type { Random } from "../../random.ts";
import { Device } from "./device.ts";

/** People in a group. */
const GROUP = 6;
const CONNECT_MS = 60_000;

export interface CrowdOptions {
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly random: Random;
  /** How many devices: every second user has two, in different regions. */
  readonly size: number;
  /** Told of every message when it enters an outbox. */
  readonly queued: (id: string, t: number) => void;
}

export interface Conversation {
  readonly id: ConversationId;
  readonly members: readonly UserId[];
  /** A device of a member: the witness reads in its name. */
  readonly reader: Device;
}

export interface Person {
  readonly user: UserId;
  readonly devices: readonly Device[];
}

export class Crowd {
  people: readonly Person[] = [];
  devices: readonly Device[] = [];
  conversations: readonly Conversation[] = [];
  readonly #made: Device[] = [];

  /** Registers everybody, makes the conversations, and connects. */
  async gather(options: CrowdOptions): Promise<void> {
    this.people = await register(options, (device) => this.#made.push(device));
    this.devices = this.people.flatMap(({ devices }) => devices);
    this.conversations = await converse(this.people, options.random);
    for (const { sdk } of this.devices) sdk.connect();
    await until(() => this.live === this.devices.length, CONNECT_MS, "the devices do not come online");
  }

  /** How many are online. */
  get live(): number {
    return this.devices.filter(({ online }) => online).length;
  }

  /** Closes whoever was made, also where gathering failed. */
  async leave(): Promise<void> {
    await Promise.all(this.#made.map((device) => device.close()));
  }
}

async function register(
  { cluster, recorder, random, size, queued }: CrowdOptions,
  made: (device: Device) => void,
): Promise<Person[]> {
  const run = `${Date.now().toString(36)}${random.int(0, 35 ** 3).toString(36)}`;
  const make = async (handle: string, at: number): Promise<Device> => {
    const region: Region = REGIONS[at % REGIONS.length] ?? "weur";
    const device = await Device.make({ handle, region, cluster, random: () => random.next(), queued });
    made(device);
    return device;
  };
  const plans: { handle: string; at: number; second: boolean }[] = [];
  for (let planned = 0; planned < size; planned++) {
    const second = plans.length % 2 === 1 && planned + 1 < size;
    plans.push({ handle: `d${run}_${plans.length}`, at: plans.length, second });
    if (second) planned++;
  }
  return Promise.all(
    plans.map(async ({ handle, at, second }) => {
      const first = await make(handle, at);
      const user = await first.enter(recorder, "register");
      if (!second) return { user, devices: [first] };
      const other = await make(handle, at + 1);
      // A replica may not know yet of an account that was made elsewhere a moment ago.
      await patiently(() => other.enter(recorder, "signIn"));
      return { user, devices: [first, other] };
    }),
  );
}

/** Groups of six, and a direct chat between neighbours. */
async function converse(people: readonly Person[], random: Random): Promise<Conversation[]> {
  const conversations: Conversation[] = [];
  const add = (id: ConversationId, members: readonly Person[]): void => {
    const [first] = members;
    const reader = first?.devices[0];
    if (reader === undefined) throw new RangeError("A conversation has members.");
    conversations.push({ id, members: members.map(({ user }) => user), reader });
    for (const { devices } of members) for (const { conversations: known } of devices) known.push(id);
  };
  const shuffled = people.map((person) => ({ person, key: random.next() })).toSorted((a, b) => a.key - b.key);
  const mixed = shuffled.map(({ person }) => person);
  for (let from = 0; from < mixed.length; from += GROUP) {
    // Who is left over joins the last group.
    const members = mixed.length - from < GROUP * 2 ? mixed.slice(from) : mixed.slice(from, from + GROUP);
    const [owner, ...others] = members;
    const sdk = owner?.devices[0]?.sdk;
    if (sdk === undefined) break;
    const id = await patiently(() =>
      sdk.createGroup({ title: `Group ${from / GROUP + 1}`, members: others.map(({ user }) => user) }),
    );
    add(id, members);
    if (members.length !== GROUP) break;
  }
  for (const [index, person] of people.entries()) {
    const peer = people[index + 1];
    const sdk = person.devices[0]?.sdk;
    if (peer === undefined || sdk === undefined || index % 2 === 1) continue;
    add(await patiently(() => sdk.createDirect({ user: peer.user })), [person, peer]);
  }
  return conversations;
}
