/**
 * [D2] In the end every device that has caught up was given all that it may see after the place where its stream began.
 * That no range leaves anything out is looked at frame by frame; here it is the ranges themselves.
 */
import type { ConversationLog } from "../log.ts";
import type { Context, Place, Rule } from "../rule.ts";

export function deliveredRule({ world, places, findings }: Context): Rule {
  /** Devices that caught up, and the line that says so. */
  const caughtUp = new Map<string, number>();
  /** Devices that were told all their conversations: one they never heard of was withheld. */
  const toldAll = new Set<string>();
  const toldMore = new Set<string>();

  function check(log: ConversationLog, device: string, user: string, place: Place | undefined, line: number): void {
    const spot = { lines: [line, log.line], conversation: log.id, device, harm: "lost" } as const;
    if (place?.start === undefined) {
      const member = log.windowsOf(user).at(-1)?.until === Infinity;
      if (!member || !toldAll.has(device) || toldMore.has(device)) return;
      if (seesAny(log, user)) findings.add("D2", `${device} was never told of the conversation`, spot);
      return;
    }
    for (const { after, to } of place.covered.missing(Math.max(place.start, log.floor - 1), log.head)) {
      for (let seq = after + 1; seq <= to; seq++) {
        if (log.sight(user, seq) !== "visible") continue;
        const rule = log.entry(seq)?.user === user ? "S5" : "D2";
        findings.add(rule, `${device} was never given ${seq}`, { ...spot, lines: [line, log.lineOf(seq)] });
      }
    }
  }

  return {
    see(event, line) {
      if (event.type === "caughtUp") caughtUp.set(event.device, line);
      else if (event.type === "ready") (event.more ? toldMore : toldAll).add(event.device);
    },
    finish() {
      for (const log of world.logs) {
        for (const user of log.users) {
          for (const device of world.devicesOf(user)) {
            const line = caughtUp.get(device);
            if (line !== undefined) check(log, device, user, places.find(device, log.id), line);
          }
        }
      }
    },
  };
}

function seesAny(log: ConversationLog, user: string): boolean {
  for (let seq = log.floor; seq <= log.head; seq++) if (log.sight(user, seq) === "visible") return true;
  return false;
}
