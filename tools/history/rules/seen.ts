/**
 * Every entry that a device was shown, wherever: in the stream, in pages, as the last one of a conversation.
 * [S3] It is the log's entry at that seq. [E4] So is its chain. [V2] [V3] The user may see it.
 * [D2] Of a range nothing is left out that the user may see; [S5] nor of its own.
 */
import { digestOf, jcs } from "../../../protocol/index.ts";
import type { EventOf, RecordedEntry } from "../events.ts";
import type { ConversationLog } from "../log.ts";
import type { Context, Rule } from "../rule.ts";

interface Viewer {
  readonly log: ConversationLog;
  readonly user: string;
  readonly device: string;
  readonly line: number;
}

export function seenRule({ world, places, findings }: Context): Rule {
  function viewer(device: string, conversation: string, line: number): Viewer | undefined {
    const user = world.userOf(device);
    const log = world.log(conversation);
    return user === undefined || log === undefined ? undefined : { log, user, device, line };
  }

  function spot({ log, device, line }: Viewer, seq: number) {
    return { lines: [line, log.lineOf(seq)], conversation: log.id, device };
  }

  function entry(by: Viewer, seen: RecordedEntry): void {
    const { seq } = seen;
    const { log, user } = by;
    if (seq < log.floor) return;
    const truth = log.entry(seq);
    if (truth === undefined) {
      findings.add("S3", `${seen.id} was seen at ${seq}, where the final log has nothing`, {
        ...spot(by, seq),
        harm: "lost",
      });
      return;
    }
    const { id, kind, at } = truth;
    if (
      id !== seen.id ||
      truth.user !== seen.user ||
      truth.device !== seen.device ||
      kind !== seen.kind ||
      at !== seen.at
    ) {
      findings.add("S3", `${seen.id} was seen at ${seq}, where the final log has ${id}`, {
        ...spot(by, seq),
        harm: "reordered",
      });
    } else if (differ(truth.chain, seen.chain) || differ(digest(truth), digest(seen))) {
      findings.add("E4", `${seq} was seen with another chain or digest than the log's`, spot(by, seq));
    }
    const sight = log.sight(user, seq);
    if (sight === "outside") findings.add("V2", `${user} was shown ${seq}, from outside its time`, spot(by, seq));
    if (sight === "blocked") findings.add("V3", `${user} was shown ${seq} by a user it blocked`, spot(by, seq));
  }

  function range(event: EventOf<"entries"> | EventOf<"page">, line: number): void {
    const { conversation, device, after, to, entries } = event;
    const by = viewer(device, conversation, line);
    if (by === undefined) return;
    places.of(device, conversation).covered.add(after, to);
    let last = after;
    for (const seen of entries) {
      if (seen.seq <= last || seen.seq > to) {
        findings.add("S3", `${seen.seq} comes after ${last} in a range (${after}, ${to}]`, {
          ...spot(by, seen.seq),
          harm: "reordered",
        });
      }
      last = Math.max(last, seen.seq);
      entry(by, seen);
    }
    leftOut(by, event);
  }

  function leftOut(by: Viewer, { after, to, entries }: EventOf<"entries"> | EventOf<"page">): void {
    const { log, user } = by;
    const end = Math.min(to, log.head);
    let next = 0;
    // A set is only made where the frame is out of order, or has holes.
    let present: Set<number> | undefined;
    for (let seq = Math.max(after + 1, log.floor); seq <= end; seq++) {
      while ((entries[next]?.seq ?? Infinity) < seq) next++;
      if (entries[next]?.seq === seq || log.sight(user, seq) !== "visible") continue;
      present ??= new Set(entries.map((seen) => seen.seq));
      if (present.has(seq)) continue;
      const rule = log.entry(seq)?.user === user ? "S5" : "D2";
      findings.add(rule, `${seq} is left out of the range (${after}, ${to}]`, { ...spot(by, seq), harm: "lost" });
    }
  }

  function last(device: string, conversation: string, seen: RecordedEntry | null | undefined, line: number): void {
    const by = viewer(device, conversation, line);
    if (by !== undefined && seen !== null && seen !== undefined) entry(by, seen);
  }

  return {
    see(event, line) {
      if (event.type === "entries" || event.type === "page") range(event, line);
      else if (event.type === "summary") last(event.device, event.conversation, event.last, line);
      else if (event.type === "ready") {
        for (const [conversation, listed] of Object.entries(event.conversations)) {
          last(event.device, conversation, listed.last, line);
        }
      }
    },
    finish() {},
  };
}

function digest(entry: RecordedEntry): string | undefined {
  return entry.body === undefined ? entry.digest : digestOf(jcs(entry.body));
}

/** Both are known, and not the same. */
function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}
