/**
 * A random program over a few users and their devices, with every fault that can be had inside one runtime: cut sockets,
 * lost answers, hibernation, evicted and aborted objects, repeated fan-out calls, members that come and go, blocks. Then
 * everything settles, every device catches up, and the history checker decides.
 */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { linkedConversation } from "../../../durable-objects/rpc/link.ts";
import type { ConversationId, Entry, MemberContent, Page, UserId } from "../../../protocol/index.ts";
import { checkHistory, type Report } from "../../../tools/history/check.ts";
import { MemoryHistory, recordedEntry } from "../../../tools/history/record.ts";
import { conversationObject, person, until, type Person } from "../support/people.ts";
import { SimulatedDevice } from "../../simulation/device.ts";
import { Random } from "../../../tools/random.ts";

const STEPS = 60;
const SETTLE_MS = 60_000;

interface World {
  readonly random: Random;
  readonly history: MemoryHistory;
  readonly people: readonly Person[];
  readonly devices: SimulatedDevice[];
  readonly directs: readonly { id: ConversationId; between: readonly [Person, Person] }[];
  readonly groups: readonly { id: ConversationId; admin: Person }[];
  readonly blocked: Set<string>;
}

/** Runs the program of a seed. @returns what the checker says, and the history */
export async function simulate(seed: number): Promise<{ report: Report; history: MemoryHistory }> {
  const world = await set(seed);
  for (const device of world.devices) if (world.random.chance(0.8)) await device.connect();
  for (let step = 0; step < STEPS; step++) await act(world);
  await settle(world);
  return { report: checkHistory(world.history), history: world.history };
}

async function set(seed: number): Promise<World> {
  const random = new Random(seed);
  const history = new MemoryHistory();
  const people = Array.from({ length: random.int(3, 6) }, () => person("sim"));
  const devices: SimulatedDevice[] = [];
  for (const one of people) {
    for (let count = random.int(1, 3); count > 0; count--) {
      const device = await one.device(`d${count}`);
      const ports = { user: one.id, device: device.id, open: () => device.open() };
      devices.push(new SimulatedDevice(ports, history, random));
    }
  }
  history.write({
    type: "run",
    seed,
    scenario: "simulation",
    version: "test",
    startedAt: Date.now(),
    devices: devices.map(({ ports: { device, user } }) => ({ device, user })),
    resendsInOrder: true,
  });
  const [first, second, third, ...rest] = people as [Person, Person, Person, ...Person[]];
  const directs = [
    { id: await first.directWith(second), between: [first, second] as const },
    { id: await third.directWith(second), between: [third, second] as const },
  ];
  const groups = [
    { id: await first.group("All", second, third, ...rest), admin: first },
    { id: await third.group("Few", first), admin: third },
  ];
  return { random, history, people, devices, directs, groups, blocked: new Set() };
}

async function act(world: World): Promise<void> {
  const { random, devices } = world;
  const device = random.pick(devices);
  for (const one of devices) {
    one.noticeClosed();
    one.pump();
  }
  const action = random.next();
  if (action < 0.5) return say(world, device);
  if (action < 0.6) return device.connect();
  if (action < 0.66) return device.cut();
  if (action < 0.71) {
    // The answer is lost with the socket: the send must be found again.
    if (device.online) {
      await say(world, device);
      device.cut();
    }
    return;
  }
  if (action < 0.75) {
    device.acknowledges = !device.acknowledges;
    return;
  }
  if (action < 0.8) return hibernate("USER", device.ports.user);
  if (action < 0.85) return hibernate("CONVERSATION", anyConversation(world));
  if (action < 0.88) return abort("USER", device.ports.user);
  if (action < 0.91) return abort("CONVERSATION", anyConversation(world));
  if (action < 0.94) return repeatFanOut(world, device);
  if (action < 0.97) return changeMembers(world);
  return changeBlock(world);
}

async function say({ random, directs, groups }: World, device: SimulatedDevice): Promise<void> {
  const me = device.ports.user;
  const mine = [
    ...directs.filter(({ between }) => between.some(({ id }) => id === me)).map(({ id }) => id),
    ...groups.map(({ id }) => id),
  ];
  const conversation = random.pick(mine);
  for (let count = random.int(1, 4); count > 0; count--)
    device.send(conversation, content(random, device, conversation));
  await pause(random.int(0, 3));
}

function content(random: Random, device: SimulatedDevice, conversation: ConversationId): MemberContent {
  const targets = device.seen.filter((entry) => entry.conversation === conversation);
  const kind = random.next();
  if (targets.length > 0 && kind < 0.3) {
    const target = random.pick(targets).id as never;
    if (kind < 0.12) return { kind: "reaction", body: { target, emoji: "👍" } };
    if (kind < 0.24) return { kind: "edit", body: { target, text: `edited ${random.int(0, 999)}` } };
    return { kind: "delete", body: { target } };
  }
  return { kind: "message", body: { text: `text ${random.int(0, 1_000_000)}` } };
}

function anyConversation({ random, directs, groups }: World): ConversationId {
  return random.pick([...directs, ...groups]).id;
}

/** The object loses its memory and keeps its sockets. Links keep objects awake: they have to end before. */
async function hibernate(namespace: "USER" | "CONVERSATION", name: string): Promise<void> {
  await runInDurableObject(env[namespace].getByName(name) as never, (running: unknown) => {
    const instance = running as { endLinks(): void; fetch(request: Request): Promise<Response> };
    instance.endLinks();
    const fetch = instance.fetch.bind(instance);
    instance.fetch = async (request) =>
      linkedConversation(request.url) === undefined ? fetch(request) : new Response(null, { status: 503 });
  }).catch(() => undefined);
  // An object that does not run cannot be evicted: that is as good.
  await evictDurableObject(env[namespace].getByName(name) as never).catch(() => undefined);
}

/** The object dies where it stands: its sockets drop, calls under way fail. */
async function abort(namespace: "USER" | "CONVERSATION", name: string): Promise<void> {
  await runInDurableObject(env[namespace].getByName(name) as never, (_: unknown, state: DurableObjectState) => {
    state.abort("simulated crash");
  }).catch(() => undefined);
}

/** A batch that was delivered before is delivered once more, from an arbitrary place. */
async function repeatFanOut(world: World, device: SimulatedDevice): Promise<void> {
  const user = world.people.find(({ id }) => id === device.ports.user);
  if (user === undefined) return;
  const conversation = anyConversation(world);
  const object = conversationObject(conversation);
  const view = await object.view(user.id).catch(() => null);
  if (view === null || view.role === null) return;
  const after = world.random.int(view.joinedAfter, view.head);
  const batch = await object.readOn(user.id, after, world.random.int(1, 20));
  await user.object.deliver({ ...batch, conversation, joinedAfter: view.joinedAfter, changed: false, member: true });
}

async function changeMembers({ random, groups, people }: World): Promise<void> {
  const { id, admin } = random.pick(groups);
  const other = random.pick(people.filter((one) => one !== admin));
  const change = random.chance(0.5)
    ? admin.object.putMember(id, other.id, undefined)
    : admin.object.removeMember(id, other.id);
  // Removing somebody who is not there is refused, and that is right.
  await change.catch(() => undefined);
}

async function changeBlock({ random, directs, blocked, history }: World): Promise<void> {
  const { id, between } = random.pick(directs);
  const [blocker, other] = random.chance(0.5) ? between : ([between[1], between[0]] as const);
  const key = `${blocker.id} ${other.id}`;
  const active = !blocked.has(key);
  const after = await head(id, blocker);
  await retrying(() => (active ? blocker.object.block(other.id) : blocker.object.unblock(other.id)));
  const by = await head(id, blocker);
  history.write({ type: "block", blocker: blocker.id, blocked: other.id, conversation: id, active, after, by });
  if (active) blocked.add(key);
  else blocked.delete(key);
}

async function head(id: ConversationId, user: Person): Promise<number> {
  return (await retrying(() => conversationObject(id).conversation(user.id))).head;
}

/** No more faults: everything that was sent is answered, every device drains its streams, the witness reads the logs. */
async function settle(world: World): Promise<void> {
  const { devices, history, directs, groups, people } = world;
  for (const device of devices) {
    device.cut();
    device.acknowledges = true;
  }
  for (const device of devices) await device.connect();
  let waited = 0;
  let left: string | undefined;
  const missing = lookout(world);
  await until(
    async () => {
      for (const device of devices) {
        device.noticeClosed();
        device.pump();
        // A send that was answered with a passing error goes out again with a new connection.
        if (device.outbox.length > 0 && waited > 0 && waited % 100 === 0) device.cut();
        if (!device.online) await device.connect();
      }
      waited += 1;
      left = await missing();
      return left === undefined;
    },
    "every device caught up",
    SETTLE_MS,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${left}`);
  });
  for (const { ports } of devices) history.write({ type: "caughtUp", device: ports.device, t: Date.now() });
  for (const { id } of [...directs, ...groups]) {
    const witness = directs.find((direct) => direct.id === id)?.between ?? [
      groups.find((group) => group.id === id)?.admin,
    ];
    await dump(
      history,
      id,
      witness.filter((one) => one !== undefined),
      people,
    );
  }
}

interface Pair {
  readonly id: ConversationId;
  readonly device: SimulatedDevice;
}

/** Says what is still missing where; undefined once every device holds everything. */
function lookout({ devices, directs, groups }: World): () => Promise<string | undefined> {
  const pairs = [...directs, ...groups].flatMap(({ id }) => devices.map((device): Pair => ({ id, device })));
  /** What was found last: as long as it is missing nothing else has to be asked for. */
  let last: Pair | undefined;
  return async () => {
    const waiting = devices.find(({ outbox }) => outbox.length > 0);
    if (waiting !== undefined) {
      return `${waiting.ports.device} has ${waiting.outbox.length} sends without an answer`;
    }
    for (const pair of last === undefined ? pairs : [last, ...pairs]) {
      const missing = await missingOf(pair);
      if (missing === undefined) continue;
      last = pair;
      return missing;
    }
    return undefined;
  };
}

async function missingOf({ id, device }: Pair): Promise<string | undefined> {
  const view = await conversationObject(id)
    .view(device.ports.user as UserId)
    .catch(() => null);
  const held = device.held.get(id);
  // Who left before its device ever heard of the conversation may see no more of it [V1].
  if (view === null || (view.role === null && held === undefined) || (held ?? -1) >= view.head) return undefined;
  // What a blocked peer sent is nobody's to deliver: a range without a visible entry may stay unsaid.
  const rest = await conversationObject(id).readOn(device.ports.user as UserId, held ?? 0, 1);
  if (rest.count === 0) return undefined;
  return `${device.ports.device} of ${device.ports.user} holds ${held} of ${view.head} in ${id}, ${view.role}`;
}

/** Reads a whole log, as all the witnesses together see it: a block hides entries from one side only. */
async function dump(
  history: MemoryHistory,
  id: ConversationId,
  witnesses: readonly Person[],
  people: readonly Person[],
): Promise<void> {
  const entries = new Map<number, Entry>();
  let floor = 1;
  let top = 0;
  for (const witness of witnesses) {
    for (let after = 0, more = true; more;) {
      const page: Page = JSON.parse(await witness.object.entries(id, { after, limit: 200 })) as Page;
      for (const entry of page.entries) entries.set(entry.seq, entry);
      ({ more, floor } = page);
      after = page.to;
      top = Math.max(top, page.head);
    }
  }
  const [reader] = witnesses;
  const { members } = (await reader?.object.members(id, 200, undefined)) ?? { members: [] };
  history.write({
    type: "log",
    conversation: id,
    members: members.map(({ user }) => user).filter((user) => people.some((one) => one.id === user)),
    floor,
    head: top,
    entries: [...entries.values()].toSorted((a, b) => a.seq - b.seq).map((entry) => recordedEntry(entry, "make")),
  });
}

async function retrying<Result>(call: () => Promise<Result>): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= 20) throw error;
      await pause(20);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
