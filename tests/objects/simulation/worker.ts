/**
 * The objects as they are deployed, with what a program needs to hurt them, and the programs beside them in the same
 * runtime. A test runner's own wrapping of the objects would make every call between them three.
 */
import { Conversation as RealConversation } from "../../../durable-objects/conversation/object.ts";
import { User as RealUser } from "../../../durable-objects/user/object.ts";
import type { Violation } from "../../../tools/history/findings.ts";
import type { MemoryHistory } from "../../../tools/history/record.ts";
import type { Outcome } from "../../simulation/outcome.ts";
import { callback } from "./runner.ts";
import { simulate } from "./simulation.ts";

export * from "../support/worker.ts";

export class User extends RealUser {
  /** The runtime reads an object's handlers once, when it starts: what a program puts in place of this one is found here. */
  override fetch(request: Request): Promise<Response> {
    return Object.hasOwn(this, "fetch") ? this.fetch(request) : super.fetch(request);
  }

  async runHere(id: number): Promise<void> {
    if (!Object.hasOwn(this, "fetch")) this.fetch = super.fetch.bind(this);
    await callback(id)(this as never, this.ctx);
  }
}

export class Conversation extends RealConversation {
  async runHere(id: number): Promise<void> {
    await callback(id)(this as never, this.ctx);
  }
}

/** The last events that are shown of a violation. */
const SHOWN_EVENTS = 80;

export default {
  /** `?seed=N` runs the program of that seed. @returns its {@link Outcome} as JSON */
  async fetch(request) {
    const { report, history } = await simulate(Number(new URL(request.url).searchParams.get("seed")));
    const [first] = report.violations;
    const outcome: Outcome = {
      violations: report.violations,
      acknowledged: report.figures.acknowledged,
      events: history.events.length,
      concerning: first === undefined ? [] : concerning(history, first),
    };
    return Response.json(outcome);
  },
} satisfies ExportedHandler;

/** The last events that a violation is about, one a line: enough to see what happened. */
function concerning(history: MemoryHistory, { device, conversation }: Violation): string[] {
  const lines = history.events.flatMap((event, index) => {
    const about = event as { device?: string; conversation?: string };
    const fits =
      (about.device === undefined || about.device === device) &&
      (about.conversation === undefined || about.conversation === conversation);
    return fits && event.type !== "log" ? [`${index + 1} ${JSON.stringify(event).slice(0, 400)}`] : [];
  });
  return lines.slice(-SHOWN_EVENTS);
}
