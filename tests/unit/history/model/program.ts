/**
 * A random program for the model: users with one to three devices, direct chats and groups, sends, lost answers, retries
 * by socket, HTTP and other devices, closes, members who come and go, blocks, hidden entries, pages; then everybody
 * catches up and a witness reads the logs.
 */
import type { MemoryHistory } from "../../../../tools/history/record.ts";
import type { ModelConversation } from "./conversation.ts";
import { Plants, type ModelPlant } from "./plants.ts";
import { Random } from "../../../../tools/random.ts";
import { ModelService, type ModelDevice } from "./service.ts";

export interface Program {
  readonly seed: number;
  readonly steps?: number;
  readonly window?: number;
  readonly plant?: ModelPlant;
}

export interface Ran {
  readonly history: MemoryHistory;
  readonly service: ModelService;
  readonly planted: boolean;
}

export function run({ seed, steps = 150, window = 6, plant }: Program): Ran {
  const random = new Random(seed);
  const plants = new Plants(plant);
  const service = new ModelService(random, window, plants);
  const inOrder = random.chance(0.5);
  const users = ["u_a", "u_b", "u_c", "u_d", "u_e"].slice(0, random.int(3, 5));
  for (const user of users) {
    for (let n = random.int(1, 3); n > 0; n--) service.addDevice(`dev_${user.slice(2)}${n}`, user);
  }
  const devices = [...service.devices.values()];
  service.history.write({
    type: "run",
    seed,
    scenario: "model",
    version: "0",
    startedAt: 0,
    devices: devices.map(({ id: device, user }) => ({ device, user })),
    resendsInOrder: inOrder,
  });
  service.addDirect("d_ab", ["u_a", "u_b"]);
  service.addDirect("d_cc", ["u_c", "u_c"]);
  service.addGroup("g_1", "u_a", users.slice(1, random.int(2, users.length)));
  const program = { service, random, plants, devices, users, inOrder };
  const late = steps / 2;
  for (let step = 0; step < steps; step++) {
    if (step === late) service.addGroup("g_2", "u_b", users.slice(2));
    const device = random.tryPick(devices.slice(0, step < late ? Math.ceil(devices.length / 2) : devices.length));
    if (device !== undefined) oneStep(program, device);
  }
  settle(program);
  return { history: service.history, service, planted: plants.planted };
}

interface Running {
  readonly service: ModelService;
  readonly random: Random;
  readonly plants: Plants;
  readonly devices: readonly ModelDevice[];
  readonly users: readonly string[];
  readonly inOrder: boolean;
}

function oneStep(program: Running, device: ModelDevice): void {
  const { service, random } = program;
  if (device.streams === null) {
    if (random.chance(0.6)) reconnect(program, device);
    return;
  }
  const mine = [...service.conversations.values()].filter((each) => each.isMember(device.user));
  const conversation = random.tryPick(mine);
  if (conversation === undefined) return;
  const dice = random.next();
  if (dice < 0.4) send(program, device, conversation);
  else if (dice < 0.65) service.received(device, conversation.id);
  else if (dice < 0.7) read(program, device, conversation);
  else if (dice < 0.75) retry(program, device);
  else if (dice < 0.8) service.close(device);
  else if (dice < 0.84) page(program, device, conversation);
  else if (dice < 0.87) hide(program, device, conversation);
  else if (dice < 0.94) membership(program, device, conversation);
  else block(program, conversation);
}

function send({ service, random, plants }: Running, device: ModelDevice, conversation: ModelConversation): void {
  const id = service.newId();
  const fate = random.next();
  if (plants.now("invent")) {
    conversation.append({ user: device.user, device: device.id, id });
    service.pumpAll();
    return;
  }
  service.attempt(device, conversation.id, id);
  if (plants.now("acknowledge nothing")) {
    service.answer(device, conversation, { id, seq: conversation.head + 1, at: 5, duplicate: false });
  } else if (fate < 0.05 || (fate < 0.3 && plants.now("append refused"))) {
    const refused = { ...service.on(device), conversation: conversation.id, id, code: "rate_limited" };
    service.history.write({ type: "rejected", ...refused });
    if (fate < 0.05) device.outbox.push({ conversation: conversation.id, id });
    else conversation.append({ user: device.user, device: device.id, id });
  } else if (fate < 0.1) {
    // Lost on its way, and the socket with it.
    device.outbox.push({ conversation: conversation.id, id });
    service.close(device);
  } else if (fate < 0.2) {
    // Durable, but the answer is lost.
    device.outbox.push({ conversation: conversation.id, id });
    conversation.append({ user: device.user, device: device.id, id });
    service.close(device);
    service.pumpAll();
  } else if (plants.now("swap sends")) {
    const later = service.newId();
    service.attempt(device, conversation.id, later);
    service.append(device, conversation, later);
    service.append(device, conversation, id);
  } else service.append(device, conversation, id);
}

/** By the same device, by another device of the user, or over HTTP: one entry in any case [S4]. */
function retry({ service, random, inOrder, devices }: Running, device: ModelDevice): void {
  const answered = [...service.conversations.values()].flatMap(({ id: conversation, log }) =>
    log
      .filter((entry) => entry.device === device.id && service.attempted.has(entry.id))
      .map(({ id }) => ({ conversation, id })),
  );
  const again = random.chance(0.3) ? random.tryPick(answered) : undefined;
  const waiting = again ?? (inOrder ? device.outbox[0] : random.tryPick(device.outbox));
  const conversation = waiting === undefined ? undefined : service.conversations.get(waiting.conversation);
  if (waiting === undefined || conversation === undefined || !conversation.isMember(device.user)) return;
  const siblings = devices.filter((each) => each.user === device.user && each.streams !== null);
  const by = random.chance(0.3) ? (random.tryPick(siblings) ?? device) : device;
  const overHttp = random.chance(0.2);
  service.attempt(by, conversation.id, waiting.id, overHttp);
  service.append(by, conversation, waiting.id, overHttp);
}

function reconnect({ service, inOrder }: Running, device: ModelDevice): void {
  service.connect(device);
  if (!inOrder) return;
  for (const { conversation: id, id: entry } of device.outbox.slice()) {
    const conversation = service.conversations.get(id);
    if (conversation?.isMember(device.user) !== true) continue;
    service.attempt(device, id, entry);
    service.append(device, conversation, entry);
  }
}

function read({ service, devices }: Running, device: ModelDevice, conversation: ModelConversation): void {
  const seq = Math.min(device.held.get(conversation.id) ?? 0, conversation.endFor(device.user));
  service.history.write({ type: "read", ...service.on(device), conversation: conversation.id, seq });
  conversation.mark(device.user, 0, seq);
  for (const other of devices) {
    if (other.streams === null || other.user === device.user || !conversation.isMember(other.user)) continue;
    const receipts = [...conversation.marks].map(([user, marks]) => ({ user, ...marks }));
    service.history.write({ type: "receipts", ...service.on(other), conversation: conversation.id, receipts });
  }
}

function page({ service, random }: Running, device: ModelDevice, conversation: ModelConversation): void {
  const after = random.int(0, conversation.head);
  const to = Math.min(after + random.int(0, 10), conversation.head);
  const entries = conversation.range(device.user, after, to);
  const session = random.chance(0.5) ? device.session : null;
  const event = { ...service.on(device), session, conversation: conversation.id, after, to, entries };
  service.history.write({ type: "page", ...event });
}

function hide({ service, random }: Running, device: ModelDevice, conversation: ModelConversation): void {
  const seq = random.int(1, Math.max(conversation.head, 1));
  conversation.hidden.add(`${device.user} ${seq}`);
  service.history.write({ type: "hid", user: device.user, conversation: conversation.id, seq });
}

function membership({ service, random, users }: Running, device: ModelDevice, group: ModelConversation): void {
  const member = random.tryPick(users);
  if (group.direct || member === undefined || member === device.user) return;
  service.system(group, device.user, group.isMember(member) ? "member_removed" : "member_added", member);
}

function block({ service, random }: Running, conversation: ModelConversation): void {
  if (conversation.id !== "d_ab") return;
  const blocker = random.chance(0.5) ? "u_a" : "u_b";
  const blocked = blocker === "u_a" ? "u_b" : "u_a";
  const after = conversation.head;
  const active = !conversation.blockers.has(blocker);
  const sender = [...service.devices.values()].find((device) => device.user === blocked && device.streams !== null);
  const meanwhile = (): void => {
    if (sender === undefined || sender.outbox.length > 0 || random.chance(0.5)) return;
    const id = service.newId();
    service.attempt(sender, conversation.id, id);
    service.append(sender, conversation, id);
  };
  meanwhile();
  if (active) conversation.blockers.add(blocker);
  else conversation.blockers.delete(blocker);
  meanwhile();
  const by = conversation.head;
  service.history.write({ type: "block", blocker, blocked, conversation: conversation.id, active, after, by });
}

/** Everybody comes back, resends, and drains; then the witness reads. */
function settle(program: Running): void {
  const { service, devices } = program;
  for (const device of devices) if (device.streams === null) reconnect(program, device);
  for (const device of devices) {
    for (const { conversation: id, id: entry } of device.outbox.slice()) {
      const conversation = service.conversations.get(id);
      if (conversation?.isMember(device.user) !== true) continue;
      service.attempt(device, id, entry);
      service.append(device, conversation, entry);
    }
  }
  for (const device of devices) drain(program, device);
  withhold(program);
  for (const device of devices) {
    drain(program, device);
    service.history.write({ type: "caughtUp", device: device.id, t: service.t() });
  }
  for (const { id, log, members, head } of service.conversations.values()) {
    for (let from = 0; from === 0 || from < head; from += 40) {
      const entries = log.slice(from, from + 40);
      service.history.write({ type: "log", conversation: id, members, floor: 1, head, entries });
    }
  }
}

/** The last entry of a conversation never reaches one device. */
function withhold({ service, plants, devices }: Running): void {
  const conversation = service.conversations.get("g_1");
  const [sender] = devices.filter((device) => conversation?.isMember(device.user));
  const others = devices.filter((device) => device !== sender && conversation?.isMember(device.user));
  for (const [plant, own] of [
    ["withhold", false],
    ["withhold own", true],
  ] as const) {
    const victim = others.find((device) => (device.user === sender?.user) === own);
    if (conversation === undefined || sender === undefined || victim === undefined || !plants.now(plant)) continue;
    plants.withhold(victim.id, conversation.id);
    const id = service.newId();
    service.attempt(sender, conversation.id, id);
    service.append(sender, conversation, id);
  }
}

function drain({ service }: Running, device: ModelDevice): void {
  for (const { id } of service.conversations.values()) {
    let before: number | undefined;
    do {
      before = device.streams?.get(id)?.to;
      service.received(device, id);
    } while (device.streams?.get(id)?.to !== before);
  }
}
