/**
 * [R1] Watermarks as a device is told them only rise, do not pass the head, and read implies delivered. Where all devices
 * of the member are recorded, delivered is also no higher than what they acknowledged, read or sent.
 */
import type { EventOf } from "../events.ts";
import { Keyed } from "../keyed.ts";
import type { Context, Rule } from "../rule.ts";

interface Marks {
  delivered: number;
  read: number;
  line: number;
}

export function receiptsRule({ world, findings }: Context): Rule {
  /** By device and conversation, then by the member that they are of. */
  const told = new Keyed<Map<string, Marks>>(() => new Map());
  /** The highest that anybody was told, and the highest that the member's devices said: by conversation and user. */
  const highest = new Keyed<Marks>(() => ({ delivered: 0, read: 0, line: 0 }));
  const said = new Keyed<{ received: number; read: number }>(() => ({ received: 0, read: 0 }));
  /** The newest socket of each device: frames of an older one may come late. */
  const newest = new Map<string, number>();

  function receipts(event: EventOf<"receipts">, line: number): void {
    const { device, conversation } = event;
    const current = event.session >= (newest.get(device) ?? 0);
    const head = world.log(conversation)?.head;
    const marks = told.of(device, conversation);
    for (const { user, delivered, read } of event.receipts) {
      const before = marks.get(user);
      const spot = { lines: before === undefined ? [line] : [before.line, line], conversation, device };
      const now = `${user}: delivered ${delivered}, read ${read}`;
      if (current && before !== undefined && (delivered < before.delivered || read < before.read)) {
        findings.add("R1", `${now} after ${before.delivered} and ${before.read}`, spot);
      }
      if (read > delivered) findings.add("R1", `${now}, and read implies delivered`, spot);
      if (head !== undefined && Math.max(delivered, read) > head) {
        findings.add("R1", `${now}, but the head is ${head}`, spot);
        continue;
      }
      if (current) marks.set(user, { delivered, read, line });
      const top = highest.of(conversation, user);
      if (delivered > top.delivered || read > top.read) top.line = line;
      top.delivered = Math.max(top.delivered, delivered);
      top.read = Math.max(top.read, read);
    }
  }

  function says(device: string, conversation: string, seq: number, what: "received" | "read"): void {
    const user = world.userOf(device);
    if (user === undefined) return;
    const marks = said.of(conversation, user);
    marks[what] = Math.max(marks[what], seq);
  }

  /** Who sends an entry has it, and has seen it. */
  function holds(device: string, conversation: string, seq: number): void {
    says(device, conversation, seq, "received");
    says(device, conversation, seq, "read");
  }

  return {
    see(event, line) {
      if (event.type === "receipts") receipts(event, line);
      else if (event.type === "received") says(event.device, event.conversation, event.seq, "received");
      else if (event.type === "read") says(event.device, event.conversation, event.seq, "read");
      else if (event.type === "acknowledged") {
        holds(event.device, event.conversation, event.seq);
      } else if (event.type === "hello") {
        for (const [conversation, { seq }] of Object.entries(event.cursors)) {
          says(event.device, conversation, seq, "received");
        }
      } else if (event.type === "connected") {
        newest.set(event.device, Math.max(newest.get(event.device) ?? 0, event.session));
      }
    },
    finish() {
      // An entry may be in the log though its answer was lost.
      for (const log of world.logs) {
        for (const { device, seq } of log.entries()) if (device !== null) holds(device, log.id, seq);
      }
      for (const [conversation, user, top] of highest.entries()) {
        if (world.devicesOf(user).length === 0) continue;
        const { received, read } = said.of(conversation, user);
        // Marks of a member begin before its first entry: what it cannot see, it does not hold back.
        const before = (world.log(conversation)?.windowsOf(user)[0]?.from ?? 1) - 1;
        if (top.delivered <= Math.max(received, read, before) && top.read <= Math.max(read, before)) continue;
        findings.add(
          "R1",
          `${user}: delivered ${top.delivered}, read ${top.read}, but it said ${received} and ${read}`,
          {
            lines: [top.line],
            conversation,
          },
        );
      }
    },
  };
}
