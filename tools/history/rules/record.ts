/**
 * The history must be able to convict: every device is known, and whatever was acknowledged or seen has a final log.
 * A history that lacks these would pass because nothing could be looked at.
 */
import type { Context, Rule } from "../rule.ts";

export function recordRule({ world, findings }: Context): Rule {
  const told = new Set<string>();
  let caughtUp = 0;
  let streamed = 0;

  function once(name: string, message: string, line: number): void {
    if (told.has(name)) return;
    told.add(name);
    findings.add("record", message, { lines: [line] });
  }

  return {
    see(event, line) {
      if ("device" in event && world.userOf(event.device) === undefined) {
        once(event.device, `the device ${event.device} belongs to nobody`, line);
      }
      if (event.type === "caughtUp") caughtUp++;
      if (event.type === "entries") streamed++;
      if (event.type !== "acknowledged" && event.type !== "entries" && event.type !== "page") return;
      if (world.log(event.conversation) === undefined) {
        once(event.conversation, `there is no final log of ${event.conversation}`, line);
      }
    },
    finish() {
      if (streamed > 0 && caughtUp === 0) {
        findings.add("record", "no device caught up, so that nothing tells whether all was delivered", { lines: [] });
      }
    },
  };
}
