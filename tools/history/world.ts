/**
 * What a first reading of the history takes down, because the rules need it before they see the first frame: who owns
 * which device, the final logs, blocks and hidden entries.
 */
import type { EventOf, EventType, History } from "./events.ts";
import type { Findings } from "./findings.ts";
import { ConversationLog } from "./log.ts";

const DECLARING: ReadonlySet<EventType> = new Set(["run", "device", "log", "block", "hid"]);
const ABOUT_MEMBERS: ReadonlySet<string> = new Set(["group_created", "member_added", "member_removed"]);

export class World {
  run: EventOf<"run"> | undefined;
  readonly #users = new Map<string, string>();
  readonly #devices = new Map<string, string[]>();
  readonly #logs = new Map<string, ConversationLog>();

  userOf(device: string): string | undefined {
    return this.#users.get(device);
  }

  /** All recorded devices of the user. */
  devicesOf(user: string): readonly string[] {
    return this.#devices.get(user) ?? [];
  }

  get devices(): Iterable<[device: string, user: string]> {
    return this.#users;
  }

  log(conversation: string): ConversationLog | undefined {
    return this.#logs.get(conversation);
  }

  get logs(): Iterable<ConversationLog> {
    return this.#logs.values();
  }

  addDevice(device: string, user: string): void {
    if (this.#users.has(device)) return;
    this.#users.set(device, user);
    this.#devices.set(user, [...this.devicesOf(user), device]);
  }

  addLog(conversation: string): ConversationLog {
    const log = this.#logs.get(conversation) ?? new ConversationLog(conversation);
    this.#logs.set(conversation, log);
    return log;
  }
}

/** The first reading. Gaps in the final logs are found here [S3]. */
export function readWorld(history: History, findings: Findings): World {
  const world = new World();
  const later: { event: EventOf<"block"> | EventOf<"hid">; line: number }[] = [];
  for (const { line, event } of history.read(DECLARING)) {
    if (event.type === "run") {
      if (world.run !== undefined)
        findings.add("record", "there is more than one run in this history", { lines: [line] });
      world.run ??= event;
      for (const { device, user } of event.devices) world.addDevice(device, user);
    } else if (event.type === "device") world.addDevice(event.device, event.user);
    else if (event.type === "log") addPart(world, event, line, findings);
    else if (event.type === "block" || event.type === "hid") later.push({ event, line });
  }
  if (world.run === undefined) findings.add("record", "the history has no run line", { lines: [] });
  for (const { event, line } of later) {
    const log = world.log(event.conversation);
    if (log === undefined) findings.add("record", "no final log", { lines: [line], conversation: event.conversation });
    else if (event.type === "block") log.addBlock(event);
    else log.hide(event.user, event.seq);
  }
  for (const log of world.logs) {
    log.close();
    if (!log.whole) {
      findings.add("S3", `the log ends before its head ${log.head}`, {
        lines: [log.line],
        conversation: log.id,
        harm: "lost",
      });
    }
  }
  return world;
}

function addPart(world: World, part: EventOf<"log">, line: number, findings: Findings): void {
  const { conversation } = part;
  world.addLog(conversation).addPart(part, line, (message) => {
    findings.add("S3", message, { lines: [line], conversation, harm: "lost" });
  });
  for (const entry of part.entries) {
    if (!ABOUT_MEMBERS.has(entry.kind) || entry.about !== undefined) continue;
    findings.add("record", `entry ${entry.seq} does not tell whom it is about`, { lines: [line], conversation });
  }
}
