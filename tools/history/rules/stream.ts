/**
 * [S3] Within a socket each frame's `after` is the `to` before it; the first is the cursor that `ready` told.
 * [D3] That cursor is the one that `hello` named, or one that the device had acknowledged, or, for a new device, the head that its sign-in found.
 * [D2] A conversation that a device gets to know later starts no later than its user's time in it.
 */
import type { EventOf } from "../events.ts";
import { Keyed } from "../keyed.ts";
import { startAt, type Context, type Place, type Rule } from "../rule.ts";
import { Sockets, type Socket } from "../sockets.ts";

/** Who is told where a stream goes on, and what the head was then. */
interface Told {
  readonly device: string;
  readonly conversation: string;
  readonly head: number;
}

export function streamRule({ world, places, findings }: Context): Rule {
  const sockets = new Sockets();
  /** What the next frame's `after` must be, by socket and conversation, and the line that says so. */
  const due = new Keyed<WeakMap<Socket, { seq: number; line: number }>>(() => new WeakMap());
  /** Devices that said hello before, and those among them whose first `ready` listed everything. */
  const known = new Set<string>();
  const complete = new Set<string>();

  function hello(event: EventOf<"hello">): void {
    for (const [conversation, named] of Object.entries(event.cursors)) {
      if (world.log(conversation)?.refutes(named) === true) continue;
      const place = places.of(event.device, conversation);
      place.acknowledged = Math.max(place.acknowledged, named.seq);
    }
  }

  function ready(event: EventOf<"ready">, line: number): void {
    const { device } = event;
    const socket = sockets.of(event);
    for (const [conversation, { cursor, head }] of Object.entries(event.conversations)) {
      const place = places.of(device, conversation);
      const named = socket.cursors.get(conversation);
      const spot = { lines: [line], conversation, device };
      if (named !== undefined) {
        // A cursor that is not the log's is answered with diverged: D7's to judge.
        const wrong = named.seq > head || world.log(conversation)?.refutes(named) === true;
        if (!wrong && cursor !== named.seq) {
          findings.add("D3", `ready resumes at ${cursor}, though hello named ${named.seq}`, spot);
        }
      } else if (socket.blank && place.acknowledged < 0 && cursor === head) {
        // Neither side knows anything of it: a new device, or one whose first hello was in vain.
        place.start = cursor;
      } else if (place.start === undefined && !known.has(device)) {
        // A device that was signed in for a while before its first hello starts where its sign-in found the log.
        if (socket.blank && cursor > head) {
          findings.add("D3", `a new device starts at ${cursor}, beyond the head ${head}`, spot);
        }
      } else resumes(place, { device, conversation, head }, cursor, line);
      startAt(place, cursor);
      due.of(device, conversation).set(socket, { seq: cursor, line });
    }
    if (!known.has(device) && socket.blank && !event.more) complete.add(device);
    known.add(device);
  }

  /** Without a cursor from the device, the server goes on from one that was acknowledged, or from where it began. */
  function resumes(place: Place, event: Told, cursor: number, line: number): void {
    const { device, conversation, head } = event;
    const spot = { lines: [line], conversation, device, harm: "lost" } as const;
    if (place.start !== undefined) {
      const held = Math.max(place.start, place.acknowledged);
      if (cursor <= held) return;
      findings.add("D3", `the stream goes on after ${cursor}, but only ${held} was acknowledged`, spot);
      return;
    }
    const user = world.userOf(device);
    const windows = user === undefined ? undefined : world.log(conversation)?.windowsOf(user);
    const joined = windows?.findLast(({ from }) => from <= head)?.from;
    if (!complete.has(device) || joined === undefined || cursor < joined) return;
    findings.add("D2", `the stream starts after ${cursor}, though its user joined at ${joined}`, spot);
  }

  function summary(event: EventOf<"summary">, line: number): void {
    const { device, conversation, cursor } = event;
    const place = places.of(device, conversation);
    if (place.start !== undefined) return;
    resumes(place, event, cursor, line);
    startAt(place, cursor);
    due.of(device, conversation).set(sockets.of(event), { seq: cursor, line });
  }

  function entries(event: EventOf<"entries">, line: number): void {
    const { device, conversation, after, to, head } = event;
    const socket = sockets.of(event);
    const place = places.of(device, conversation);
    const log = world.log(conversation);
    const spot = { conversation, device };
    const expected = due.find(device, conversation)?.get(socket);
    const named = socket.cursors.get(conversation);
    if (expected !== undefined) {
      if (after !== expected.seq) {
        const harm = after < expected.seq ? "repeated" : "lost";
        const lines = [expected.line, line];
        findings.add("S3", `a frame starts after ${after} where ${expected.seq} was due`, { ...spot, lines, harm });
      }
    } else if (named !== undefined && log?.refutes(named) !== true) {
      if (after !== named.seq) {
        const harm = after < named.seq ? "repeated" : "lost";
        const message = `the stream goes on after ${after}, though hello named ${named.seq}`;
        findings.add("D3", message, { ...spot, lines: [line], harm });
      }
    } else resumes(place, event, after, line);
    const end = Math.min(head, log?.head ?? head);
    if (to < after || to > end) {
      findings.add("S3", `a range (${after}, ${to}] of a log whose head is ${end}`, { ...spot, lines: [line] });
    }
    startAt(place, after);
    due.of(device, conversation).set(socket, { seq: to, line });
  }

  return {
    see(event, line) {
      if (event.type === "hello") hello(event);
      else if (event.type === "ready") ready(event, line);
      else if (event.type === "summary") summary(event, line);
      else if (event.type === "entries") entries(event, line);
      else if (event.type === "received") {
        const place = places.of(event.device, event.conversation);
        place.acknowledged = Math.max(place.acknowledged, event.seq);
      } else if (event.type === "diverged") {
        // The device drops what it has and pulls again: the stream begins anew.
        const socket = sockets.of(event);
        due.find(event.device, event.conversation)?.delete(socket);
        socket.cursors.delete(event.conversation);
      }
      sockets.see(event);
    },
    finish() {},
  };
}
