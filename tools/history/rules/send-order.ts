/**
 * [S2] Sends of one device to one conversation are appended in the order it sent them.
 *
 * An entry may have been sent several times, and any attempt may be the one that was appended: the first may have been
 * refused, or died with its socket. So the rule asks whether some choice of attempts, one for each entry, stands in the
 * order of the log. Answers narrow the choice: an answer that is no duplicate names the attempt, a duplicate says that it
 * was not a later one, a refusal rules its attempt out. Where the run says that devices resend in order, the first
 * attempt that was not turned down and not lost is the only choice: where an entry was appended by a later attempt, the one
 * before it was lost with its session, and so was what the session sent after it. Sends over HTTP have no order among
 * themselves and are left out.
 */
import type { EventOf } from "../events.ts";
import { Keyed } from "../keyed.ts";
import { isUnsure } from "../ledger.ts";
import type { Context, Rule } from "../rule.ts";

type Outcome = "open" | "appended" | "duplicate" | "refused" | "unsure";

interface Attempt {
  readonly position: number;
  readonly session: number | null;
  readonly line: number;
  outcome: Outcome;
}

/** The sends of one device to one conversation. */
interface Sender {
  attempts: number;
  readonly byId: Map<string, Attempt[]>;
}

export function sendOrderRule({ world, findings }: Context): Rule {
  const senders = new Keyed<Sender>(() => ({ attempts: 0, byId: new Map() }));
  const inOrder = world.run?.resendsInOrder === true;

  function sent(event: EventOf<"sent">, line: number): void {
    const sender = senders.of(event.device, event.conversation);
    const attempt: Attempt = { position: sender.attempts++, session: event.session, line, outcome: "open" };
    const attempts = sender.byId.get(event.id);
    if (attempts === undefined) sender.byId.set(event.id, [attempt]);
    else attempts.push(attempt);
  }

  function answered(event: EventOf<"acknowledged"> | EventOf<"rejected">, outcome: Outcome): void {
    const attempts = senders.find(event.device, event.conversation)?.byId.get(event.id);
    const attempt = attempts?.find(({ session, outcome: now }) => session === event.session && now === "open");
    if (attempt !== undefined) attempt.outcome = outcome;
  }

  function check(device: string, conversation: string, sender: Sender): void {
    const placed: { seq: number; id: string; choice: readonly Attempt[] }[] = [];
    const log = world.log(conversation);
    const user = world.userOf(device);
    if (log === undefined || user === undefined) return;
    const lost = inOrder ? lostFrom(sender.byId.values()) : new Map<number | null, number>();
    for (const [id, attempts] of sender.byId) {
      const seq = log.seqOf(user, id);
      const overHttp = attempts.some(({ session }) => session === null);
      if (seq === undefined || overHttp || log.entry(seq)?.device !== device) continue;
      const heard = attempts.filter(({ session, position }) => position < (lost.get(session) ?? Infinity));
      const choice = choiceOf(heard, inOrder);
      // Without any choice it should not be in the log at all: that is S6's to say.
      if (choice.length > 0) placed.push({ seq, id, choice });
    }
    placed.sort((a, b) => a.seq - b.seq);
    // Taking the earliest attempt that still fits leaves the most room for what follows.
    let last: Attempt | undefined;
    for (const { seq, id, choice } of placed) {
      const fits = choice.find(({ position }) => position > (last?.position ?? -1));
      if (fits !== undefined) last = fits;
      else {
        const lines = [...choice.slice(0, 1), ...(last === undefined ? [] : [last])].map(({ line }) => line);
        findings.add("S2", `${id} stands at ${seq}, after an entry that was sent later`, {
          lines: [...lines, log.lineOf(seq)],
          conversation,
          device,
          harm: "reordered",
        });
      }
    }
  }

  return {
    see(event, line) {
      if (event.type === "sent") sent(event, line);
      else if (event.type === "acknowledged") answered(event, event.duplicate ? "duplicate" : "appended");
      else if (event.type === "rejected") answered(event, isUnsure(event.code) ? "unsure" : "refused");
    },
    finish() {
      for (const [device, conversation, sender] of senders.entries()) check(device, conversation, sender);
    },
  };
}

/** By session, the first attempt that was lost with it: an answer that is no duplicate proves the attempts before it lost. */
function lostFrom(entries: Iterable<readonly Attempt[]>): Map<number | null, number> {
  const lost = new Map<number | null, number>();
  for (const attempts of entries) {
    const appended = attempts.find(({ outcome }) => outcome === "appended");
    if (appended === undefined) continue;
    for (const { session, position, outcome } of attempts) {
      if (session === appended.session || position > appended.position || outcome !== "open") continue;
      lost.set(session, Math.min(position, lost.get(session) ?? Infinity));
    }
  }
  return lost;
}

/** The attempts that may be the one that was appended, ascending; empty where none was possible. */
function choiceOf(attempts: readonly Attempt[], inOrder: boolean): readonly Attempt[] {
  const possible = attempts.filter(({ outcome }) => outcome !== "refused");
  const sure = possible.find(({ outcome }) => outcome === "appended");
  if (sure !== undefined) return [sure];
  const duplicate = possible.findIndex(({ outcome }) => outcome === "duplicate");
  const upToDuplicate = duplicate < 0 ? possible : possible.slice(0, duplicate + 1);
  if (!inOrder) return upToDuplicate;
  const known = upToDuplicate.findIndex(({ outcome }) => outcome !== "unsure");
  return known < 0 ? upToDuplicate : upToDuplicate.slice(0, known + 1);
}
